"""The engine of a run, connected before a test asks for it."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_engine.core.discovery import resolve_endpoint
from pytest_engine.core.errors import EngineError

from .background import at_forks
from .environment import same_environ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_engine.core.client import Engine
    from pytest_engine.core.crew import Crew

    from .session import Session

__all__ = ["EarlyConnection"]

# What a forked process needs first. One that is being imported by a thread stays locked there.
_NEEDED = ("core.transport.pool", "core.auth", "ownership.reaper")


class EarlyConnection:
    """The engine that a run is connected to, in the background at first.

    Its methods are called by pytest's thread alone.
    """

    def __init__(self, run: Session, crew: Crew) -> None:
        """Connect to nothing yet."""
        self._run = run
        self._crew = crew
        self._engine: Future[Engine] | None = None
        self._environ: Mapping[str, str] = {}
        self._former: list[Engine] = []
        self._is_lent = False
        at_forks(in_child=self._leave_it, before=self._finish_imports)

    def begin(self) -> Future[Engine]:
        """Begin to connect, unless that was done."""
        if self._engine is None:
            self._environ = self._run.environ.noted()
            self._engine = self._crew.submit(partial(self._connect_in, self._environ))
        return self._engine

    def use(self, engine: Engine) -> None:
        """Use an engine that a test has already, unless there is one."""
        if self._engine is None:
            self._is_lent = True
            self._take(engine)

    def lend(self) -> Engine:
        """Return what was connected ahead, or connect; a skip or a failure comes out as it is."""
        if self._engine is None:
            return self._run.connect()
        self._run.speaker.wait_for(self._engine)
        was_lent, self._is_lent = self._is_lent, True
        has_failed = self._engine.exception() is not None
        is_same = same_environ(self._run.environ, self._environ)
        if is_same and not (was_lent and has_failed):
            return self._engine.result()
        if not has_failed and self._still_leads_to(self._engine.result()):
            return self._engine.result()
        # The environment may name another engine by now, and what was away may be back.
        engine = self._run.connect()
        if has_failed:
            return self._take(engine)
        former = self._engine.result()
        if engine.endpoint == former.endpoint:
            engine.close()
            return former
        # What was begun there is yet to be removed.
        self._former.append(former)
        return self._take(engine)

    def close(self) -> None:
        """Close what no test has asked for."""
        if self._engine is not None and not self._is_lent and self._engine.exception() is None:
            self._engine.result().close()
        while self._former:
            self._former.pop().close()

    def _still_leads_to(self, engine: Engine) -> bool:
        """Tell whether what the environment names is this engine, without asking that."""
        try:
            found = resolve_endpoint(self._run.settings.host, self._run.environ)
        except EngineError:
            # Connecting tells why.
            return False
        return found == engine.endpoint

    def _finish_imports(self) -> None:
        """Wait until what a child needs is imported; it would find locks taken for ever."""
        if self._engine is not None:
            for module in _NEEDED:
                import_module(f"pytest_engine.{module}")

    def _leave_it(self) -> None:
        """Leave to the process that this one is forked from what its thread is connecting."""
        if not self._is_lent:
            self._engine = None

    def _connect_in(self, environ: Mapping[str, str]) -> Engine:
        with self._run.environ.pinned(environ):
            return self._run.connect()

    def _take(self, engine: Engine) -> Engine:
        self._environ = self._run.environ.noted()
        self._engine = Future()
        self._engine.set_result(engine)
        return engine
