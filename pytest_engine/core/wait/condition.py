"""What all conditions share: a value that describes, and a watcher that judges.

A `Condition` is an immutable description that may be used in many waits at once. Each
wait asks every leaf of it for a `Watcher`, which holds what this wait has seen so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Protocol, Union

from ..errors import InvalidInput

if TYPE_CHECKING:
    import threading
    from contextlib import AbstractContextManager

    from ..client import Engine
    from ..types.engine import ContainerInspectResponse
    from .facts import Facts

__all__ = [
    "Closable",
    "Condition",
    "Leaf",
    "Probe",
    "Ready",
    "Situation",
    "Unclear",
    "Waitable",
    "Watcher",
    "check_time",
]

# A century: locks cannot wait for much more than that.
_MOST_SECONDS = 100 * 365 * 86_400


def check_time(seconds: float, what: str) -> None:
    """Check how long something is to be waited for.

    Raises:
        InvalidInput: it is not above 0, or longer than can be waited.
    """
    is_time = 0 < seconds <= _MOST_SECONDS  # which NaN is not
    if not is_time:
        raise InvalidInput(
            f"{what}: {seconds!r} is not a number of seconds above 0, of a century at most."
        )


class Waitable(Protocol):
    """A container that can be waited for; `pytest_engine.core.container.Container` is one."""

    @property
    def engine(self) -> Engine:
        """The engine that it is on."""

    @property
    def id(self) -> str:
        """Its id."""

    def inspect(self) -> ContainerInspectResponse:
        """Tell all about it, as it is now."""


class Closable(Protocol):
    """Something whose `close`, from any thread, ends a read that is going on."""

    def close(self) -> None:
        """End it."""


class Situation(Protocol):
    """What a watcher that tries things out is given by the wait that it is part of.

    Attributes:
        engine: the engine.
        container: the container, as it was given to the wait.
        facts: the container as it was when it last started.
        stopping: set when the wait is over.
    """

    engine: Engine
    container: Waitable
    facts: Facts
    stopping: threading.Event

    def remaining(self) -> float:
        """Return the seconds that are left of the wait; 0 when it is over."""

    def holding(self, closable: Closable) -> AbstractContextManager[None]:
        """Have something closed when the wait is over before the block is."""


class Condition:
    """Something that becomes true of a container; combine with `&` and `|`, negate with `~`.

    A function that takes the container stands for the condition that what it returns is true.
    """

    def __and__(self, other: Ready) -> Condition:
        """Return the condition that both hold."""
        from .tree import all

        return all(self, other)

    def __rand__(self, other: Ready) -> Condition:
        """Return the condition that both hold, of which the first is a function."""
        from .tree import all

        return all(other, self)

    def __or__(self, other: Ready) -> Condition:
        """Return the condition that at least one of the two holds."""
        from .tree import any

        return any(self, other)

    def __ror__(self, other: Ready) -> Condition:
        """Return the condition that at least one of the two holds; the first is a function."""
        from .tree import any

        return any(other, self)

    def __invert__(self) -> Condition:
        """Return the condition that this one does not hold.

        Raises:
            InvalidInput: this one, or a part of it, is not tried out but waited for, like a
                line of the log: that it did not come so far says nothing.
        """
        raise NotImplementedError

    def within(self, seconds: float) -> Condition:
        """Return the condition that this one holds so many seconds after the wait began.

        Where it does not, the wait fails, unless an alternative (`|`) still may hold: this one
        is late for good. One that held in time may hold again later, as after a restart.
        """
        from .tree import Within

        check_time(seconds, "within")
        return Within(self, seconds)

    def leaves(self) -> tuple[Leaf, ...]:
        """List the conditions that this one is made of."""
        raise NotImplementedError


# A condition, or a function that is one.
Ready = Union[Condition, Callable[..., object]]


class Leaf(Condition):
    """A condition that is not made of others; `str()` of it says what it waits for.

    Attributes:
        is_tried: whether it is tried out, again and again, so that it can be negated.
    """

    is_tried = False

    def __invert__(self) -> Condition:
        """Return the condition that this one does not hold."""
        from .negated import Negated

        if not self.is_tried:
            raise InvalidInput(
                f"~{self}: what is not tried out but waited for cannot be negated; that it has not "
                "come so far says nothing."
            )
        return Negated(self)

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
        tries_at_end: whether the probe is tried once more when the container has ended.
        is_foreign: whether the probe runs code of others, which nobody can break off.
        probe: tries the condition out and returns None if it holds, else why it does
            not; called without the lock, again and again. None: nothing to try out.
    """

    reads_log = False
    reads_events = False
    outlives = False
    tries_at_end = False
    is_foreign = False

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


class Unclear(str):
    """Why a try has told nothing: neither that a condition holds, nor that it does not."""

    __slots__ = ()


class Probe(Protocol):
    """One try to find a condition true."""

    def __call__(self, situation: Situation) -> str | None:
        """Return None if the condition holds, else the reason why not, maybe an `Unclear` one."""
