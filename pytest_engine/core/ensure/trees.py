"""What is to be copied into a container, as a list of files, folders and links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidInput

__all__ = ["Entry", "content_entry", "path_entries"]


@dataclass(frozen=True)
class Entry:
    """One thing that is to be in a container.

    Attributes:
        name: its path below what is copied; empty for that itself.
        kind: `file`, `folder` or `link`.
        mode: its permissions.
        size: bytes of content; 0 for what is no file.
        link: where a link leads.
        path: where it is on this host; None: it is made of `content`.
        content: its content, where that is in memory.
    """

    name: str
    kind: str
    mode: int
    size: int = 0
    link: str = ""
    path: Path | None = None
    content: bytes = b""

    def pieces(self, size: int = 1 << 20) -> Iterator[bytes]:
        """Iterate over the content of a file.

        Raises:
            InvalidInput: it cannot be read.
        """
        if self.path is None:
            yield self.content
            return
        try:
            with self.path.open("rb") as file:
                while True:
                    piece = file.read(size)
                    if not piece:
                        return
                    yield piece
        except OSError as exc:
            raise _unreadable(self.path, exc) from exc


def content_entry(content: bytes, mode: int) -> Entry:
    """Describe a file whose content is in memory."""
    return Entry("", "file", mode, size=len(content), content=content)


def path_entries(
    path: Path, *, follow: bool, mode: int | None, folder_mode: int | None
) -> list[Entry]:
    """List a file, a link, or a folder with all that is in it, folders before their contents.

    Sockets, pipes and devices in a folder are left out.

    Args:
        path: what to list.
        follow: take what links lead to instead of the links.
        mode: permissions of files; None: their own.
        folder_mode: permissions of folders; None: their own.

    Raises:
        InvalidInput: it cannot be read, is none of these, or links lead in a circle.
    """
    if not os.path.lexists(path):
        raise InvalidInput(f"path: there is no {path}.")
    entries = list(_Walk(follow, mode, folder_mode).entries(path))
    if not entries:
        raise InvalidInput(f"path: {path} is neither a file, a folder nor a link.")
    return entries


@dataclass(frozen=True)
class _Walk:
    follow: bool
    mode: int | None
    folder_mode: int | None

    def entries(self, path: Path) -> Iterator[Entry]:
        """Iterate over a path and what is in it."""
        # Each with its name and the folders that it is in. Not by recursion, for which folders
        # may be too deep.
        left: list[tuple[Path, str, frozenset[tuple[int, int]]]] = [(path, "", frozenset())]
        while left:
            path, name, above = left.pop()
            try:
                status = path.stat() if self.follow else path.lstat()
                entry = self._entry(path, name, status)
                if entry is None:
                    continue
                yield entry
                if entry.kind == "folder":
                    here = (status.st_dev, status.st_ino)
                    if here in above:
                        raise InvalidInput(f"path: {path} leads back to a folder that it is in.")
                    prefix, within = f"{name}/" if name else "", above | {here}
                    inner = sorted(path.iterdir(), reverse=True)
                    left += [(one, prefix + one.name, within) for one in inner]
            except OSError as exc:
                raise _unreadable(path, exc) from exc

    def _entry(self, path: Path, name: str, status: os.stat_result) -> Entry | None:
        """Describe a path; None: it is no file, folder or link."""
        own = stat.S_IMODE(status.st_mode)
        if stat.S_ISREG(status.st_mode):
            mode = own if self.mode is None else self.mode
            return Entry(name, "file", mode, size=status.st_size, path=path)
        if stat.S_ISLNK(status.st_mode):
            return Entry(name, "link", 0o777, link=str(path.readlink()), path=path)
        if stat.S_ISDIR(status.st_mode):
            mode = own if self.folder_mode is None else self.folder_mode
            return Entry(name, "folder", mode, path=path)
        return None


def _unreadable(path: Path, exc: OSError) -> InvalidInput:
    return InvalidInput(f"path: {path} cannot be read: {exc.strerror or exc}.")
