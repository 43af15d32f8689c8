"""Files out of a container, where what is here differs."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..archive import Member, read_members
from ..copying import copy_out, resolve_links
from ..errors import ContainerNotFound, CopyFailed, InvalidInput, NotFound, is_node, looking
from .files_in import same_content
from .reach import Reach, absolute, is_running, require_path
from .trees import Entry

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..archive import PathStat
    from ..client import Engine

__all__ = ["CopyOut", "FetchChange", "Fetched", "fetch_from"]


@dataclass(frozen=True)
class CopyOut:
    """What of a container is to be here.

    Attributes:
        source: the path in the container.
        target: what it becomes here. A file goes into a folder that is here, under its own
            name; a folder is merged into it.
        follow: where the source is a link, take what it leads to.
        keep_links: also links that lead out of what is copied.
        force: True: copy all of it; False: nothing where anything is here; None: all of it
            if something differs.
    """

    source: str
    target: Path
    follow: bool = False
    keep_links: bool = False
    force: bool | None = None

    def __post_init__(self) -> None:
        """Refuse an empty source."""
        require_path(self.source)


@dataclass(frozen=True)
class FetchChange:
    """Something that is not here as it is there.

    Attributes:
        name: its path below what is copied; empty for that itself.
        wanted: what it is in the container.
        actual: what is here; None: nothing.
    """

    name: str
    wanted: Member | PathStat
    actual: Entry | None = None


@dataclass(frozen=True)
class Fetched:
    """What was copied, or would be.

    Attributes:
        source: where in the container it is, without links where those were followed.
        path: what it became here.
        changes: what was different; of what was not here at all, only that itself.
    """

    source: str
    path: Path
    changes: Sequence[FetchChange] = ()


def fetch_from(engine: Engine, container: str, wanted: CopyOut, *, check: bool = False) -> Fetched:
    """Bring a file or folder of a container here, unless it is here already.

    Content, kind and permissions are compared; owner and times are not. What else is in a
    folder here stays.

    Args:
        engine: the engine.
        container: name or id; it need not run.
        wanted: what is to be here.
        check: write nothing.

    Raises:
        NotFound: there is no such container, or no such path in it.
        InvalidInput: a folder is in the place of a file, or the reverse; a device, a pipe or a
            socket is here; or it is in a tmpfs of a container that runs, which archives do not
            reach.
        CopyFailed: something cannot be written; see `copy_out`.
    """
    containers = engine.containers
    source = absolute(wanted.source)
    name = posixpath.basename(source)
    source, there = _find(engine, container, source, follow=wanted.follow)
    if there.is_link and not wanted.keep_links:
        raise CopyFailed(
            f"{source} in container {container} is a link to {there.link_target}. follow copies "
            "what it leads to, keep_links the link itself."
        )
    path = wanted.target
    with looking(path, "path"):
        if path.is_dir() and not there.is_dir:
            path = path / name
        exists = os.path.lexists(path)
        is_folder = path.is_dir()
        if is_node(path) and not (there.is_link and path.is_symlink()):
            raise InvalidInput(
                f"path: {path} is a device, a pipe or a socket, which is not replaced; name a file."
            )
    if exists and is_folder != there.is_dir:
        kind = "a folder" if is_folder else "no folder"
        raise InvalidInput(
            f"{path} is {kind}, and is not replaced by the {there.kind} {source} of container "
            f"{container}."
        )
    # A link to a folder is that folder; what is in it is compared as it is.
    here = path.resolve() if is_folder else path
    if not exists or wanted.force:
        changes = [FetchChange("", there, _here(here))]
    elif wanted.force is False:
        changes = []
    else:
        with containers.get_archive(container, source) as archive:
            changes = list(_changes(read_members(archive), here))
    if changes:
        _refuse_hidden(engine, container, source)
    if changes and not check:
        # `/.` stands for what is in the folder, which else would go into the one that is here.
        inner = f"{source}/." if there.is_dir and exists else source
        copy_out(containers, container, inner, path, keep_links=wanted.keep_links)
    return Fetched(source, path, tuple(changes))


def _find(engine: Engine, container: str, path: str, *, follow: bool) -> tuple[str, PathStat]:
    """Return where something in a container is, and what it is."""
    containers = engine.containers
    try:
        there = containers.archive_info(container, path)
        return resolve_links(containers, container, path, there) if follow else (path, there)
    except ContainerNotFound:
        raise
    except NotFound:
        _refuse_hidden(engine, container, path, follow=follow)
        raise


def _refuse_hidden(engine: Engine, container: str, path: str, *, follow: bool = False) -> None:
    """Refuse what a container sees in a mount, while archives show what is below that."""
    inspected = engine.containers.inspect(container)
    if not is_running(inspected):
        return
    reach = Reach(engine, container, inspected)
    place = reach.place(path, follow=follow)
    mount = reach.cover(place)
    if mount:
        raise InvalidInput(
            f"{place} in container {container} is in {mount}, which is mounted while it runs. "
            "Archives do not reach that; have a command read it."
        )


def _changes(
    members: Iterator[tuple[Member, Iterator[bytes]]], target: Path
) -> Iterator[FetchChange]:
    for member, pieces in members:
        name = _below(member.name)
        here = _here(target / name)
        if here is None or not _is_same(member, pieces, here, target):
            yield FetchChange(name, member, here)


def _below(name: str) -> str:
    parts = [part for part in name.split("/")[1:] if part not in ("", ".")]
    if ".." in parts:
        raise CopyFailed(f"The archive holds {name!r}, which leads out of it.")
    return "/".join(parts)


def _is_same(member: Member, pieces: Iterator[bytes], here: Entry, target: Path) -> bool:
    if member.kind == "hard link":
        other = _here(target / _below(member.link))
        return other is not None and bool(
            other.path and here.path and os.path.samestat(other.path.lstat(), here.path.lstat())
        )
    if member.kind != here.kind:
        return False
    if member.kind == "link":
        return member.link == here.link
    # A folder that is here is left as it is.
    return member.kind == "folder" or (
        (member.size, member.mode & 0o777) == (here.size, here.mode)
        and same_content(here.pieces(), pieces)
    )


def _here(path: Path) -> Entry | None:
    """Describe what is here, without following a link."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as exc:
        raise InvalidInput(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    kind = kinds.get(stat.S_IFMT(status.st_mode), "other")
    return Entry(
        "",
        kind,
        stat.S_IMODE(status.st_mode) & 0o777,
        size=status.st_size if kind == "file" else 0,
        link=str(path.readlink()) if kind == "link" else "",
        path=path,
    )
