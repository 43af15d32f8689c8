"""Processes that are known by more than their number.

A number alone is recycled: a file with a pid in it, read after a reboot or a crash, may
name somebody else's process. The kernel's start time beside it makes it one of a kind.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Process",
    "boot_id",
    "commands_below",
    "descendants",
    "kill_all",
    "process",
    "spawn_detached",
]

_PROC = Path("/proc")
# The programs that an engine starts outside its containers. An editor that shows the engine's
# log has its folder among its arguments as well, and is left alone.
ENGINE_PROGRAMS = (
    "containerd",
    "containerd-shim",
    "containerd-shim-runc-v1",
    "containerd-shim-runc-v2",
    "dockerd",
    "runc",
)


@dataclass(frozen=True)
class Process:
    """One process of one boot of this machine.

    Attributes:
        pid: its number.
        start_time: when it started, in clock ticks since boot (`proc(5)`, field 22 of stat).
    """

    pid: int
    start_time: int

    def is_alive(self) -> bool:
        """Tell whether this very process still runs; a zombie does not."""
        return process(self.pid) == self

    def signal(self, number: int) -> None:
        """Send a signal to this very process; nothing happens if it is gone."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait_gone(self, timeout: float) -> bool:
        """Wait until it has ended, for at most `timeout` seconds; tell whether it has."""
        deadline = time.monotonic() + timeout
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            # Only a parent is told of an end, and the process that stops an engine seldom is
            # the one that started it.
            time.sleep(0.02)
        # A child of ours would stay as a zombie; anybody else's is not ours to collect.
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return True


def boot_id() -> str:
    """Name this boot of the machine: pids and interfaces of another boot mean nothing."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def _stat_fields(pid: int) -> list[str] | None:
    try:
        # Names are cut after 15 bytes, also within a letter.
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in parentheses and may hold anything, ") " too.
    return text.rpartition(") ")[2].split()


def process(pid: int) -> Process | None:
    """Look a process up by its number; None if there is none or only a zombie."""
    fields = _stat_fields(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Process(pid, int(fields[19]))


def spawn_detached(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Start a program that outlives us, in a session of its own, writing to a log.

    No signal of a terminal reaches it. Unlike with `subprocess` nothing has to be kept for it.

    Args:
        command: the program's full path and its arguments.
        log: the file for its output, emptied first.
        environment: its whole environment.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    pid = os.posix_spawn(
        command[0],
        list(command),
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o640),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        # Python ignores these, and a program that it starts would inherit that.
        setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
    )
    # A zombie has a start time as well: one that ended at once is known by it, and not alive.
    fields = _stat_fields(pid)
    return Process(pid, int(fields[19]) if fields else 0)


def _all_pids() -> Iterator[int]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def descendants(roots: Iterable[int]) -> set[int]:
    """Find the pids of all children, grandchildren and so on of the given processes."""
    children: dict[int, list[int]] = {}
    for pid in _all_pids():
        fields = _stat_fields(pid)
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(pid)
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def commands_below(
    root: Path, namespaces: Iterable[str], programs: Collection[str] = ENGINE_PROGRAMS
) -> set[int]:
    """Find an engine's own processes: its programs with its folder or namespace as argument."""
    # The folder may be one part of a longer path, which is another folder.
    inside = re.compile(rf"(?:^|[=,]|unix://){re.escape(f'{root}/')}")
    names = set(namespaces)
    found = set()
    for pid in _all_pids():
        try:
            arguments = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        program, *rest = arguments.split("\0")
        if Path(program).name in programs and any(
            inside.search(argument) or argument in names for argument in rest
        ):
            found.add(pid)
    return found


def kill_all(pids: Iterable[int], timeout: float) -> list[int]:
    """Kill processes and wait for their end; return those that are still there."""
    targets = [found for found in map(process, pids) if found is not None]
    for target in targets:
        target.signal(signal.SIGKILL)
    deadline = time.monotonic() + timeout
    return [t.pid for t in targets if not t.wait_gone(max(0.0, deadline - time.monotonic()))]
