"""Work for threads: a bounded number of them, first come, first served."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GLANCE", "Crew", "do_all"]

T = TypeVar("T")
Item = TypeVar("Item")

GLANCE = 0.5
"""Seconds. A signal may come to another thread than the one that has to handle it, and does not
wake that: whoever waits in it looks now and then."""


class Crew:
    """Threads that do what is queued. Each ends when there is nothing left to do.

    Work may wait for work that was queued before it, never for what comes later. The
    threads are daemons: a process that ends does not wait for what they do.

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
            try:
                threading.Thread(target=self._serve, name=self._name, daemon=True).start()
            except RuntimeError:
                # The system has no more of them; what is queued would wait for one that never was.
                with self._lock:
                    self._threads -= 1
                    with suppress(ValueError):
                        self._queue.remove((future, work))
                raise
        return future

    def dismiss(self) -> None:
        """Cancel what is queued and has not begun."""
        with self._lock:
            left, self._queue = self._queue, deque()
        for future, _work in left:
            future.cancel()

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


def do_all(
    work: Callable[[Item], T], items: Iterable[Item], *, at_once: int, name: str = "crew"
) -> list[T]:
    """Do something for several things, and return what came of each, in their order.

    After an error nothing more begins, and the first one is raised when what has begun is done. An
    interrupt is raised within half a second: what has not begun then never will, and what has is
    not waited for, not even by the end of the process.

    Args:
        work: does it.
        items: the things.
        at_once: how many of them at the same time.
        name: what the threads are called.
    """
    crew = Crew(f"pytest-engine-{name}", at_once)
    try:
        done = [crew.submit(partial(work, item)) for item in items]
        while not any(one.done() and one.exception() for one in done):
            if not wait(done, GLANCE, return_when=FIRST_EXCEPTION).not_done:
                break
        # Of what is done in order, what has not begun is the end.
        crew.dismiss()
        done = [one for one in done if not one.cancelled()]
        while wait(done, GLANCE).not_done:
            pass
    except BaseException:
        crew.dismiss()
        raise
    return [one.result() for one in done]
