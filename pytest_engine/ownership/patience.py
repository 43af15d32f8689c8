"""Waiting for an engine that takes its time, and not for one that has fallen silent."""

from __future__ import annotations

import time
from concurrent.futures import wait
from contextlib import suppress
from typing import TYPE_CHECKING, Callable

from pytest_engine.core.crew import GLANCE, Crew
from pytest_engine.core.errors import ApiError, EngineError, Timeout

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pytest_engine.core.client import Engine
    from pytest_engine.core.endpoint import Endpoint

__all__ = ["Patience"]


class Patience:
    """Waits for removals, which may take an engine tens of seconds, while that shows signs of life.

    May be used by several threads at once.

    Args:
        silence: seconds without an answer after which the engine is sent a ping.
        longest: seconds that one is waited for at most; the engine may go on with it.
        wordless: seconds after which it is told that one is waited for.
    """

    def __init__(
        self, *, silence: float = 60.0, longest: float = 300.0, wordless: float = 10.0
    ) -> None:
        """Know of no silent engine."""
        self._silence = silence
        self._longest = longest
        self._wordless = wordless
        self._hanging: dict[Endpoint, Future[None]] = {}

    def wait_for(
        self,
        engine: Engine,
        remove: Callable[[], None],
        tell: Callable[[], object] = lambda: None,
    ) -> None:
        """Have something removed in a thread of its own, and wait until it is.

        Args:
            engine: what it is removed from.
            remove: does it.
            tell: says that it is waited for.

        Raises:
            EngineError: what `remove` raises.
            Timeout: the engine does not even answer a ping (in `Engine.timeout`), or did not
                while an earlier removal was waited for, and still goes on; or it took too long.
        """
        hanging = self._hanging.get(engine.endpoint)
        if hanging is not None and not hanging.done():
            raise Timeout("It was not tried, for the engine does not answer.")
        try:
            removed = Crew("pytest-engine-patience", 1).submit(remove)
        except RuntimeError:
            # The system has no thread left for it.
            remove()
            return
        began = alive = time.monotonic()
        until_told = self._wordless
        while not wait([removed], GLANCE).done:
            now = time.monotonic()
            if now - began >= until_told:
                until_told = float("inf")
                tell()
            if now - began >= self._longest:
                raise Timeout(f"It is not gone after {self._longest:g} s.")
            if now - alive >= self._silence:
                try:
                    # A refusal is an answer, too.
                    with suppress(ApiError):
                        engine.system.ping()
                except EngineError as exc:
                    if removed.done():
                        break
                    self._hanging[engine.endpoint] = removed
                    raise Timeout(f"The engine does not answer any more: {exc}") from exc
                alive = time.monotonic()
        removed.result()
