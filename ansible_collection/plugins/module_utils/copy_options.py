# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the options of a copy into a container mean to the core."""

from __future__ import annotations

import base64
import binascii
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core import errors
from .core.ensure import files_in, trees

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["wanted"]


def wanted(params: Mapping[str, Any]) -> files_in.CopyIn:
    """Make out what is to be copied into a container, and how."""
    mode = _mode(params["mode"], params["mode_parse"], "mode")
    if params["content"] is not None:
        entries = [trees.content_entry(_content(params), mode or 0)]
    elif params["path"] == "":
        raise errors.InvalidInput("path: name the file or folder to copy; it is empty.")
    elif params["path"] is not None:
        folder_mode = _mode(params["directory_mode"], "modern", "directory_mode")
        entries = trees.path_entries(
            Path(params["path"]),
            follow=params["local_follow"],
            mode=mode,
            folder_mode=folder_mode,
        )
    else:
        raise errors.InvalidInput("Either path or content is needed, and both are null.")
    user, group = params["owner_id"], params["group_id"]
    if (user is None) != (group is None):
        # Ansible counts a null as stated.
        raise errors.InvalidInput("owner_id and group_id go together, and one of them is null.")
    return files_in.CopyIn(
        params["container_path"],
        entries,
        owner=None if user is None else (user, group),
        force=params["force"],
        follow=params["follow"],
    )


def _content(params: Mapping[str, Any]) -> bytes:
    if not params["content_is_b64"]:
        return str(params["content"]).encode("utf-8", "surrogateescape")
    try:
        # The command base64 breaks lines, and YAML may add spaces.
        return base64.b64decode("".join(params["content"].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        # Without the content, which may be a secret.
        raise errors.InvalidInput(
            "content: it is not Base64, and content_is_b64 says so."
        ) from error


def _mode(value: Any, parse: str, option: str) -> int | None:
    """Read permissions in one of the ways that `mode_parse` names."""
    if value is None:
        return None
    mode = -1
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            mode = int(value, 10 if parse == "legacy" else 8)
    elif isinstance(value, int) and parse != "octal_string_only":
        mode = value
    if isinstance(value, bool) or not 0 <= mode <= 0o7777:
        form = "a number" if parse == "legacy" else "an octal number"
        where = " in a string" if parse == "octal_string_only" else ""
        raise errors.InvalidInput(
            f"{option}: {value!r} is not {form}{where} that stands for permissions."
        )
    return mode
