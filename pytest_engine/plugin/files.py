"""What containers and volumes find in their file systems when they start."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Union

from pytest_engine.core.archive.pack import (
    describe_path,
    pack_content,
    pack_end,
    pack_files,
    pack_path,
)
from pytest_engine.core.errors import InvalidInput

from .making import made

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.spec.container import ContainerSpec

    from .session import Resource, Session

__all__ = [
    "CONTENT_FOLDER",
    "File",
    "FileContent",
    "FileLike",
    "Placed",
    "fill_volume",
    "place_files",
    "put_files",
]

CONTENT_FOLDER = "/content"
"""Where a volume is mounted while it is filled."""

FileContent = Union[bytes, str, os.PathLike[str], Mapping[str, Union[bytes, str]]]
"""Bytes; text; a path of this host, as a `pathlib.Path`; names below the target -> contents."""

_MOST_PERMISSIONS = 0o7777


@dataclass(frozen=True)
class File:
    """A file or a folder, with an owner and permissions.

    Attributes:
        content: bytes, text (as UTF-8), the path of a file or folder of this host (a
            `pathlib.Path`), or names below the target -> contents.
        owner: user and group id of all of it; None: root's.
        mode: permissions of the files; None: their own, and 0644 for contents.
    """

    content: FileContent
    owner: tuple[int, int] | None = None
    mode: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be put anywhere."""
        content = self.content
        if not isinstance(content, (bytes, str, os.PathLike, Mapping)):
            raise InvalidInput(
                f"A file's content is bytes, a text, a pathlib.Path or a mapping of names to "
                f"contents, not {type(content).__name__}."
            )
        for name in content if isinstance(content, Mapping) else ():
            if name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
                raise InvalidInput(f"{name!r} is no path of a file below the target.")
        if self.mode is not None and not 0 <= self.mode <= _MOST_PERMISSIONS:
            raise InvalidInput(f"A file's mode is a number like 0o640, not {self.mode!r}.")


FileLike = Union[FileContent, File]


@dataclass(frozen=True)
class Placed:
    """A file or a folder, and where it goes.

    Attributes:
        target: the absolute path in the container.
        file: what goes there.
    """

    target: str
    file: File

    def packed(self, folder: str) -> Iterator[bytes]:
        """Write it as a part of an archive that is unpacked in a folder of the container.

        Raises:
            InvalidInput: a path of this host cannot be read.
        """
        content, owner, mode = self.file.content, self.file.owner, self.file.mode
        name = posixpath.relpath(self.target, folder)
        prefix = "" if name == "." else f"{name}/"
        if isinstance(content, (bytes, str)):
            content, prefix = {name: content}, ""
        if isinstance(content, Mapping):
            files = {f"{prefix}{inner}": data for inner, data in content.items()}
            empty = [name] if prefix and not files else []
            now = int(time.time())
            yield from pack_files(
                files, folders=empty, owner=owner, mode=mode, mtime=now, end=False
            )
            return
        path = Path(content)
        if not path.is_dir():
            yield from pack_path(path.resolve(), name, owner=owner, mode=mode, end=False)
            return
        # Without the folder itself: one that is there already keeps its owner and its mode.
        entries = sorted(path.iterdir())
        if prefix and not entries:
            yield from pack_files({}, folders=[name], owner=owner, end=False)
        for entry in entries:
            yield from pack_path(entry, prefix + entry.name, owner=owner, mode=mode, end=False)

    def facts(self) -> dict[str, object]:
        """Tell what goes where, in words that are others whenever something else would be there.

        Raises:
            InvalidInput: a path of this host cannot be read.
        """
        content = self.file.content
        told: object
        if isinstance(content, (bytes, str)):
            told = _digest([content])
        elif isinstance(content, Mapping):
            told = {name: _digest([data]) for name, data in content.items()}
        else:
            told = _facts_of(Path(content).resolve())
        return {
            "target": self.target,
            "owner": self.file.owner,
            "mode": self.file.mode,
            "content": told,
        }

    @property
    def is_folder(self) -> bool:
        """Whether a folder's contents go there."""
        content = self.file.content
        if isinstance(content, (bytes, str)):
            return False
        return isinstance(content, Mapping) or Path(content).is_dir()


def place_files(files: Mapping[str, FileLike], beside: Path) -> tuple[Placed, ...]:
    """Read what goes where.

    Args:
        files: absolute path in the container -> what is there.
        beside: the folder that relative paths of this host start from.

    Raises:
        InvalidInput: a target is no absolute path, or a content is none.
    """
    placed = []
    for target, value in files.items():
        file = value if isinstance(value, File) else File(value)
        if not target.startswith("/") or ".." in target.split("/"):
            raise InvalidInput(f"files: {target!r} is no absolute path in the container.")
        if isinstance(file.content, os.PathLike):
            file = File(beside / file.content, file.owner, file.mode)
        normal = posixpath.normpath(target).replace("//", "/")
        if isinstance(file.content, (bytes, str)) and (normal == "/" or target.endswith("/")):
            raise InvalidInput(f"files: {target!r} is a folder; say what the file in it is called.")
        placed.append(Placed(normal, file))
    targets = [one.target for one in placed]
    for target in targets:
        if targets.count(target) > 1:
            raise InvalidInput(f"files: {target} is stated more than once.")
    return tuple(placed)


def _facts_of(path: Path) -> list[object]:
    """Tell what a file or folder of this host is, but for when it was changed."""
    told: list[object] = []
    try:
        for entry in sorted(path.rglob("*")) if path.is_dir() else [path]:
            info = describe_path(entry, entry.relative_to(path).as_posix())
            if info is not None:
                content = _digest(pack_content(entry, info.size)) if info.isreg() else ""
                told.append([info.name, info.type.decode(), info.mode, info.linkname, content])
    except OSError as exc:
        raise InvalidInput(f"{path} cannot be read: {exc}.") from exc
    return told


def _digest(pieces: Iterable[bytes | str]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece.encode() if isinstance(piece, str) else piece)
    return digest.hexdigest()


def put_files(engine: Engine, container: str, files: Sequence[Placed], spec: ContainerSpec) -> None:
    """Put files into a container that has not started, in one request for each mount.

    Folders on the way are made where they are missing; those that are there are left alone.

    Raises:
        InvalidInput: a path of this host cannot be read, or nobody would see the file.
    """
    mounted = [bind.target for bind in spec.volume_binds]
    hidden = [path.rstrip("/") for path in spec.tmpfs or ()]
    for mount in spec.mounts or ():
        (hidden if mount.type == "tmpfs" else mounted).append(mount.target.rstrip("/"))
    for one in files:
        memory = _folder_of(one, hidden)
        if memory != "/":
            raise InvalidInput(
                f"files: {one.target} lies in {memory}, a folder in memory that is empty when "
                "the container starts. Use a volume there, or another path."
            )
    # Podman mounts nothing for an archive that is unpacked above a mount.
    for folder, group in groupby(
        sorted(files, key=lambda one: _folder_of(one, mounted)),
        key=lambda one: _folder_of(one, mounted),
    ):
        engine.containers.put_archive(
            container, folder, _archive(list(group), folder), no_overwrite_dir_non_dir=True
        )


def fill_volume(
    session: Session, engine: Engine, fixture: str, volume: str, files: Sequence[Placed]
) -> None:
    """Put files into a volume.

    Engines unpack archives in containers alone, so there is one for a moment. It never
    starts, and its image is empty, so nothing has to be pulled.

    Raises:
        InvalidInput: a path of this host cannot be read.
    """
    image = _empty_image(session, engine, fixture)
    name = session.owner.name(fixture)
    with session.making("container", name, fixture, engine) as resource:
        resource.id = engine.containers.create(
            {
                "Image": image,
                "Cmd": ["never-started"],
                "Labels": session.owner.labels(fixture),
                "HostConfig": {"Binds": [f"{volume}:{CONTENT_FOLDER}"]},
            },
            name=name,
        )["Id"]
        archive = _archive(files, CONTENT_FOLDER)
        engine.containers.put_archive(resource.id, CONTENT_FOLDER, archive)
    session.remove(resource)


def _empty_image(session: Session, engine: Engine, fixture: str) -> str:
    """Import an image with nothing in it, once in a run; returns its id."""

    def make() -> Resource:
        name = session.owner.name("empty")
        labels = session.owner.labels(fixture)
        changes = [f"LABEL {json.dumps(key)}={json.dumps(value)}" for key, value in labels.items()]
        with session.making("image", name, fixture, engine) as resource:
            resource.id = engine.images.import_(pack_end(), name, changes=changes)
        return resource

    return str(made(session, engine, "image", fixture, ("empty",), make, apart=False).id)


def _folder_of(placed: Placed, mounts: Sequence[str]) -> str:
    """Find the innermost mount that a file lies in; `/` where there is none."""
    path = placed.target
    if not placed.is_folder:
        path = posixpath.dirname(path)
    above = [one for one in mounts if path == one or path.startswith(f"{one}/")]
    return max(above, key=len, default="/")


def _archive(files: Sequence[Placed], folder: str) -> Iterator[bytes]:
    for one in files:
        yield from one.packed(folder)
    yield pack_end()
