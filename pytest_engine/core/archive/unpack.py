"""A tar archive of a file or folder of a container, unpacked on this host.

The archive comes from a container and is believed nothing. Nothing is written outside the
target, and nothing through a link, whoever made it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from ..errors import CopyFailed
from .read import Member, read_members

__all__ = ["read_file", "unpack"]

Parts = tuple[str, ...]


def unpack(chunks: Iterable[bytes], target: Path, *, keep_links: bool = False) -> None:
    """Unpack an archive whose one root becomes `target`.

    Files appear whole or not at all, with their permissions (no setuid, setgid or sticky
    bits) and times; the owner is whoever runs this. If anything fails, what did not exist
    before is removed again; in a folder that did, the files that were finished stay.

    Args:
        chunks: the archive's bytes.
        target: what the root becomes; its parent has to exist. A folder is merged into one
            that is there, a file replaces one.
        keep_links: also make symbolic links that lead out of `target`. Without it they are
            refused, as tarfile's `data` filter does (PEP 706).

    Raises:
        CopyFailed: the archive is broken or tries to leave the target, holds a device or a
            pipe, or something cannot be written; the disk may be full.
    """
    existed = os.path.lexists(target)
    try:
        _place_all(chunks, _Unpacker(target, keep_links=keep_links))
    except BaseException:
        if not existed:
            _discard(target)
        raise


def read_file(chunks: Iterable[bytes]) -> bytes:
    """Return the content of the one file in an archive.

    Raises:
        CopyFailed: the archive is broken, or holds something else than one file.
    """
    content: bytes | None = None
    for member, pieces in read_members(chunks):
        if member.kind != "file" or content is not None:
            raise CopyFailed(f"{member.name} is a {member.kind}, not a file.")
        content = b"".join(pieces)
    if content is None:
        raise CopyFailed("The archive is empty.")
    return content


def _place_all(chunks: Iterable[bytes], unpacker: _Unpacker) -> None:
    root = None
    for member, pieces in read_members(chunks):
        first, parts = _split(member.name)
        if root is None:
            root = first
            if parts:
                raise CopyFailed(f"The archive begins with {member.name!r}, not its root.")
        if first != root:
            raise CopyFailed(f"The archive holds {member.name!r}, which is not in {root!r}.")
        unpacker.place(member, parts, pieces, root)
    if root is None:
        raise CopyFailed("The archive is empty.")
    unpacker.finish()


class _Unpacker:
    def __init__(self, root: Path, *, keep_links: bool) -> None:
        self._root = root
        self._keep_links = keep_links
        # The folder that was looked at last; its members come one after the other.
        self._checked: Parts | None = None
        # Set at the end: a folder may be read-only, and writing into it changes its time.
        self._folders: list[tuple[Path, Member]] = []

    def place(self, member: Member, parts: Parts, pieces: Iterator[bytes], root: str) -> None:
        path = self._root.joinpath(*parts)
        try:
            if parts:
                self._check_folder(parts[:-1])
            if member.kind == "folder":
                self._make_folder(path, member)
            elif member.kind == "file":
                self._make_file(path, member, pieces)
            elif member.kind == "link":
                self._make_link(path, member, parts)
            elif member.kind == "hard link":
                self._make_hard_link(path, member, root)
            else:
                raise CopyFailed(f"{member.name} is a {member.kind}, which is not copied.")
        except (OSError, ValueError, OverflowError) as exc:
            raise _unwritable(path, exc) from exc

    def finish(self) -> None:
        for path, member in reversed(self._folders):
            try:
                path.chmod(member.mode & 0o777 | 0o700)
                os.utime(path, (member.mtime, member.mtime))
            except (OSError, ValueError, OverflowError) as exc:
                raise _unwritable(path, exc) from exc

    def _check_folder(self, parts: Parts) -> None:
        if parts == self._checked:
            return
        path = self._root
        for part in ("", *parts):
            path = path / part
            if not stat.S_ISDIR(path.lstat().st_mode):
                raise CopyFailed(f"{path} is no folder; nothing is written through it.")
        self._checked = parts

    def _make_folder(self, path: Path, member: Member) -> None:
        if not _is(path, stat.S_ISDIR):
            path.mkdir(0o700)
            self._folders.append((path, member))

    def _make_file(self, path: Path, member: Member, pieces: Iterator[bytes]) -> None:
        _refuse_other(path)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
            part.chmod(member.mode & 0o777)
            os.utime(part, (member.mtime, member.mtime))
            part.replace(path)
        except BaseException:
            _discard(part)
            raise

    def _make_link(self, path: Path, member: Member, parts: Parts) -> None:
        if not self._keep_links and _leaves(member.link, parts):
            raise CopyFailed(
                f"{member.name} is a link to {member.link}, out of what is copied. Pass "
                "keep_links=True to have such links as they are."
            )
        _refuse_other(path)
        self._appear(path, lambda part: part.symlink_to(member.link))

    def _make_hard_link(self, path: Path, member: Member, root: str) -> None:
        first, parts = _split(member.link)
        if first != root or not parts:
            raise CopyFailed(f"{member.name} is a hard link to {member.link}, out of the archive.")
        # The linked file may be in another folder, which has to be one as well.
        checked, self._checked = self._checked, None
        self._check_folder(parts[:-1])
        self._checked = checked
        source = self._root.joinpath(*parts)
        if not _is(source, stat.S_ISREG):
            raise CopyFailed(f"{member.name} is a hard link to {member.link}, which is no file.")
        _refuse_other(path)
        self._appear(path, lambda part: os.link(source, part, follow_symlinks=False))

    @staticmethod
    def _appear(path: Path, make: Callable[[Path], None]) -> None:
        # A name of its own first, because a link cannot be made in the place of another.
        with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=path.parent) as folder:
            part = Path(folder, "link")
            make(part)
            part.replace(path)


def _split(name: str) -> tuple[str, Parts]:
    """Take the name of a member apart into the archive's root and the path below it.

    The root of an archive of `/` has an empty name.

    Raises:
        CopyFailed: the name leads, or might lead, somewhere else.
    """
    first, _slash, rest = name.rstrip("/").partition("/")
    parts = tuple(part for part in rest.split("/") if part not in ("", "."))
    if ".." in (first, *parts) or "\0" in name:
        raise CopyFailed(f"The archive holds {name!r}, which leads out of it.")
    return first, parts


def _leaves(link: str, parts: Parts) -> bool:
    # `..` behind a name may be seen from a folder that is elsewhere, if the name is a link.
    steps = [step for step in PurePosixPath(link).parts if step != "."]
    up = 0
    while up < len(steps) and steps[up] == "..":
        up += 1
    return link.startswith("/") or ".." in steps[up:] or up > len(parts) - 1


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    try:
        return kind(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _refuse_other(path: Path) -> None:
    if _is(path, stat.S_ISDIR):
        raise CopyFailed(f"{path} is a folder, which is not replaced by something else.")
    if os.path.lexists(path) and not _is(path, stat.S_ISREG) and not _is(path, stat.S_ISLNK):
        raise CopyFailed(f"{path} is a device, a pipe or a socket, which is not replaced.")


def _discard(path: Path) -> None:
    if _is(path, stat.S_ISDIR):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _unwritable(path: Path, exc: Exception) -> CopyFailed:
    return CopyFailed(f"{path} cannot be written: {getattr(exc, 'strerror', None) or exc}.")
