"""Files into a container, where what is there differs.

What a path is, its size and its permissions take one request without content. Content is
read only where all of these are as wanted, and only what differs is sent.
"""

from __future__ import annotations

import posixpath
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..api.containers import Containers  # pylint: disable=unused-import
from ..archive import Member, read_members
from ..archive.pack import pack_content, pack_end, pack_header, pack_padding
from ..copying import resolve_links
from ..errors import ContainerNotFound, InvalidInput, NotFound
from .file_owner import container_user
from .reach import Reach, absolute, require_path

if TYPE_CHECKING:
    from ..api.containers import Containers
    from ..archive import PathStat
    from ..client import Engine
    from .trees import Entry

__all__ = ["Change", "Copied", "CopyIn", "copy_into", "same_content"]

_TYPES = {"file": tarfile.REGTYPE, "folder": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}


@dataclass(frozen=True)
class CopyIn:
    """What is to be where in a container.

    Attributes:
        target: the path in the container that it becomes, whatever is there; only that of a
            folder may end in a slash.
        entries: it, and what is in it; see `path_entries`.
        owner: user and group id of all of it; None: the user that the container runs as.
        force: True: send all of it; False: nothing where anything is at the target; None:
            what differs.
        follow: where the target is a link, go where it leads.
    """

    target: str
    entries: Sequence[Entry]
    owner: tuple[int, int] | None = None
    force: bool | None = None
    follow: bool = False

    def __post_init__(self) -> None:
        """Refuse an empty target, and a folder as that of a file.

        Raises:
            InvalidInput: the target is empty, or it is the way in which folders are written.
        """
        require_path(self.target)
        if posixpath.basename(self.target) in ("", ".", "..") and self.entries[0].kind != "folder":
            # Without its slash, the file would replace the folder with all that is in it.
            raise InvalidInput(
                f"container_path: {self.target} is a folder, and what is copied is a "
                f"{self.entries[0].kind}; write the whole path that it gets, with its name."
            )


@dataclass(frozen=True)
class Change:
    """Something that is not as wanted.

    Attributes:
        wanted: what is wanted.
        owner: whom it is to belong to.
        actual: what is there; None: nothing, or no more was read of it than its `PathStat`.
    """

    wanted: Entry
    owner: tuple[int, int]
    actual: Member | None = None


@dataclass(frozen=True)
class Copied:
    """What was copied, or would be.

    Attributes:
        path: where in the container it is.
        before: what was at that path itself; None: nothing.
        changes: what was sent.
        diff: what that changed, where it was asked for.
    """

    path: str
    before: PathStat | None
    changes: Sequence[Change] = ()
    diff: Mapping[str, Any] | None = None

    def place(self, change: Change) -> str:
        """Return the path in the container of something that was sent."""
        return posixpath.join(self.path, change.wanted.name) if change.wanted.name else self.path


def copy_into(
    engine: Engine,
    container: str,
    wanted: CopyIn,
    *,
    check: bool = False,
    diff_limit: int | None = None,
) -> Copied:
    """Bring files into a container, which need not run, where they are not there as wanted.

    Folders are merged into those that are there; a file takes the place of a folder that
    is at the target itself, with all that is in it. Content, kind, permissions and owner
    are compared, times are not.

    Args:
        engine: the engine.
        container: name or id.
        wanted: what is to be where.
        check: send nothing.
        diff_limit: also tell what changes, with the content of files that are not longer
            than this; 0: of any.

    Raises:
        ContainerNotFound: there is no such container.
        NotFound: the folder that the target is to be in does not exist.
        InvalidInput: something else is in the place of a folder; a folder is, below the
            target, in the place of a file; a file is where the folder has to be; a file
            cannot be read; or something is to be where archives do not reach.
    """
    inspected, owner = None, wanted.owner
    if owner is None:
        inspected = engine.containers.inspect(container)
        owner = container_user(engine, container, inspected)
    target = _Target(engine.containers, container, wanted, owner)
    leave = wanted.force is False and target.stat is not None
    copied = Copied(target.path, target.stat, () if leave else tuple(target.changes()))
    if copied.changes:
        inspected = inspected or engine.containers.inspect(container)
        _refuse_hidden(Reach(engine, container, inspected), container, target.path, wanted.entries)
    if diff_limit is not None:
        # While what was there still is.
        from .file_diffs import diff_in

        copied = replace(copied, diff=diff_in(engine, container, wanted, copied, diff_limit))
    folder, name = posixpath.split(target.path)
    if copied.changes and target.stat is None:
        # In check mode as well, it fails where there is no such folder.
        _require_folder(engine.containers, container, folder)
    if copied.changes and not check:
        engine.containers.put_archive(
            container,
            folder,
            _pack(copied.changes, name),
            # What was looked at may have become something else since.
            no_overwrite_dir_non_dir=not target.is_folder_for_file,
        )
    return copied


def _refuse_hidden(reach: Reach, container: str, path: str, entries: Sequence[Entry]) -> None:
    """Refuse what would be sent to the folder below a mount, where the container never sees it."""
    top = reach.place(path)
    for entry in entries:
        place = posixpath.join(top, entry.name) if entry.name else top
        mount = reach.cover(place)
        # A folder may be what something is mounted on.
        if mount and (place != mount or not entry.name):
            raise InvalidInput(
                f"{place} in container {container} is in {mount}, which is mounted when it runs. "
                "Archives do not reach that; have a command write there."
            )


def _require_folder(containers: Containers, container: str, folder: str) -> None:
    if folder == "/":
        return
    path, stat = resolve_links(
        containers, container, folder, containers.archive_info(container, folder)
    )
    if not stat.is_dir:
        raise InvalidInput(
            f"Nothing can be in {folder} in container {container}, because {path} is a {stat.kind} "
            "and no folder; name a path in a folder."
        )


class _Target:
    """The place in the container, and what is there."""

    def __init__(
        self, containers: Containers, container: str, wanted: CopyIn, owner: tuple[int, int]
    ) -> None:
        self._containers = containers
        self._container = container
        self._wanted = wanted
        self._owner = owner
        self.path = absolute(wanted.target)
        self.stat = self._look(self.path)
        if wanted.follow and self.stat is not None and self.stat.is_link:
            try:
                self.path, self.stat = resolve_links(containers, container, self.path, self.stat)
            except ContainerNotFound:
                raise
            except NotFound:
                # A link that leads nowhere is where the file is to be.
                self.path, self.stat = self.stat.link_target, None

    @property
    def is_folder_for_file(self) -> bool:
        """Whether a file is wanted in the place of a folder."""
        is_dir = self.stat is not None and self.stat.is_dir and self.path != "/"
        return is_dir and self._wanted.entries[0].kind != "folder"

    def changes(self) -> Iterator[Change]:
        """Iterate over what is not as wanted."""
        entries = self._wanted.entries
        self._refuse_other_kind(entries[0], self.stat)
        if self.path == "/":
            # All of the container would be read, to look at what is named; and the root is there.
            for top in (entry for entry in entries if entry.name and "/" not in entry.name):
                below = [e for e in entries if e is top or e.name.startswith(f"{top.name}/")]
                yield from self._compare(below, self._look(self._place(top)))
            return
        yield from self._compare(entries, self.stat)

    def _compare(self, entries: Sequence[Entry], stat: PathStat | None) -> Iterator[Change]:
        """Compare an entry and what is below it with what is there."""
        top = entries[0]
        self._refuse_other_kind(top, stat)
        if stat is None or self._wanted.force:
            yield from (Change(entry, self._owner) for entry in entries)
            return
        if top.kind != "folder" and _differs(top, stat):
            yield Change(top, self._owner)
            return
        missing = {entry.name: entry for entry in entries}
        for member, pieces in self._read(self._place(top)):
            name = posixpath.join(top.name, *member.name.rstrip("/").split("/")[1:])
            entry = missing.pop(name, None)
            if entry is None:
                continue
            self._refuse_other_kind(entry, member)
            if (
                _differs(entry, member)
                or member.owner != self._owner
                or (entry.kind == "link" and entry.link != member.link)
                or (entry.kind == "file" and not same_content(entry.pieces(), pieces))
            ):
                yield Change(entry, self._owner, member)
            if not missing:
                # What else is in the folder is nothing to us.
                return
        yield from (Change(entry, self._owner) for entry in missing.values())

    def _read(self, path: str) -> Iterator[tuple[Member, Iterator[bytes]]]:
        with self._containers.get_archive(self._container, path) as archive:
            yield from read_members(archive)

    def _look(self, path: str) -> PathStat | None:
        try:
            return self._containers.archive_info(self._container, path)
        except ContainerNotFound:
            raise
        except NotFound:
            return None

    def _place(self, entry: Entry) -> str:
        return posixpath.join(self.path, entry.name) if entry.name else self.path

    def _refuse_other_kind(self, entry: Entry, there: Member | PathStat | None) -> None:
        if there is None or (entry.kind == "folder") == (there.kind == "folder"):
            return
        if not entry.name and self.is_folder_for_file:
            return
        place = self._place(entry)
        raise InvalidInput(
            f"{place} in container {self._container} is a {there.kind}, which is not replaced by a "
            f"{entry.kind}."
        )


def _differs(wanted: Entry, there: Member | PathStat) -> bool:
    """Tell whether something differs in what takes no content to know."""
    if wanted.kind != there.kind:
        return True
    # A link has no permissions of its own.
    if wanted.kind != "link" and wanted.mode != there.mode:
        return True
    return wanted.kind == "file" and wanted.size != there.size


def same_content(wanted: Iterable[bytes], there: Iterable[bytes]) -> bool:
    """Compare two contents that come in pieces, as far as they are the same."""
    pieces = iter(there)
    left = memoryview(b"")
    for piece in wanted:
        view = memoryview(piece)
        while view:
            if not left:
                left = memoryview(next(pieces, b""))
                if not left:
                    return False
            size = min(len(view), len(left))
            if view[:size] != left[:size]:
                return False
            view, left = view[size:], left[size:]
    return not left and next(pieces, None) is None


def _pack(changes: Sequence[Change], name: str) -> Iterator[bytes]:
    """Pack what is to be sent, under the name that it gets."""
    for change in changes:
        entry = change.wanted
        info = tarfile.TarInfo(posixpath.join(name, entry.name) if entry.name else name)
        info.type, info.mode, info.linkname = _TYPES[entry.kind], entry.mode, entry.link
        info.uid, info.gid = change.owner
        info.mtime = int(time.time())
        try:
            if entry.path is not None:
                info.mtime = int(entry.path.lstat().st_mtime)
            info.size = entry.size
            yield pack_header(info)
            if entry.kind == "file" and entry.path is not None:
                yield from pack_content(entry.path, entry.size)
            elif entry.kind == "file":
                yield entry.content
                yield pack_padding(entry.size)
        except OSError as exc:
            # Said here, because a sender takes an OSError for one of its connection.
            raise InvalidInput(f"path: {entry.path} cannot be read: {exc}.") from exc
    yield pack_end()
