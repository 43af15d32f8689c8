"""What work that is done while tests run needs: those who wait for it, and processes that fork."""

from __future__ import annotations

import os
import weakref
from concurrent.futures import Future, wait
from typing import Any, Callable

__all__ = ["at_forks", "wait_checking"]

# Seconds between two looks whether there is still a reason to wait.
_LOOK_AGAIN = 0.2


def wait_checking(future: Future[Any], check: Callable[[], object]) -> None:
    """Wait until something is done, and call `check` now and then; what it raises ends the wait."""
    while not wait([future], timeout=_LOOK_AGAIN).done:
        check()


def at_forks(*, in_child: Callable[[], object], before: Callable[[], object] | None = None) -> None:
    """Have methods called where a process is forked from this one, as long as they have an object.

    Threads, and whatever they were about to do, stay with the process that has started them.

    Args:
        in_child: is called in the new process.
        before: is called in this one, before there is another.
    """
    os.register_at_fork(after_in_child=_weakly(in_child))
    if before is not None:
        os.register_at_fork(before=_weakly(before))


def _weakly(method: Callable[[], object]) -> Callable[[], object]:
    known = weakref.WeakMethod(method)

    def call() -> None:
        bound = known()
        if bound is not None:
            bound()

    return call
