"""Files into a container and out of it, by the rules of `docker cp`.

The rules decide from what is at the target: a file goes into a folder under its own name,
or becomes the target; a folder goes into a folder that is there, or becomes one that is
not; `folder/.` stands for what is in the folder. The container need not run, nor ever
have run.
"""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Union

from .archive import PathStat, pack_files, pack_path, read_file, unpack
from .archive.pack import encode_content, is_name
from .errors import CopyFailed, InvalidInput, NotFound, is_node

if TYPE_CHECKING:
    from .api.containers import Containers

__all__ = ["CopySource", "copy_in", "copy_out", "read_out", "resolve_links"]

CopySource = Union[str, os.PathLike[str], bytes, Mapping[str, Union[bytes, str]]]

_MOST_LINKS = 10


class _Place(NamedTuple):
    """Where in a container something goes: into `folder`, as `name` or as what is in it."""

    folder: str
    name: str


def copy_in(
    containers: Containers,
    container: str,
    source: CopySource,
    target: str,
    *,
    owner: tuple[int, int] | None = None,
    mode: int | None = None,
) -> None:
    """Copy something of this host into a container; see `Container.copy_in`."""
    if isinstance(source, bytes):
        place = _place(containers, container, target, is_folder=False, name="")
        if not place.name:
            raise InvalidInput(f"{target} is a folder; say what the file in it is called.")
        archive = _pack({place.name: source}, owner=owner, mode=mode)
    elif isinstance(source, Mapping):
        # Before anything is sent, of which the engine would keep the beginning.
        files = {_inner_name(name): encode_content(it, name) for name, it in source.items()}
        place = _place(containers, container, target, is_folder=True, name="")
        folders = _missing_folders(containers, container, place, files)
        prefix = f"{place.name}/" if place.name else ""
        archive = _pack(
            {f"{prefix}{name}": content for name, content in files.items()},
            folders,
            owner=owner,
            mode=mode,
        )
    else:
        path, contents_only = _local_source(os.fspath(source))
        name = "" if contents_only else path.name
        place = _place(containers, container, target, is_folder=_is_folder(path), name=name)
        archive = pack_path(path, place.name, owner=owner, mode=mode)
    # A folder is never replaced by a file, nor a file by a folder.
    containers.put_archive(container, place.folder, archive, no_overwrite_dir_non_dir=True)


def copy_out(
    containers: Containers,
    container: str,
    path: str,
    target: str | os.PathLike[str],
    *,
    follow: bool = False,
    keep_links: bool = False,
) -> Path:
    """Copy something out of a container to this host; see `Container.copy_out`."""
    path, contents_only = _remote_source(path)
    # Not that of what a link leads to: so does `docker cp`.
    name = posixpath.basename(posixpath.normpath(path))
    stat = containers.archive_info(container, path)
    if follow:
        path, stat = resolve_links(containers, container, path, stat)
    if stat.is_link and not keep_links:
        raise CopyFailed(
            f"{path} in container {container} is a link to {stat.link_target}. follow=True "
            "copies what it leads to, keep_links=True the link itself."
        )
    local = Path(target)
    if contents_only and not stat.is_dir:
        raise InvalidInput(f"{path} in container {container} is no folder.")
    if local.is_dir():
        local = local if contents_only else local / name
    elif not stat.is_dir and os.fspath(target).endswith(("/", "/.")):
        raise InvalidInput(f"There is no folder {target} to copy {path} into.")
    elif stat.is_dir and os.path.lexists(local):
        raise InvalidInput(f"{target} is no folder, so the folder {path} cannot become it.")
    elif is_node(local) and not (stat.is_link and local.is_symlink()):
        raise InvalidInput(f"{target} is a device, a pipe or a socket, which is not replaced.")
    # An archive of `folder/.` has the folder as its root with Docker, and none with Podman.
    wanted = path[:-1] if contents_only else path
    with containers.get_archive(container, wanted) as archive:
        # A link to a folder is that folder: who named it meant what it leads to.
        unpack(archive, local.resolve() if contents_only else local, keep_links=keep_links)
    return local


def read_out(containers: Containers, container: str, path: str) -> bytes:
    """Return the content of a file in a container, where links lead to it."""
    stat = containers.archive_info(container, path)
    path, stat = resolve_links(containers, container, path, stat)
    if stat.kind != "file":
        raise InvalidInput(f"{path} in container {container} is a {stat.kind}, not a file.")
    with containers.get_archive(container, path) as archive:
        return read_file(archive)


def _place(
    containers: Containers, container: str, target: str, *, is_folder: bool, name: str
) -> _Place:
    """Decide where in a container something goes.

    Args:
        containers: the engine's containers.
        container: the container.
        target: the path that was asked for.
        is_folder: whether a folder goes there, or what is in one.
        name: what it is called here; empty: it has no name, or its contents go there.
    """
    wants_folder = target.endswith(("/", "/."))
    path = posixpath.normpath(f"/{target}").replace("//", "/")
    stat: PathStat | None = None
    try:
        stat = containers.archive_info(container, path)
        path, stat = resolve_links(containers, container, path, stat)
    except NotFound as exc:
        if exc.method != "HEAD":
            raise
        # A link that leads nowhere is what is to be made, not what is to be replaced.
        path = stat.link_target if stat is not None else path
        stat = None
    if stat is None:
        if wants_folder and not is_folder:
            raise InvalidInput(f"There is no folder {target} in container {container}.")
        return _Place(*posixpath.split(path))
    if stat.is_dir:
        return _Place(path, name)
    if wants_folder or is_folder:
        raise InvalidInput(f"{target} in container {container} is no folder.")
    return _Place(*posixpath.split(path))


def resolve_links(
    containers: Containers, container: str, path: str, stat: PathStat
) -> tuple[str, PathStat]:
    """Return where a path leads in the end, and what is there.

    Raises:
        NotFound: nothing is there.
        InvalidInput: the links lead in a circle.
    """
    # The engine says where a chain of links ends, Podman where its first one leads.
    for _link in range(_MOST_LINKS):
        if not stat.is_link:
            return path, stat
        path = posixpath.join(posixpath.dirname(path), stat.link_target)
        stat = containers.archive_info(container, path)
    raise InvalidInput(f"{path} in container {container} is a link that leads to no end.")


def _local_source(source: str) -> tuple[Path, bool]:
    # A path object has lost the `/.` at its end, so it stands for the folder.
    path = Path(source)
    if not os.path.lexists(path):
        raise InvalidInput(f"There is no {source} to copy.")
    if not source.endswith(("/", "/.")):
        # A name like `..` is none to give to anything.
        return (path if path.name not in ("", "..") else path.resolve()), False
    if not path.is_dir():
        raise InvalidInput(f"{source} is no folder.")
    return path.resolve(), source.endswith("/.")


def _remote_source(path: str) -> tuple[str, bool]:
    if not path:
        raise InvalidInput("A path in a container is not empty.")
    if posixpath.normpath(f"/{path}") in ("/", "//"):
        return "/.", True
    return path, path.endswith("/.")


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _inner_name(name: str) -> str:
    if not is_name(name) or name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
        raise InvalidInput(f"{name!r} is no path of a file below the target.")
    return name


def _missing_folders(
    containers: Containers, container: str, place: _Place, files: Mapping[str, object]
) -> list[str]:
    """List the folders that the files need and that are not there, the outer ones first.

    Those that are there are left alone: in an archive, they would get another mode.
    """
    inner = {name[:end] for name in files for end in range(len(name)) if name[end] == "/"}
    if place.name:
        return [place.name, *(f"{place.name}/{folder}" for folder in sorted(inner))]
    missing: list[str] = []
    for folder in sorted(inner):
        if posixpath.dirname(folder) not in missing:
            try:
                containers.archive_info(container, posixpath.join(place.folder, folder))
                continue
            except NotFound:
                pass
        missing.append(folder)
    return missing


def _pack(
    files: Mapping[str, bytes | str],
    folders: list[str] | tuple[()] = (),
    *,
    owner: tuple[int, int] | None,
    mode: int | None,
) -> Iterator[bytes]:
    return pack_files(files, folders=folders, owner=owner, mode=mode, mtime=int(time.time()))
