"""Containers that start before a test asks for them.

When the first test begins, it is known which fixtures the tests will use. What is made for more
than one test begins then, in the background and all at the same time, dependencies first; a
fixture that pytest sets up takes what was begun, and waits for it where it is not ready.
A value made ahead counts only if everything that it was made with is what pytest hands over in the
end. So a wrong guess costs time and never changes what a test gets.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_engine.core.crew import Crew
from pytest_engine.core.errors import (
    Conflict,
    ConnectionFailed,
    ContainerDied,
    InvalidInput,
    PortInUse,
    WaitTimeout,
)

from .background import at_forks
from .connecting import EarlyConnection
from .course import Course, course_of
from .early import EarlyRequest, TooEarly
from .environment import same_environ
from .finding import Finder, Found
from .giving_up import give_up, tell_of_waiting
from .jobs import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from pytest_engine.core.client import Engine

    from .recipe import Recipe
    from .session import Session

__all__ = ["Ahead", "Held"]

_SCOPES = ("session", "package", "module")
# What stood in the way may be gone when a test asks, as another container of that name, and an
# engine that was restarted is back.
_WORTH_ANOTHER_TRY = (TooEarly, Conflict, ConnectionFailed, PortInUse)


@dataclass(eq=False)
class Held:
    """The value of a fixture that is in use, and how it ends."""

    value: object
    stack: ExitStack


class Ahead:
    """What was begun in a run before it was asked for.

    Its methods are called by pytest's thread alone.
    """

    def __init__(self, config: pytest.Config, run: Session) -> None:
        """Start nothing yet."""
        self._run = run
        limit = self._run.settings.ahead
        self._is_on = limit > 0
        self._is_worker = hasattr(config, "workerinput")
        self._crew = Crew("pytest-engine-ahead", limit)
        self._finder = Finder(config)
        self._course: Course | None = None
        self._connection = EarlyConnection(run, self._crew)
        self._jobs: dict[Found, Job] = {}
        self._begun: set[Found] = set()
        self._ready: dict[Found, deque[Job]] = {}
        self._in_use: dict[Found, object] = {}
        self._asked_before: dict[Found, object] = {}
        self._broken_off: list[Job] = []
        self._nextitem: pytest.Item | None = None
        at_forks(in_child=self._leave_it)

    def look(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Begin what is due when a test begins, and give up what nobody will ask for."""
        self._nextitem = nextitem
        self._run.speaker.flush()
        if not self._is_on:
            return
        self._run.environ.note()
        while self._broken_off:
            self._give_up(self._broken_off.pop())
        if self._course is None:
            self._course = course_of(item.session, self._finder)
        for found, first in self._course.due(item, nextitem).items():
            self._begin(found, first)
        # What others use was begun before them.
        for found in [one for one in reversed(self._jobs) if self._course.is_over(one)]:
            self._give_up(self._jobs.pop(found))

    def connect(self) -> Engine:
        """Return the engine that was connected ahead, or connect."""
        return self._connection.lend()

    def hold(
        self,
        recipe: Recipe,
        request: pytest.FixtureRequest,
        engine: Engine,
        others: Mapping[str, Any],
    ) -> Held:
        """Take the value that was made ahead for a fixture, or make it."""
        found = self._found(recipe, request)
        # Whatever becomes of it, pytest will not ask for a second one.
        self._begun.add(found)
        if recipe.hints.prestart:
            self._check_lifetimes(others)
        held = self._taken(found, request, engine, others) if self._is_on else None
        if held is None:
            stack = ExitStack()
            held = Held(stack.enter_context(recipe.make(request, engine, others)), stack)
        self._in_use[found] = held.value
        if recipe.hints.prestart and self._is_on:
            self._prestart(found, request.node, engine, others)
        return held

    def release(
        self, recipe: Recipe, request: pytest.FixtureRequest, held: Held, others: Mapping[str, Any]
    ) -> None:
        """End the use of a value: in the background where nobody can notice."""
        used = list(map(id, self._in_use.values()))
        self._in_use.pop(self._found(recipe, request), None)
        self._give_up_users(held.value)
        # A fixture that is not ours may remove what the container uses as soon as this is over.
        is_among_us = all(id(value) in used for value in others.values())
        lingers = recipe.scope == "function" and recipe.hints.lingers and is_among_us
        self.dismiss(held.stack, lingers=lingers, waits=recipe.hints.waits)

    def dismiss(self, stack: ExitStack, *, lingers: bool, waits: bool = False) -> None:
        """End something, and remove it in the background if it may linger.

        What hooks and the user's own code find wrong at its end is for the test to tell.
        """
        if self._is_on and lingers:
            with self._run.lingering(waits=waits):
                stack.close()
            return
        # What is being removed may use it.
        self._run.removals.join()
        stack.close()

    def close(self) -> None:
        """Give up whatever nobody has asked for, and wait until it is gone."""
        self._is_on = False
        ready = [job for jobs in self._ready.values() for job in jobs]
        unasked = [*self._broken_off, *ready, *reversed(self._jobs.values())]
        for job in unasked:
            self._give_up(job)
        self._broken_off.clear()
        self._jobs.clear()
        self._ready.clear()
        tell_of_waiting(self._run, unasked)
        self._run.removals.join()
        self._run.speaker.flush()
        self._connection.close()

    def _leave_it(self) -> None:
        """Leave to the process that this one is forked from what its threads have begun."""
        self._is_on = False
        self._broken_off.clear()
        self._jobs.clear()
        self._ready.clear()

    def _begin(self, found: Found, item: pytest.Item) -> Job | None:
        """Begin to make the value of a fixture, unless there is a reason not to."""
        if found in self._jobs:
            return self._jobs[found]
        recipe, hints = found.recipe, found.recipe.hints
        is_alone = hints.alone and recipe.scope != "session"
        if self._is_worker and recipe.scope == "session" and recipe.definition is not None:
            # It would stay for the others, in the way of the one that is asked for in the end.
            is_alone = True
        if recipe.scope not in _SCOPES or found in self._begun or not hints.ahead or is_alone:
            return None
        needs = self._needs(found, item)
        if needs is None:
            return None
        self._begun.add(found)
        request = EarlyRequest(found.name, recipe.scope, found.node or item)
        job = self._jobs[found] = self._submit(found, request, needs)
        return job

    def _needs(self, found: Found, item: pytest.Item) -> dict[str, Any] | None:
        """Find what a fixture refers to: values, or jobs that make them; None: not all of it."""
        needs: dict[str, Any] = {}
        try:
            names = list(found.recipe.references())
        except InvalidInput:
            # pytest tells that.
            return None
        for name in names:
            # Whoever refers to their own name means another fixture of it.
            other = None if name == found.name else self._finder.find(item, name)
            if other is None:
                return None
            if other in self._in_use:
                needs[name] = self._in_use[other]
                continue
            needs[name] = self._begin(other, item)
            if needs[name] is None:
                return None
        return needs

    def _submit(self, found: Found, request: EarlyRequest, needs: Mapping[str, Any]) -> Job:
        engine = self._connection.begin()
        job = Job(found, request, needs, Future(), self._run.environ.noted())

        def make() -> object:
            with self._run.environ.pinned(job.environ):
                return job.make(engine)

        job.result = self._crew.submit(make)
        return job

    def _taken(
        self,
        found: Found,
        request: pytest.FixtureRequest,
        engine: Engine,
        others: Mapping[str, Any],
    ) -> Held | None:
        """Take what was made ahead, if it is what is asked for."""
        if hasattr(request, "param"):
            return None
        ready = self._ready.get(found)
        job = ready.popleft() if ready else self._jobs.pop(found, None)
        if job is None:
            return None
        try:
            self._run.speaker.wait_for(job.result)
        except BaseException:
            # A time limit for the whole test, say. The report is to tell of it first.
            job.request.hand_over(request)
            self._broken_off.append(job)
            raise
        error = job.result.exception()
        is_same_environ = same_environ(self._run.environ, job.environ)
        # A login that another fixture has stated meanwhile, say; not what took its time to fail.
        is_moot = not is_same_environ and not isinstance(error, (ContainerDied, WaitTimeout))
        if isinstance(error, _WORTH_ANOTHER_TRY) or (error is not None and is_moot):
            return None
        is_as_asked = (
            job.engine is engine
            and all(job.others.get(name) is value for name, value in others.items())
            and (is_same_environ or self._is_defined_alike(job))
        )
        if error is not None and is_as_asked:
            job.request.hand_over(request)
            raise error
        if is_as_asked and job.stands():
            job.request.hand_over(request)
            return Held(job.result.result(), job.stack)
        if is_as_asked:
            self._run.speaker.say(f"{found.name} was started ahead and has ended; it is made anew")
        self._give_up(job)
        while ready:
            self._give_up(ready.popleft())
        if found.recipe.definition is not None:
            # It may have names and ports that the next one is to have.
            self._run.removals.join()
        self._check_changes(found, request, others, job)
        return None

    def _is_defined_alike(self, job: Job) -> bool:
        """Tell whether the variables of now would make the same of it."""
        define = job.found.recipe.definition
        if define is None or job.engine is None:
            return True
        now, then = (
            define(self._run, job.engine, job.others, environ)
            for environ in (self._run.environ, job.environ)
        )
        return now == then

    def _check_lifetimes(self, others: Mapping[str, Any]) -> None:
        for found, _value in self._used(others):
            if found.node is None:
                raise _changes(found.name)

    def _check_changes(
        self,
        found: Found,
        request: pytest.FixtureRequest,
        others: Mapping[str, Any],
        job: Job,
    ) -> None:
        """Complain of fixtures that are not ours and live for one test."""
        changed = [name for name in others if job.others.get(name) is not others[name]]
        if changed and self._asked_before.get(found) == _asker(request.node):
            raise _changes(", ".join(changed))

    def _used(self, others: Mapping[str, Any]) -> list[tuple[Found, object]]:
        """List those of our fixtures whose values are among these."""
        return [
            (found, value)
            for found, value in self._in_use.items()
            if any(value is other for other in others.values())
        ]

    def _prestart(
        self, found: Found, item: pytest.Item, engine: Engine, others: Mapping[str, Any]
    ) -> None:
        """Begin what the next tests will need."""
        if self._course is None or self._finder.has_own_engine(item):
            return
        self._connection.use(engine)
        self._asked_before[found] = _asker(item)
        ready = self._ready.setdefault(found, deque())
        nodes = [other.node for other, _value in self._used(others)]
        coming = [
            test
            for test in self._course.uses(found, item, self._nextitem)
            # What they share with this test is there for them as well.
            if all(node in test.listchain() for node in nodes)
        ]
        for test in coming[len(ready) : found.recipe.hints.prestart]:
            ready.append(self._submit(found, EarlyRequest(found.name, "function", test), others))
        while len(ready) > len(coming):
            self._give_up(ready.pop())

    def _give_up_users(self, value: object) -> None:
        """Give up what nobody has asked for and what uses a value that is about to end."""
        for found in [one for one, job in reversed(self._jobs.items()) if job.uses(value)]:
            self._give_up(self._jobs.pop(found))
        for ready in self._ready.values():
            for job in [one for one in ready if one.uses(value)]:
                ready.remove(job)
                self._give_up(job)

    def _give_up(self, job: Job) -> None:
        # Of a worker's, others may wait for it.
        is_wanted = self._is_worker and job.found.recipe.scope == "session"
        give_up(self._run, job, interrupts=not is_wanted)

    @staticmethod
    def _found(recipe: Recipe, request: pytest.FixtureRequest) -> Found:
        node = None if recipe.scope == "function" else request.node
        return Found(recipe, request.fixturename or "", node)


def _asker(item: pytest.Item) -> object:
    """Say where a test stands: values that change there are those of fixtures for one test.

    Fixtures with parameters of their own have others for other parameters.
    """
    return item.parent, getattr(getattr(item, "callspec", None), "indices", {})


def _changes(names: str) -> InvalidInput:
    return InvalidInput(
        f"prestart: {names}, which it refers to, has another value in each test, so it cannot be "
        "started before. Give that fixture a wider scope, or leave prestart out."
    )
