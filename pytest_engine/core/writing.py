"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InvalidInput, is_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["replace_file"]


def replace_file(
    path: Path,
    pieces: Iterable[bytes],
    *,
    mode: int | None = None,
    check: Callable[[Path], None] | None = None,
) -> None:
    """Write a file beside the one that it replaces when it is complete.

    Whatever fails leaves what was there. A link stays: what it leads to is replaced. The owner
    stays as well, where the process may see to that.

    Args:
        path: the file; its folder is there.
        pieces: what to write.
        mode: its permissions; None: those that it has, or that a new file gets.
        check: looks at what was written, under another name; what it raises leaves what was there.

    Raises:
        InvalidInput: a device, a pipe or a socket is there.
        OSError: it cannot be written.
    """
    import tempfile  # not before something is written

    if is_node(path):
        raise InvalidInput(f"{path} is no file, and is not replaced by one; name another place.")
    place = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
        if check is not None:
            check(temporary)
        with contextlib.suppress(FileNotFoundError, PermissionError):
            there = place.stat()
            os.chown(temporary, there.st_uid, there.st_gid)
        temporary.chmod(_mode_of(place) if mode is None else mode)
        temporary.replace(place)
    finally:
        # Gone, where all went well.
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def _mode_of(place: Path) -> int:
    try:
        return place.stat().st_mode & 0o7777
    except FileNotFoundError:
        # It can only be read by setting it.
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask
