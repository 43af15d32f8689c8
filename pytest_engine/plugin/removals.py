"""Removal in the background, so that the next test does not wait for it."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Callable

from pytest_engine.core.crew import Crew

from .background import wait_checking

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Removals"]

# An engine removes containers hardly faster when it is asked for more at a time.
_AT_ONCE = 4
# So many may be outstanding: what is going is still there, and takes memory.
_LONGEST_QUEUE = 12


class Removals:
    """What is being removed.

    Args:
        errors: gets a line for whatever went wrong.
        meanwhile: is called now and then while they are waited for.
    """

    def __init__(self, errors: list[str], meanwhile: Callable[[], object] = lambda: None) -> None:
        """Start nothing yet."""
        self._errors = errors
        self._meanwhile = meanwhile
        self._crew = Crew("pytest-engine-removal", _AT_ONCE)
        self._lock = threading.Lock()
        self._pending: deque[Future[None]] = deque()

    def add(self, remove: Callable[[], object], title: str, *, waits: bool) -> None:
        """Queue a removal; waits here as long as too many are queued.

        Args:
            remove: does it.
            title: what it is, should it fail.
            waits: whether all that were queued before have to be done first.
        """
        with self._lock:
            before = list(self._pending) if waits else []

            def work() -> None:
                for one in before:
                    one.exception()
                self._do(remove, title)

            self._pending.append(self._crew.submit(work))
        self._trim(_LONGEST_QUEUE)

    def join(self, check: Callable[[], object] | None = None) -> None:
        """Wait until all are done.

        Args:
            check: is called now and then instead; what it raises ends the wait.
        """
        self._trim(0, check)

    def _trim(self, length: int, check: Callable[[], object] | None = None) -> None:
        while True:
            with self._lock:
                while self._pending and self._pending[0].done():
                    self._pending.popleft()
                if len(self._pending) <= length:
                    return
                oldest = self._pending[0]
            wait_checking(oldest, check or self._meanwhile)

    def _do(self, remove: Callable[[], object], title: str) -> None:
        try:
            remove()
        except Exception as exc:  # noqa: BLE001  # nobody is left to whom it could be raised
            self._errors.append(f"{title}: {type(exc).__name__}: {exc}")
