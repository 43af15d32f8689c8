"""What copying changes, as Ansible shows differences of files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..copying import read_out

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..archive import Member, PathStat
    from ..client import Engine
    from .files_in import Change, Copied, CopyIn
    from .files_out import Fetched
    from .trees import Entry

__all__ = ["diff_in", "diff_out"]

Diff = dict[str, Any]
_AFTERWARDS = {
    "before_header": "after_header",
    "before": "after",
    "dst_larger": "src_larger",
    "dst_binary": "src_binary",
}


def diff_in(engine: Engine, container: str, wanted: CopyIn, copied: Copied, limit: int) -> Diff:
    """Show what copying into a container changes there; to be asked before it is done.

    Args:
        engine: the engine.
        container: name or id.
        wanted: what is to be copied.
        copied: what a look has found.
        limit: bytes of the largest file whose content is shown; 0: any.

    Returns:
        `before` and `after` with their headers, or why they are not shown; of a folder, what
        differs in it and how. `prepared` tells of other owners and permissions of a file.
    """
    top = wanted.entries[0]
    changes = copied.changes
    if top.kind == "folder":
        return {
            "before_header": copied.path,
            "before": _listing((change.wanted.name, change.actual) for change in changes),
            "after_header": str(top.path),
            "after": "".join(
                _line(change.wanted.name, change.wanted, change.owner) for change in changes
            ),
        }
    there: Diff = {"before_header": copied.path, "before": ""}
    if copied.before is not None:
        there = _shown_there(engine, container, copied.path, copied.before, limit)
    if wanted.force is False and not changes:
        # What is there is what will be there.
        wanted_shown = {_AFTERWARDS[key]: value for key, value in there.items()}
    else:
        wanted_shown = _shown(top, "after", "src", limit)
    if changes and copied.before is not None and copied.before.kind == top.kind == "file":
        attributes = _attributes(copied.before.mode, changes[0])
        if attributes:
            there["prepared"] = attributes
    return {**there, **wanted_shown}


def diff_out(fetched: Fetched) -> Diff:
    """Show what copying out of a container changes on this host."""
    return {
        "before_header": str(fetched.path),
        "before": "".join(
            _line(change.name, change.actual) for change in fetched.changes if change.actual
        ),
        "after_header": fetched.source,
        "after": "".join(_line(change.name, change.wanted) for change in fetched.changes),
    }


def _attributes(mode: int, change: Change) -> str:
    text = ""
    if mode != change.wanted.mode:
        text += f"mode: {mode:04o} -> {change.wanted.mode:04o}\n"
    # Not read of a file that differs anyway.
    if change.actual is not None and change.actual.owner != change.owner:
        text += f"owner: {_ids(change.actual.owner)} -> {_ids(change.owner)}\n"
    return text


def _shown_there(
    engine: Engine, container: str, path: str, stat: PathStat, limit: int
) -> dict[str, Any]:
    if stat.kind == "link":
        return {"before_header": path, "before": stat.link_target}
    if stat.kind != "file":
        kind = "directory" if stat.is_dir else stat.kind
        return {"before_header": path, "before": f"({kind})"}
    if 0 < limit < stat.size:
        return {"dst_larger": limit}
    return _text(read_out(engine.containers, container, path), path, "before", "dst")


def _shown(entry: Entry, key: str, side: str, limit: int) -> dict[str, Any]:
    header = "dynamically generated" if entry.path is None else str(entry.path)
    if entry.kind == "link":
        return {f"{key}_header": header, key: entry.link}
    if 0 < limit < entry.size:
        return {f"{side}_larger": limit}
    return _text(b"".join(entry.pieces()), header, key, side)


def _text(content: bytes, header: str, key: str, side: str) -> dict[str, Any]:
    if b"\0" in content:
        return {f"{side}_binary": 1}
    return {f"{key}_header": header, key: content.decode("utf-8", "replace")}


def _listing(there: Iterable[tuple[str, Member | None]]) -> str:
    return "".join(
        _line(name, member, member.owner) for name, member in there if member is not None
    )


def _line(name: str, what: Entry | Member | PathStat, owner: tuple[int, int] | None = None) -> str:
    size = f" {what.size} bytes" if what.kind == "file" else ""
    whose = f" {_ids(owner)}" if owner is not None else ""
    return f"{name or '.'}: {what.kind} {what.mode & 0o7777:04o}{whose}{size}\n"


def _ids(owner: tuple[int, int]) -> str:
    return f"{owner[0]}:{owner[1]}"
