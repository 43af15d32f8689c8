"""One value that is made before it is asked for."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from .early import EarlyRequest, TooEarly
from .standing import stands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    import pytest

    from pytest_engine.core.client import Engine

    from .finding import Found

__all__ = ["Job"]


@dataclass(eq=False)
class Job:
    """A value that is made ahead.

    Attributes:
        found: the fixture.
        request: what stands for the request of a test.
        needs: names of fixtures that it refers to -> their values, or the jobs that make them.
        result: the value.
        environ: the variables of the process that it is made with, as they were noted.
        stack: ends it.
        engine: the engine that it was made on.
        others: the values that it was made with.
        done_at: when it was ready, in seconds of the monotonic clock.
    """

    found: Found
    request: EarlyRequest
    needs: Mapping[str, Any]
    result: Future[object]
    environ: Mapping[str, str]
    stack: ExitStack = field(default_factory=ExitStack)
    engine: Engine | None = None
    others: Mapping[str, Any] = field(default_factory=dict)
    done_at: float = 0.0

    def stands(self) -> bool:
        """Whether the containers that were made for it are still there.

        Raises:
            EngineError: the engine does not tell.
        """
        age = time.monotonic() - self.done_at
        return all(
            one.container is None or one.ends or stands(one.container, age)
            for one in self.request.made
        )

    def uses(self, value: object) -> bool:
        """Whether it is made with this value, or with what is made with it."""
        return any(
            need.uses(value) or need.made(value) if isinstance(need, Job) else need is value
            for need in self.needs.values()
        )

    def made(self, value: object) -> bool:
        """Whether this is what was made."""
        result = self.result
        if not result.done() or result.cancelled() or result.exception() is not None:
            return False
        return result.result() is value

    def make(self, engine: Future[Engine]) -> object:
        """Make the value, in a thread of its own.

        Raises:
            TooEarly: it cannot be made before a test asks for it, or none will.
        """
        if engine.exception() is not None:
            raise TooEarly("there is no engine")
        others: dict[str, Any] = {}
        for name, need in self.needs.items():
            if not isinstance(need, Job):
                others[name] = need
                continue
            self.request.wait_for(need.result)
            if need.result.exception() is not None:
                raise TooEarly(f"{name} failed, and pytest tells that first")
            others[name] = need.result.result()
        self.engine, self.others = engine.result(), others
        request = cast("pytest.FixtureRequest", self.request)
        value = self.stack.enter_context(self.found.recipe.make(request, self.engine, others))
        self.done_at = time.monotonic()
        return value
