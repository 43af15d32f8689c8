"""Work that is done while tests run: a bounded number of threads, first come, first served."""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from concurrent.futures import Future, wait
from typing import Any, Callable, TypeVar

__all__ = ["Crew", "at_forks", "wait_checking"]

T = TypeVar("T")

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


class Crew:
    """Threads that do what is queued. Each ends when there is nothing left to do.

    Work may wait for work that was queued before it, never for what comes later. The
    threads are daemons: a run that is killed off does not wait for a pull.

    Args:
        name: what the threads are called.
        limit: how many of them there are at most.
    """

    def __init__(self, name: str, limit: int) -> None:
        """Start nothing yet."""
        self._name = name
        self._limit = limit
        self._lock = threading.Lock()
        self._queue: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._threads = 0

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Queue work; its result, or what it raises, is in the future."""
        future: Future[T] = Future()
        with self._lock:
            self._queue.append((future, work))
            is_needed = self._threads < self._limit
            self._threads += is_needed
        if is_needed:
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()
        return future

    def _serve(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._threads -= 1
                    return
                future, work = self._queue.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as exc:  # noqa: BLE001  # it belongs to whoever asks for the result
                future.set_exception(exc)
            else:
                future.set_result(result)
            # A thread that is about to wait holds nothing of the work that it has done.
            del future, work
