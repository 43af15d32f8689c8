# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A second leaf of the door: what only the modules for the inside of containers need.

It stands apart from `engine`, so that the other modules do not carry it to their targets.
"""

from __future__ import annotations

import contextlib

# What is missing is told by `engine`, which every module imports as well.
try:
    from .core import moment
    from .core.ensure import commands
except ImportError:
    with contextlib.suppress(ImportError):
        from pytest_engine.core import moment
        from pytest_engine.core.ensure import commands

__all__ = ["commands", "moment"]
