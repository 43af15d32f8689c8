"""Files that a container is given before it starts."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Union

from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["Content", "Scripts", "collect_content", "collect_scripts", "read_text"]

Content = Union[str, os.PathLike[str], Mapping[str, Union[str, bytes]]]
Scripts = Union[
    str,
    os.PathLike[str],
    Sequence[Union[str, os.PathLike[str]]],
    Mapping[str, Union[str, bytes]],
]

# What the official images of PostgreSQL and MariaDB run; they pass over everything else.
_RUN = (".sql", ".sql.gz", ".sql.xz", ".sql.zst", ".sh")


def collect_scripts(scripts: Scripts, option: str = "initial") -> dict[str, bytes]:
    """Read scripts, named so that a server that runs them by name keeps their order.

    Args:
        scripts: files and folders, relative to the file of whoever calls the preset, or
            names -> contents. Of a folder, the files right in it by their names.
        option: what they were given as, for messages.

    Raises:
        InvalidInput: one is missing, or is of a kind that would not be run.
    """
    found: list[tuple[str, bytes]] = []
    if isinstance(scripts, Mapping):
        found = [(name, _bytes(text)) for name, text in scripts.items()]
    else:
        several = [scripts] if isinstance(scripts, (str, os.PathLike)) else scripts
        for path in [_located(one, option) for one in several]:
            if path.is_dir():
                inside = [one for one in sorted(path.iterdir()) if one.name.endswith(_RUN)]
                found += [(one.name, one.read_bytes()) for one in inside]
            else:
                found.append((path.name, path.read_bytes()))
    for name, _content in found:
        if not name.endswith(_RUN) or "/" in name:
            raise InvalidInput(
                f"{option}: {name!r} would not be run; a script's name ends in {', '.join(_RUN)}."
            )
    return {f"{number:03}-{name}": content for number, (name, content) in enumerate(found)}


def collect_content(content: Content, option: str) -> dict[str, bytes]:
    """Read a folder, relative to the file of whoever calls the preset, or take names -> contents.

    Raises:
        InvalidInput: there is no such folder.
    """
    if isinstance(content, Mapping):
        return {name: _bytes(text) for name, text in content.items()}
    folder = _located(content, option)
    if not folder.is_dir():
        raise InvalidInput(f"{option}: {folder} is no folder.")
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in files}


def read_text(value: str | os.PathLike[str], option: str) -> str:
    """Take a text as it is, or read the file that a path object names."""
    return value if isinstance(value, str) else _located(value, option).read_text("utf-8")


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


def _located(path: str | os.PathLike[str], option: str) -> Path:
    """Find a path from the file that names it, whatever the working directory is."""
    frame: FrameType | None = inspect.currentframe()
    package = __name__.rpartition(".")[0]
    while frame and str(frame.f_globals.get("__name__", "")).startswith(f"{package}."):
        frame = frame.f_back
    here = str(frame.f_globals.get("__file__", "")) if frame else ""
    located = Path(here).parent / path if here else Path(path)
    if not located.exists():
        raise InvalidInput(f"{option}: there is no {located}.")
    return located
