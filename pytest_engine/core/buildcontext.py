"""The context of a build, as a tar archive that is made while it is sent."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Union

from .archive.pack import (
    describe_path,
    encode_content,
    is_name,
    pack_content,
    pack_files,
    pack_header,
)
from .dockerignore import IgnoreRules, escape_pattern, parse_ignore_file
from .errors import InvalidInput, reading

__all__ = ["BuildContext", "PackedContext", "pack_context"]

Sources = Union[str, Path, Mapping[str, Union[bytes, str]]]
"""A folder; or names in the context -> contents."""

BuildContext = Union[
    str, Path, Mapping[str, Union[bytes, str]], bytes, BinaryIO, Iterable[bytes], None
]
"""A folder; names in the context -> contents; an archive, whole, as a file or in pieces; None where
the engine fetches the context itself."""

_OUTSIDE = "give it as dockerfile_text where it is not part of the context"


@dataclass(frozen=True)
class PackedContext:
    """A context that is ready to be sent.

    Attributes:
        pieces: the archive: a binary file, or pieces of it, to be read once.
        dockerfile: the Dockerfile's path in it.
        text: what the Dockerfile says; None where that is only seen when it is sent.
    """

    pieces: BinaryIO | Iterable[bytes]
    dockerfile: str
    text: str | None


def pack_context(
    context: BuildContext,
    dockerfile: str = "Dockerfile",
    dockerfile_text: str | bytes | None = None,
) -> PackedContext:
    """Pack a build context, piece by piece.

    Owners become root, as the docker command sends them, so that the same folder gives
    the same image whoever builds it. Sockets, pipes and devices are left out, and what
    `<dockerfile>.dockerignore` or `.dockerignore` says. An archive is sent as it is.

    Args:
        context: see `BuildContext`.
        dockerfile: the Dockerfile's path in the context.
        dockerfile_text: the Dockerfile itself, where it is not in the context.

    Raises:
        InvalidInput: the folder or the Dockerfile in it does not exist, an ignore
            pattern is malformed, or, while it is sent, a file cannot be read.
    """
    if not is_name(dockerfile):
        raise InvalidInput(f"dockerfile: {dockerfile!r:.80} is no path.")
    extra = None
    if dockerfile_text is not None:
        extra = encode_content(dockerfile_text, "dockerfile_text")
    if context is None:
        if extra is None:
            return PackedContext(iter(()), dockerfile, None)
        context = {}
    if isinstance(context, Mapping):
        return _pack_mapping(context, dockerfile, extra)
    if isinstance(context, (str, os.PathLike)):
        return _pack_folder(Path(context), os.path.normpath(dockerfile), extra)
    if extra is not None:
        raise InvalidInput("dockerfile_text: an archive is sent as it is; put the Dockerfile in.")
    return PackedContext(_pass_on(context), dockerfile, None)


def _pack_mapping(
    context: Mapping[str, bytes | str], dockerfile: str, extra: bytes | None
) -> PackedContext:
    files: dict[str, bytes | str] = {}
    for name, content in context.items():
        if not is_name(name):
            raise InvalidInput(f"The build context has a file that is named {name!r:.80}.")
        files[name] = encode_content(content, name)
    if extra is None and dockerfile not in files:
        raise InvalidInput(f"The build context has no {dockerfile}; {_OUTSIDE}.")
    sent = dockerfile if extra is None else _hidden_name(extra)
    if extra is not None:
        files[sent] = extra
    text = _text(files[sent])
    for name in (f"{dockerfile}.dockerignore", ".dockerignore"):
        if name in files:
            rules = _ignore_rules(files[name], name, sent)
            files = {n: files[n] for n in files if not rules.ignores(os.path.normpath(n))}
            break
    return PackedContext(pack_files(files), sent, text)


def _pack_folder(root: Path, dockerfile: str, extra: bytes | None) -> PackedContext:
    with reading(root, "context"):
        if not root.is_dir():
            raise InvalidInput(f"The build context {root} is not a folder.")
    if extra is None:
        inside = not Path(dockerfile).is_absolute() and Path(dockerfile).parts[:1] != ("..",)
        with reading(root / dockerfile, "dockerfile"):
            if not (inside and (root / dockerfile).is_file()):
                raise InvalidInput(
                    f"There is no {dockerfile} in the build context {root}; {_OUTSIDE}."
                )
            content = (root / dockerfile).read_bytes()
    else:
        content = extra
    sent = dockerfile if extra is None else _hidden_name(extra)
    text = _text(content)
    rules = IgnoreRules(())
    for path in (root / f"{dockerfile}.dockerignore", root / ".dockerignore"):
        with reading(path, "context"):
            if path.is_file():
                rules = _ignore_rules(path.read_bytes(), str(path), sent)
                break
    files = {} if extra is None else {sent: extra}
    return PackedContext(_walk_and_pack(root, rules, files), sent, text)


def _ignore_rules(content: bytes | str, name: str, dockerfile: str) -> IgnoreRules:
    try:
        patterns = parse_ignore_file(encode_content(content, name).decode())
    except UnicodeDecodeError as exc:
        raise InvalidInput(f"{name} cannot be read: {exc}.") from exc
    # The engine needs these two, whatever the file says.
    kept = (f"!{escape_pattern(os.path.normpath(dockerfile))}", "!.dockerignore")
    return IgnoreRules([*patterns, *kept])


def _hidden_name(content: bytes) -> str:
    # Named after its content, so that the same build is found in the cache again.
    return f".dockerfile.{hashlib.sha256(content).hexdigest()[:12]}"


def _walk_and_pack(
    root: Path, rules: IgnoreRules, files: Mapping[str, bytes | str]
) -> Iterator[bytes]:
    try:
        for path, name in _walk(root, rules):
            info = describe_path(path, name)
            if info is None:
                continue
            yield pack_header(info)
            if info.isreg():
                yield from pack_content(path, info.size)
    except OSError as exc:
        # Said here, because a sender takes an OSError for one of its connection.
        raise InvalidInput(f"The build context cannot be read: {exc}.") from exc
    # Ends the archive, too.
    yield from pack_files(files)


def _walk(root: Path, rules: IgnoreRules) -> Iterator[tuple[Path, str]]:
    # Not by recursion, for which folders may be too deep.
    left = _entries(root, "")
    while left:
        entry, name = left.pop()
        ignored = rules.ignores(name)
        is_folder = entry.is_dir(follow_symlinks=False)
        if not ignored:
            yield Path(entry.path), name
        if is_folder and (not ignored or rules.takes_back_below(name)):
            left += _entries(Path(entry.path), f"{name}/")


def _entries(folder: Path, prefix: str) -> list[tuple[os.DirEntry[str], str]]:
    # Sorted, so that the same folder always gives the same archive; the first one is taken last.
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
    return [(entry, prefix + entry.name) for entry in entries]


def _pass_on(archive: bytes | BinaryIO | Iterable[bytes]) -> BinaryIO | Iterable[bytes]:
    if isinstance(archive, (bytes, bytearray, memoryview)):
        return iter([bytes(archive)])
    if isinstance(archive, io.TextIOBase):  # type: ignore[unreachable]  # not everybody checks types
        raise InvalidInput(f"{archive!r:.80} is a file of text; open it as one of bytes.")
    if hasattr(archive, "read"):
        # As it is: the kernel may send it by itself.
        return archive
    if isinstance(archive, Iterable):
        return _checked(archive)
    raise InvalidInput(
        f"{archive!r:.80} is no build context: neither a folder, files by their names, nor an "
        "archive."
    )


def _checked(pieces: Iterable[object]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise InvalidInput(f"The build context holds {piece!r:.80}, which is not bytes.")
            yield bytes(piece)
    except OSError as exc:
        raise InvalidInput(f"The build context cannot be read: {exc}.") from exc


def _text(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode("utf-8", "replace")
