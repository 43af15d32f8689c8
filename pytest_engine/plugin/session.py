"""One run of pytest and what it has on the engine."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import Conflict, ConnectionFailed, EngineError, NotFound
from pytest_engine.ownership.folders import Kept, note_of
from pytest_engine.ownership.patience import Patience

from .background import at_forks
from .durations import Durations
from .environment import Environment
from .images import Pulls
from .progress import Speaker
from .removals import Removals
from .removing import remove
from .shared import digest, forget, unless_done

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.ownership.labels import Owner
    from pytest_engine.ownership.reused import Lease

    from .options import Settings
    from .recipe import Recipe
    from .run import Run

__all__ = ["FAILURES", "Resource", "Session"]

FAILURES = (Exception, pytest.fail.Exception)
"""What fails a set-up: also the end of a time limit for the whole test, which is no Exception."""

# Seconds that the end of a run waits for an engine that is away, and between two looks at it.
_PATIENCE = 5.0
_PAUSE = 0.2


@dataclass(eq=False)
class Resource:
    """Something that the run made on the engine, or is about to make.

    Attributes:
        kind: `container`, `network`, `volume` or `image`.
        name: its name (of an image: its id).
        fixture: the fixture that made it.
        engine: the engine that it is on.
        id: its id; None: it is not certain that it was made.
        container: the handle, of a container that has started.
        born: when it was made, in seconds since the epoch; if that was ahead, when the first
            test got it.
        early: whether it was made ahead, and no test has got it yet.
        recipe: how the fixture is made, which another of that name is not; None: it is not told.
        key: what the run knows it by, if it is made once in a run.
        shared: it is the whole run's, and stays until that ends.
        ends: it was waited for until it had ended, which is no fault of it.
        kept: it outlives the run.
        going: its removal is queued, and no test uses it any more.
        last_log: what a container had logged when it was removed because it did not become
            ready.
        removing: held by the thread that removes it.
    """

    kind: str
    name: str
    fixture: str
    engine: Engine
    id: str | None = None
    container: Container | None = None
    born: float = field(default_factory=time.time)
    early: bool = False
    recipe: Recipe | None = None
    key: str | None = None
    shared: bool = False
    ends: bool = False
    kept: bool = False
    going: bool = False
    last_log: str | None = None
    removing: threading.RLock = field(default_factory=threading.RLock, repr=False)


class Session:
    """What one run of pytest, or one worker of it, shares between its fixtures.

    Its methods may be called by several threads at once.

    Attributes:
        settings: the values of the options.
        run: this process's part in the run.
        environ: the variables of the process.
        speaker: says what is going on.
        durations: how long steps took.
        removals: what is being removed in the background.
        patience: waits for each removal.
        pulls: the images that were pulled.
        live: what exists on the engine because of this run, the oldest first.
        fallen: containers that did not become ready; they are removed already.
        left: what could not be removed, as lines of text.
        errors: what went wrong in the background, when no test was left to tell it.
        leases: containers that outlive the run, with the open locks that say that it uses them.
    """

    def __init__(self, config: pytest.Config, settings: Settings, run: Run) -> None:
        """Start with nothing; nothing is connected."""
        self.settings = settings
        self.run = run
        self.live: list[Resource] = []
        self.fallen: list[Resource] = []
        self.left: list[str] = []
        self.errors: list[str] = []
        self.leases: list[tuple[Lease, int]] = []
        self._config = config
        self._begin()
        at_forks(in_child=self._begin_anew)

    def _begin(self) -> None:
        """Have what is for the threads of this very process."""
        self.environ = Environment()
        self.speaker = Speaker(self._config)
        self.durations = Durations()
        self.removals = Removals(self.errors, self.speaker.flush)
        self.patience = Patience()
        self.pulls = Pulls(
            self.speaker,
            self.durations,
            lambda key, do, since: unless_done(self.run, digest("pull", key), do, since=since),
        )
        self._lock = threading.Lock()
        self._lingering = threading.local()
        self._current = threading.local()
        self._postponed: list[Resource] = []

    def _begin_anew(self) -> None:
        """Leave, in a forked process, what was there before to the process that has made it."""
        self._begin()
        for resource in self.live:
            resource.shared = True
            # Workers have one book of what is kept.
            resource.kept = resource.kept or not self.run.is_worker
            resource.removing = threading.RLock()
        while self.leases:
            os.close(self.leases.pop()[1])

    @property
    def owner(self) -> Owner:
        """Labels and names of the run."""
        return self.run.owner

    def connect(self) -> Engine:
        """Connect to the engine, or fail or skip, as configured, with the reason."""
        try:
            engine = Engine(self.settings.host, environ=self.environ)
            # The first look at the version asks the engine.
            _ = engine.api_version
        except EngineError as exc:
            reason = str(exc)
        else:
            return engine
        if self.settings.missing == "private":
            return self._private(reason)
        # Out here, so that the report does not tell the story of the exception as well.
        if self.settings.missing == "skip":
            pytest.skip(f"no container engine: {reason}")
        pytest.fail(
            f"No container engine: {reason}\n"
            "Name one with --engine-host or DOCKER_HOST, or skip the tests that need one "
            "with --engine-missing=skip.",
            pytrace=False,
        )

    def _private(self, reason: str) -> Engine:
        """Connect to an engine of the run's own, started by whoever needs it first."""
        from .private import private_engine

        try:
            return private_engine(self.run, self.speaker)
        except EngineError as exc:
            why = str(exc)
        pytest.fail(
            f"No container engine: {reason}\n--engine-missing=private could not start one: {why}",
            pytrace=False,
        )

    @contextmanager
    def making_for(self, recipe: Recipe) -> Iterator[None]:
        """Have what this thread makes meanwhile be known as what a fixture is."""
        before = getattr(self._current, "recipe", None)
        self._current.recipe = recipe
        try:
            yield
        finally:
            self._current.recipe = before

    def note(self, resource: Resource) -> None:
        """Take something into the book."""
        resource.recipe = getattr(self._current, "recipe", None)
        with self._lock:
            self.live.append(resource)

    @contextmanager
    def making(self, kind: str, name: str, fixture: str, engine: Engine) -> Iterator[Resource]:
        """Keep book of something while it is made; remove it if that fails.

        Yields:
            Its record, whose `id` is to be set as soon as the engine has told it.
        """
        self.run.begin(engine.endpoint)
        resource = Resource(kind, name, fixture, engine)
        self.note(resource)
        try:
            yield resource
        except BaseException as exc:
            # What was given up meanwhile is gone.
            is_there = resource in self.live
            if self.settings.keep == "failed" and isinstance(exc, FAILURES) and is_there:
                self.keep(resource, os.environ.get("PYTEST_CURRENT_TEST", fixture))
            # Also when the person presses Ctrl-C in between; not if the engine has refused.
            self.remove(resource)
            raise

    def reuses(self, engine: Engine) -> bool:
        """Whether a container may outlive the run there, and be used again."""
        return self.settings.reuse and not self.run.folder.owns(engine.endpoint)

    def adopt(self, kind: str, fixture: str, engine: Engine, told: Mapping[str, Any]) -> Resource:
        """Take into the book what another worker of the run, or the run before, has made."""
        resource = Resource(kind, told["name"], fixture, engine, told["id"], shared=True)
        if kind == "container":
            resource.container = Container(
                engine, told["id"], name=told["name"], image=told["image"]
            )
        self.note(resource)
        return resource

    def forget(self, resource: Resource) -> None:
        """Keep book of it no longer: it was never made, is gone, or is somebody else's now."""
        with self._lock:
            if resource in self.live:
                self.live.remove(resource)

    @contextmanager
    def lingering(self, *, waits: bool) -> Iterator[None]:
        """Have what this thread removes meanwhile go in the background.

        Args:
            waits: whether everything has to be gone first that is going already.
        """
        self._lingering.waits = waits
        try:
            yield
        finally:
            del self._lingering.waits

    def remove(self, resource: Resource) -> None:
        """Remove something from the engine; what fails is noted for the end of the run.

        Nothing happens if it is not (or no longer) in the book. What is the whole run's, or
        is kept, stays on the engine.
        """
        # In the background, the next test is the current one.
        test = os.environ.get("PYTEST_CURRENT_TEST", resource.fixture)
        waits = getattr(self._lingering, "waits", None)
        if waits is None:
            self._end(resource, test)
        else:
            resource.going = True
            end = partial(self._end, resource, test)
            self.removals.add(end, f"fixture {resource.fixture}", waits=waits)

    def _end(self, resource: Resource, test: str) -> None:
        with resource.removing:
            if resource not in self.live:
                return
            if self.settings.keep == "always" and resource.id is not None:
                self.keep(resource, test)
            if not (resource.shared or resource.kept):
                with self.durations.step(resource.fixture, "remove"):
                    self._remove(resource)
            self.forget(resource)

    def keep(self, resource: Resource, test: str) -> None:
        """Have something outlive the run, because of a test."""
        if resource.kept or resource.id is None:
            return
        resource.kept = True
        self.run.folder.keep(
            Kept(
                resource.kind,
                resource.id,
                resource.name,
                resource.fixture,
                test,
                time.time() + self.settings.keep_for,
                note_of(resource.engine.endpoint),
            )
        )

    def close(self) -> None:
        """Remove whatever is left, the youngest first."""
        self.removals.join()
        while self.live:
            self.remove(self.live[-1])
        self._remove_postponed()
        while self.leases:
            lease, lock = self.leases.pop()
            lease.touch()
            os.close(lock)

    def _remove(self, resource: Resource) -> None:
        if resource.key is not None:
            forget(self.run, resource.key)
        if resource.id is None:
            # The engine may be about to make it.
            self.run.doubt()
        failure = self._failure(resource)
        if isinstance(failure, ConnectionFailed):
            # The engine may be about to come back.
            self._postponed.append(resource)
        elif failure is not None:
            self.left.append(f"{resource.kind} {resource.name}: {failure}")

    def _remove_postponed(self) -> None:
        """Remove what could not be removed while the engine was away."""
        give_up = time.monotonic() + _PATIENCE
        while self._postponed:
            resource = self._postponed[-1]
            failure = self._failure(resource)
            if isinstance(failure, ConnectionFailed) and time.monotonic() < give_up:
                time.sleep(_PAUSE)
                continue
            self._postponed.pop()
            if failure is not None:
                self.left.append(f"{resource.kind} {resource.name}: {failure}")

    def _failure(self, resource: Resource) -> EngineError | None:
        """Remove something; return what went wrong."""
        what = f"{resource.kind} {resource.name}"
        try:
            self.patience.wait_for(
                resource.engine,
                partial(remove, resource, self.owner.session),
                partial(self.speaker.say, f"waiting until {what} is removed"),
            )
        except NotFound:
            return None
        except Conflict as exc:
            # The test has, or the container does so by itself.
            return None if "already in progress" in exc.engine_message else exc
        except EngineError as exc:
            return exc
        return None
