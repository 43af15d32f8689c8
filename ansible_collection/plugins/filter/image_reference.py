# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible_collections.pytest_engine.engine.plugins.module_utils.core import errors, reference

if TYPE_CHECKING:
    from collections.abc import Callable


def image_reference(text: Any) -> dict[str, str]:
    """Take an image reference apart."""
    try:
        parts = reference.parse_reference(text)
    except errors.InvalidInput as error:
        raise AnsibleFilterError(f"image_reference: {error}") from error
    return {
        "registry": parts.registry,
        "repository": parts.repository,
        "name": parts.name,
        "tag": parts.tag,
        "digest": parts.digest,
        "familiar": parts.familiar,
    }


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name it."""
        return {"image_reference": image_reference}
