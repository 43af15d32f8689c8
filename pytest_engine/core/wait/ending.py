"""Wait for a container to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .condition import Leaf, Watcher

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["Exit", "exit"]


@dataclass(frozen=True)
class Exit(Leaf):
    """The container's process has ended, with a certain exit code or any."""

    code: int | None

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"exit({self.code})"

    def watcher(self, facts: Facts) -> Watcher:
        """Start from a container that runs; one that has ended is told of its end next."""
        del facts
        return _ExitWatcher(self.code)


class _ExitWatcher(Watcher):
    outlives = True

    def __init__(self, wanted: int | None) -> None:
        super().__init__("it has not ended")
        self._wanted = wanted

    def on_exit(self, exit_code: int) -> None:
        if self._wanted in (None, exit_code):
            self.hold()
        else:
            self.give_up(f"it ended with exit code {exit_code}")

    def on_restart(self) -> None:
        """Keep what was found: an end that was waited for stays one."""


def exit(code: int | None = 0) -> Exit:
    """Wait until the container has ended, for one that does a job and is done.

    One that ended before the wait began counts.

    Args:
        code: the exit code that it has to end with; another one fails the wait. None: any.
    """
    return Exit(code)
