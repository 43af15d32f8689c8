"""The one algorithm that brings an engine to a wanted state.

Find what is there, compare it with what is wanted, plan the steps in between, stop here
if only asked, take them. What differs from resource to resource (how it is found, which
fields it has, what the steps are) is its kind.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ..errors import EngineError, InvalidInput, telling
from .compare import Difference, Field, compare_fields, stated_fields

if TYPE_CHECKING:
    from ..client import Engine

__all__ = ["Action", "Kind", "Outcome", "Plan", "Step", "engine_warnings", "reconcile"]

Spec = TypeVar("Spec")
Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """Something that was done, or would be.

    Attributes:
        verb: `create`, `remove`, `start`, `connect`, ...
        what: what it was done to, like `container web`.
    """

    verb: str
    what: str

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.verb} {self.what}"


@dataclass(frozen=True)
class Step:
    """An action, and how to do it.

    Attributes:
        action: what is done.
        run: does it; an answer of False says that in the end nothing changed.
        undo: takes back, where it fails, whatever it and the steps before it have done.
    """

    action: Action
    run: Callable[[], object]
    undo: Callable[[], object] | None = None


@dataclass
class Plan:
    """The steps that lead from what is there to what is wanted.

    Attributes:
        exists: whether the resource is there afterwards.
        steps: in the order in which they are taken.
        warnings: what the caller should know although nothing is done about it.
        turns: what the steps change that is no field, such as whether a container runs: shown
            before and after.
    """

    exists: bool
    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    turns: list[Difference] = field(default_factory=list)

    def add(
        self,
        verb: str,
        what: str,
        run: Callable[[], object],
        *,
        undo: Callable[[], object] | None = None,
    ) -> None:
        """Add a step at the end."""
        self.steps.append(Step(Action(verb, what), run, undo))

    def turn(self, what: str, *, wanted: bool, actual: bool) -> None:
        """Show a change of something that is no field."""
        if wanted != actual:
            self.turns.append(Difference(what, wanted, actual))

    def take(self, actions: list[Action]) -> None:
        """Take the steps.

        Args:
            actions: gets what was done, and where that fails, what has stayed of it.
        """
        before = len(actions)
        for step in self.steps:
            try:
                has_changed = step.run() is not False
            except BaseException as exc:
                if step.undo is not None:
                    _take_back(step.undo, exc, step.action.what)
                    del actions[before:]
                raise
            if has_changed:
                actions.append(step.action)


def _take_back(undo: Callable[[], object], cause: BaseException, what: str) -> None:
    try:
        undo()
    except EngineError as exc:
        then = f"Then what was there before could not be put back as it was, for {what}: {exc}"
        if isinstance(cause, Exception):
            raise EngineError(f"{cause} {then}") from cause
        # An interrupt goes on as one, also where warnings are errors.
        try:
            warnings.warn(f"{cause!r}. {then}", stacklevel=4)
        except UserWarning as warning:
            raise cause from warning


@dataclass(frozen=True)
class Outcome:
    """What `reconcile` found and did.

    Attributes:
        changed: whether anything was done, or would be.
        actions: what was done, or would be, in order.
        differences: the fields in which what was there differed.
        before: the differing fields before, what else the actions change, such as `running`, and
            whether the resource existed.
        after: the same afterwards, and the actions.
        resource: the resource as the engine shows it at the end; None where there is none.
        warnings: what the caller should know.
    """

    changed: bool
    actions: tuple[Action, ...]
    differences: tuple[Difference, ...]
    before: dict[str, Any]
    after: dict[str, Any]
    resource: Resource | None
    warnings: tuple[str, ...] = ()


class Kind(ABC, Generic[Spec]):
    """What `reconcile` has to know of a sort of resource; its attributes are policies.

    Attributes:
        noun: what the resource is called, like `volume`.
        states: the states that can be asked for.
        fields: the fields that are compared.
    """

    noun: ClassVar[str]
    states: ClassVar[Sequence[str]] = ("present", "absent")
    fields: ClassVar[Sequence[Field]] = ()

    @abstractmethod
    def find(self, engine: Engine, wanted: Spec) -> Resource | None:
        """Return the resource as the engine shows it, None where there is none."""

    def prepare(
        self, engine: Engine, wanted: Spec, state: str, *, check: bool
    ) -> Sequence[Outcome]:
        """See to what has to be there first, and return what came of that."""
        del engine, wanted, state, check
        return ()

    def settle(self, engine: Engine, wanted: Spec, actual: Resource | None) -> Spec:
        """Put into what is wanted what only the engine knows, such as ids for names."""
        del engine, actual
        return wanted

    def examine(
        self,
        engine: Engine,
        wanted: Spec,
        actual: Resource,
        needs: Sequence[Outcome],
        noticed: list[str],
    ) -> tuple[Difference, ...]:
        """Do what `compare` does, for a kind that has to ask the engine for it, or to warn.

        Args:
            engine: may be asked.
            wanted: what is stated.
            actual: what is there.
            needs: what `prepare` returned.
            noticed: gets what the caller should know.
        """
        del engine, noticed
        return self.compare(wanted, actual, needs)

    def compare(
        self, wanted: Spec, actual: Resource, needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Return the fields in which what is there differs from what is stated.

        Args:
            wanted: what is stated.
            actual: what is there.
            needs: what `prepare` returned.
        """
        del needs
        return compare_fields(self.fields, wanted, actual)

    @abstractmethod
    def plan(
        self,
        engine: Engine,
        wanted: Spec,
        state: str,
        actual: Resource | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Decide on the steps; nothing is changed yet."""


def reconcile(
    engine: Engine, kind: Kind[Spec], wanted: Spec, *, state: str = "present", check: bool = False
) -> Outcome:
    """Bring one resource to a wanted state, or tell what that would take.

    Doing it again changes nothing.

    Args:
        engine: the engine to work on.
        kind: what sort of resource it is, and how to go about it.
        wanted: its wanted properties.
        state: its wanted state, one of the kind's.
        check: change nothing; tell what would be done.

    Raises:
        InvalidInput: the state is none of the kind's, or the properties do not suffice.
        EngineError: the engine refused a step; its `done` names what was done before.
    """
    if state not in kind.states:
        raise InvalidInput(f"state: {state!r} is none of {', '.join(kind.states)}.")
    actual = kind.find(engine, wanted)
    wanted = kind.settle(engine, wanted, actual)
    needs = kind.prepare(engine, wanted, state, check=check)
    actions = [action for need in needs for action in need.actions]
    differences: tuple[Difference, ...] = ()
    noticed: list[str] = []
    resource = actual
    with telling(() if check else actions):
        if actual is not None and state != "absent":
            differences = kind.examine(engine, wanted, actual, needs, noticed)
        plan = kind.plan(engine, wanted, state, actual, differences)
        if check or not plan.steps:
            actions += [step.action for step in plan.steps]
        else:
            plan.take(actions)
            resource = kind.find(engine, wanted)
    before: dict[str, Any] = {"exists": actual is not None}
    after: dict[str, Any] = {"exists": plan.exists}
    if actual is None and plan.exists:
        after.update(stated_fields(kind.fields, wanted))
    for difference in (*plan.turns, *differences):
        before[difference.field] = difference.actual
        after[difference.field] = difference.wanted if actions else difference.actual
    if actions:
        after["actions"] = [str(action) for action in actions]
    return Outcome(
        changed=bool(actions),
        actions=tuple(actions),
        differences=differences,
        before=before,
        after=after,
        resource=resource,
        warnings=(*noticed, *plan.warnings),
    )


def engine_warnings(answer: Mapping[str, Any]) -> list[str]:
    """Return what an engine warns of in an answer, marked as what the engine said."""
    return [f"Docker warning: {warning}" for warning in answer.get("Warnings") or ()]
