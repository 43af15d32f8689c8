"""Files into a tar archive, made while it is sent."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..errors import InvalidInput

__all__ = [
    "describe_path",
    "encode_content",
    "is_name",
    "pack_content",
    "pack_end",
    "pack_files",
    "pack_header",
    "pack_padding",
    "pack_path",
]

_CHUNK = 1 << 20
_ROOT = (0, 0)


def pack_files(
    files: Mapping[str, bytes | str],
    *,
    folders: Iterable[str] = (),
    owner: tuple[int, int] | None = None,
    mode: int | None = None,
    mtime: int = 0,
    end: bool = True,
) -> Iterator[bytes]:
    """Pack contents that are in memory.

    Args:
        files: names in the archive -> contents, text as UTF-8.
        folders: folders that are made first, in this order.
        owner: user and group id of all of it; None: root's.
        mode: permissions of the files; None: 0644. Folders get 0755.
        mtime: when all of it was changed, in seconds since the epoch.
        end: whether the archive ends with it, or something else comes after.

    Yields:
        Pieces of the archive.

    Raises:
        InvalidInput: a content is no text that can be written as UTF-8, nor bytes.
    """
    for name in folders:
        folder = _member(name, 0o755, mtime, owner)
        folder.type = tarfile.DIRTYPE
        yield pack_header(folder)
    for name, content in files.items():
        data = encode_content(content, name)
        file = _member(name, 0o644 if mode is None else mode, mtime, owner)
        file.size = len(data)
        yield pack_header(file)
        yield data
        yield pack_padding(len(data))
    if end:
        yield pack_end()


def pack_path(
    path: Path,
    name: str,
    *,
    owner: tuple[int, int] | None = None,
    mode: int | None = None,
    end: bool = True,
) -> Iterator[bytes]:
    """Pack a file, a link or a folder with all that is in it.

    Sockets, pipes and devices in a folder are left out.

    Args:
        path: what to pack; a link is packed as a link.
        name: its name in the archive; empty: the contents of the folder alone.
        owner: user and group id of all of it; None: root's.
        mode: permissions of the files; None: their own. Folders keep their own.
        end: whether the archive ends with it, or something else comes after.

    Yields:
        Pieces of the archive.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        for entry, entry_name in _walk(path, name):
            info = describe_path(entry, entry_name)
            if info is None:
                if entry == path:
                    raise InvalidInput(f"{path} is neither a file, a folder nor a link.")
                continue
            info.uid, info.gid = owner or _ROOT
            if info.isreg() and mode is not None:
                info.mode = mode
            yield pack_header(info)
            if info.isreg():
                yield from pack_content(entry, info.size)
    except OSError as exc:
        # Said here, because a sender takes an OSError for one of its connection.
        raise InvalidInput(f"{path} cannot be read: {exc}.") from exc
    if end:
        yield pack_end()


def describe_path(path: Path, name: str) -> tarfile.TarInfo | None:
    """Make the header of a path, the owner being root; None: it is no file, folder or link.

    Times are whole seconds, which is what every reader of archives understands.
    """
    status = path.lstat()
    info = tarfile.TarInfo(name)
    info.mode = stat.S_IMODE(status.st_mode)
    info.mtime = int(status.st_mtime)
    if stat.S_ISREG(status.st_mode):
        info.size = status.st_size
    elif stat.S_ISDIR(status.st_mode):
        info.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(status.st_mode):
        info.type = tarfile.SYMTYPE
        info.linkname = str(path.readlink())
    else:
        return None
    return info


def is_name(name: object) -> bool:
    """Tell whether something can be the name of a file in an archive, whatever this host's are."""
    if not isinstance(name, str) or "\0" in name:
        return False
    try:
        return bool(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return False


def encode_content(content: object, name: str) -> bytes:
    """Encode the content of a file, text as UTF-8.

    Raises:
        InvalidInput: it is no text that can be encoded, nor bytes.
    """
    if isinstance(content, str):
        try:
            return content.encode()
        except UnicodeEncodeError as exc:
            # Not shown, and not chained: it may be a secret.
            reason = exc.reason
        raise InvalidInput(f"{name} is no text that can be sent: {reason}.")
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise InvalidInput(f"{name}: neither text nor bytes, but {type(content).__name__}.")


def pack_header(info: tarfile.TarInfo) -> bytes:
    """Encode a header; PAX where the name is long or not ASCII."""
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def pack_content(path: Path, size: int) -> Iterator[bytes]:
    """Read a file of which the header has promised so many bytes, and pad it.

    Raises:
        InvalidInput: it has become shorter.
    """
    left = size
    with path.open("rb") as file:
        while left:
            data = file.read(min(_CHUNK, left))
            if not data:
                raise InvalidInput(f"{path} became shorter while it was sent to the engine.")
            left -= len(data)
            yield data
    yield pack_padding(size)


def pack_padding(size: int) -> bytes:
    """Fill the last block of so many bytes."""
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def pack_end() -> bytes:
    """End an archive."""
    return b"\0" * (2 * tarfile.BLOCKSIZE)


def _member(name: str, mode: int, mtime: int, owner: tuple[int, int] | None) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.mtime = mode, mtime
    info.uid, info.gid = owner or _ROOT
    return info


def _walk(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    # Not by recursion, for which folders may be too deep.
    left = [(path, name)]
    while left:
        path, name = left.pop()
        if name:
            yield path, name
        if path.is_dir() and not (name and path.is_symlink()):
            prefix = f"{name}/" if name else ""
            # Sorted, so that the same folder always gives the same archive.
            names = sorted((entry.name for entry in os.scandir(path)), reverse=True)
            left += [(path / inner, prefix + inner) for inner in names]
