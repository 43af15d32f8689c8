"""The context of a build, as a tar archive that is made while it is sent."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Union

from .archive.pack import describe_path, pack_content, pack_end, pack_files, pack_header
from .dockerignore import IgnoreRules, escape_pattern, parse_ignore_file
from .errors import InvalidInput

__all__ = ["BuildContext", "pack_context"]

BuildContext = Union[str, Path, Mapping[str, Union[bytes, str]]]


def pack_context(context: BuildContext, dockerfile: str) -> Iterator[bytes]:
    """Pack a build context, piece by piece.

    Owners become root, as the docker command sends them, so that the same folder gives
    the same image whoever builds it. Sockets, pipes and devices are left out, and what
    `<dockerfile>.dockerignore` or `.dockerignore` says.

    Args:
        context: a folder, or names in the context -> contents.
        dockerfile: the Dockerfile's path in the context.

    Yields:
        Pieces of the archive.

    Raises:
        InvalidInput: the folder or the Dockerfile in it does not exist, an ignore
            pattern is malformed, or a file cannot be read.
    """
    if isinstance(context, Mapping):
        if dockerfile not in context:
            raise InvalidInput(f"The build context has no {dockerfile}.")
        return pack_files(context)
    root = Path(context)
    if not root.is_dir():
        raise InvalidInput(f"The build context {root} is not a folder.")
    dockerfile = os.path.normpath(dockerfile)
    inside = not Path(dockerfile).is_absolute() and Path(dockerfile).parts[:1] != ("..",)
    if not (inside and (root / dockerfile).is_file()):
        raise InvalidInput(f"There is no {dockerfile} in the build context {root}.")
    return _pack_folder(root, _ignore_rules(root, dockerfile))


def _ignore_rules(root: Path, dockerfile: str) -> IgnoreRules:
    for name in (f"{dockerfile}.dockerignore", ".dockerignore"):
        path = root / name
        if path.is_file():
            try:
                patterns = parse_ignore_file(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as exc:
                raise InvalidInput(f"{path} cannot be read: {exc}.") from exc
            # The engine needs these two, whatever the file says.
            return IgnoreRules([*patterns, f"!{escape_pattern(dockerfile)}", "!.dockerignore"])
    return IgnoreRules(())


def _pack_folder(root: Path, rules: IgnoreRules) -> Iterator[bytes]:
    try:
        for path, name in _walk(root, "", rules):
            info = describe_path(path, name)
            if info is None:
                continue
            yield pack_header(info)
            if info.isreg():
                yield from pack_content(path, info.size)
    except OSError as exc:
        # Said here, because a sender takes an OSError for one of its connection.
        raise InvalidInput(f"The build context cannot be read: {exc}.") from exc
    yield pack_end()


def _walk(folder: Path, prefix: str, rules: IgnoreRules) -> Iterator[tuple[Path, str]]:
    # Sorted, so that the same folder always gives the same archive.
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = prefix + entry.name
        ignored = rules.ignores(name)
        is_folder = entry.is_dir(follow_symlinks=False)
        if not ignored:
            yield Path(entry.path), name
        if is_folder and (not ignored or rules.takes_back_below(name)):
            yield from _walk(Path(entry.path), f"{name}/", rules)
