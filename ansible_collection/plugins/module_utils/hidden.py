# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a module returns, past the masking of what an option with `no_log` holds.

Ansible replaces the value of such an option wherever it turns up in what a module returns. The
content of a file is such a value, so that it is kept out of logs; but it may be as short as `1`,
and is what a diff is there to show.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["hide", "reveal"]

# Two ways to write sixteen digits. As they have none in common, a value is in one of them at most.
_DIGITS = ("0123456789abcdef", "ghijklmnopqrstuv")


def hide(values: dict[str, Any], secret: str) -> str:
    """Write values in a form that does not contain the secret."""
    plain = json.dumps(values).encode().hex()
    if secret and secret in plain:
        return plain.translate(str.maketrans(*_DIGITS))
    return plain


def reveal(text: str) -> dict[str, Any]:
    """Read what `hide` wrote."""
    values: dict[str, Any] = json.loads(
        bytes.fromhex(text.translate(str.maketrans(*_DIGITS[::-1])))
    )
    return values
