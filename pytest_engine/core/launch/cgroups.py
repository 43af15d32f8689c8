"""The control groups below which all containers of one private engine run.

The kernel keeps the list: a process cannot leave its group by forking or by giving itself
another parent, so this finds what a crashed engine left running.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["members", "remove"]

_ROOT = Path("/sys/fs/cgroup")


def _groups(name: str) -> Iterator[Path]:
    """Give the group in every hierarchy: one with cgroup v2, some ten with v1."""
    for folder in (_ROOT, *(_ROOT.iterdir() if _ROOT.is_dir() else ())):
        if (folder / name).is_dir() and not folder.is_symlink():
            yield folder / name


def members(name: str) -> set[int]:
    """Find the pids of all processes in the group and below it."""
    pids: set[int] = set()
    for group in _groups(name):
        for listing in group.rglob("cgroup.procs"):
            # A threaded group of cgroup v2 does not list processes; the groups around it do.
            with suppress(OSError):
                pids.update(int(line) for line in listing.read_text().split())
    return pids - {0}


def remove(name: str) -> list[str]:
    """Remove the group and those below it from every hierarchy; return what stayed."""
    failures = []
    for group in list(_groups(name)):
        below = [path for path in group.rglob("*") if path.is_dir()]
        for folder in [*sorted(below, reverse=True), group]:
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError as error:
                failures.append(f"control group {folder}: {error.strerror}")
    return failures
