"""What all conditions share: a value that describes, and a watcher that judges.

A `Condition` is an immutable description that may be used in many waits at once. Each
wait asks every leaf of it for a `Watcher`, which holds what this wait has seen so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from contextlib import AbstractContextManager

    from ..client import Engine
    from .facts import Facts

__all__ = ["Closable", "Condition", "Leaf", "Probe", "Situation", "Watcher"]


class Closable(Protocol):
    """Something whose `close`, from any thread, ends a read that is going on."""

    def close(self) -> None:
        """End it."""


class Situation(Protocol):
    """What a watcher that tries things out is given by the wait that it is part of.

    Attributes:
        engine: the engine.
        facts: the container as it was when it last started.
        stopping: set when the wait is over.
    """

    engine: Engine
    facts: Facts
    stopping: threading.Event

    def remaining(self) -> float:
        """Return the seconds that are left of the wait; 0 when it is over."""

    def holding(self, closable: Closable) -> AbstractContextManager[None]:
        """Have something closed when the wait is over before the block is."""


class Condition:
    """Something that becomes true of a container; combine with `&` and `|`."""

    def __and__(self, other: Condition) -> Condition:
        """Return the condition that both hold."""
        from .tree import AllOf

        return AllOf((*_parts(self, AllOf), *_parts(other, AllOf)))

    def __or__(self, other: Condition) -> Condition:
        """Return the condition that at least one of the two holds."""
        from .tree import AnyOf

        return AnyOf((*_parts(self, AnyOf), *_parts(other, AnyOf)))

    def leaves(self) -> tuple[Leaf, ...]:
        """List the conditions that this one is made of."""
        raise NotImplementedError


class Leaf(Condition):
    """A condition that is not made of others; `str()` of it says what it waits for."""

    def leaves(self) -> tuple[Leaf, ...]:
        """Return the condition itself."""
        return (self,)

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to watch for this condition.

        Args:
            facts: the container when the wait begins. A condition that can never hold
                for it is given back as a watcher that is `impossible`.
        """
        raise NotImplementedError


class Watcher:
    """What one wait knows about one leaf; the methods are called under the wait's lock.

    Attributes:
        held: whether the condition holds.
        impossible: whether it cannot hold any more.
        detail: why it does not hold, for the message of the error.
        reads_log: whether it wants to see lines of the log.
        reads_events: whether it wants to see changes of the container's health.
        outlives: whether the container's end is no reason to give up.
        probe: tries the condition out and returns None if it holds, else why it does
            not; called without the lock, again and again. None: nothing to try out.
    """

    reads_log = False
    reads_events = False
    outlives = False

    def __init__(self, detail: str = "not seen yet") -> None:
        """Start without an answer."""
        self.held = False
        self.impossible = False
        self.detail = detail
        self.probe: Probe | None = None

    def hold(self) -> None:
        """Note that the condition holds."""
        self.held = True

    def give_up(self, detail: str) -> None:
        """Note that the condition cannot hold any more, and why."""
        self.impossible = True
        self.detail = detail

    def on_line(self, stream: str, line: str) -> None:
        """See a line of the container's log."""

    def on_health(self, status: str) -> None:
        """See the container's health change."""

    def on_restart(self) -> None:
        """See the container start again, by its restart policy: what held need not hold."""
        self.held = False

    def on_exit(self, exit_code: int) -> None:
        """See the container end, or its process if it is to be started again."""


class Probe(Protocol):
    """One try to find a condition true."""

    def __call__(self, situation: Situation) -> str | None:
        """Return None if the condition holds, else the reason why not."""


def _parts(condition: Condition, kind: type[Condition]) -> tuple[Condition, ...]:
    # a & b & c is one "all of" with three parts, not two with two.
    return (
        getattr(condition, "parts", (condition,)) if isinstance(condition, kind) else (condition,)
    )
