"""A tar archive read as it comes, in bounded memory whatever it claims.

The standard library's reader keeps every member and believes sizes of extended headers,
so an archive that somebody else made could fill the memory; this one does neither.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..errors import CopyFailed

__all__ = ["Member", "read_members"]

_BLOCK = tarfile.BLOCKSIZE
# Of an extended header: names are at most 4096 bytes on Linux, extended attributes 64 KiB.
_LONGEST_EXTENSION = 1 << 20
_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "folder",
    tarfile.SYMTYPE: "link",
    tarfile.LNKTYPE: "hard link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "pipe",
}
_RECORD = re.compile(rb"(\d{1,9}) ([^=]+)=")


@dataclass(frozen=True)
class Member:
    """A member of an archive, as its header says and not yet judged.

    Attributes:
        name: its path in the archive.
        kind: `file`, `folder`, `link`, `hard link`, `device` or `pipe`.
        size: bytes of content; 0 for what is no file.
        mode: its permissions.
        mtime: seconds since the epoch.
        link: where a link leads.
        owner: user and group id.
    """

    name: str
    kind: str
    size: int
    mode: int
    mtime: float
    link: str
    owner: tuple[int, int] = (0, 0)


def read_members(chunks: Iterable[bytes]) -> Iterator[tuple[Member, Iterator[bytes]]]:
    """Iterate over the members of an archive and the pieces of their contents.

    What is not read of a content is skipped.

    Args:
        chunks: the archive's bytes, cut anywhere.

    Raises:
        CopyFailed: it is no tar archive, ends too early, or holds what is not supported.
    """
    source = _Source(chunks)
    changes: dict[str, str] = {}
    while True:
        block = source.take(_BLOCK)
        if not block.strip(b"\0"):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.HeaderError, ValueError) as exc:
            raise CopyFailed(f"The archive is no tar archive: {exc}.") from exc
        if info.size < 0:
            raise CopyFailed(f"The archive states {info.size} bytes for {info.name!r}.")
        if info.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.XGLTYPE):
            records = _parse_records(source.extension(info))
            if info.type != tarfile.XGLTYPE:
                changes.update(records)
        elif info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            key = "path" if info.type == tarfile.GNUTYPE_LONGNAME else "linkpath"
            text = source.extension(info).partition(b"\0")[0]
            changes[key] = text.decode("utf-8", "surrogateescape")
        else:
            member = _member(info, changes)
            changes = {}
            pieces = source.pieces(member.size)
            yield member, pieces
            for _piece in pieces:
                pass
            source.take(-member.size % _BLOCK)


class _Source:
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")

    def pieces(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._left:
                self._left = memoryview(next(self._chunks, b""))
                if not self._left:
                    raise CopyFailed("The archive ended too early.")
            piece = self._left[:size]
            self._left = self._left[len(piece) :]
            size -= len(piece)
            yield bytes(piece)

    def take(self, size: int) -> bytes:
        return b"".join(self.pieces(size))

    def extension(self, info: tarfile.TarInfo) -> bytes:
        if info.size > _LONGEST_EXTENSION:
            raise CopyFailed(f"The archive has an extended header of {info.size} bytes.")
        data = self.take(info.size)
        self.take(-info.size % _BLOCK)
        return data


def _parse_records(data: bytes) -> dict[str, str]:
    records = {}
    position = 0
    while position < len(data):
        match = _RECORD.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or not match.end() < end <= len(data) or data[end - 1 : end] != b"\n":
            raise CopyFailed("The archive has an extended header that cannot be read.")
        value = data[match.end() : end - 1]
        records[match[2].decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        position = end
    return records


def _member(info: tarfile.TarInfo, changes: dict[str, str]) -> Member:
    kind = _KINDS.get(info.type)
    if kind is None or any(key.startswith("GNU.sparse.") for key in changes):
        raise CopyFailed(f"The archive holds {info.name!r}, whose form is not supported.")
    member = Member(
        info.name,
        kind,
        info.size,
        info.mode & 0o7777,
        info.mtime,
        info.linkname,
        (info.uid, info.gid),
    )
    try:
        member = replace(
            member,
            name=changes.get("path", member.name),
            link=changes.get("linkpath", member.link),
            size=int(changes.get("size", member.size)) if kind == "file" else 0,
            mtime=float(changes.get("mtime", member.mtime)),
            owner=(int(changes.get("uid", info.uid)), int(changes.get("gid", info.gid))),
        )
    except ValueError as exc:
        raise CopyFailed(f"The archive's header of {info.name!r} cannot be read: {exc}.") from exc
    if member.size < 0:
        raise CopyFailed(f"The archive states {member.size} bytes for {member.name!r}.")
    return member
