"""Wait for a function of somebody else's to return something true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from ..errors import InvalidInput
from .condition import Condition, Leaf, Ready, Situation, Unclear, Watcher

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["Called", "as_condition", "check", "why_raised"]

_SHOWN = 300
# What no amount of waiting mends.
_MISTAKES = (ImportError, NameError, SyntaxError)


@dataclass(frozen=True)
class Called(Leaf):
    """A function that is called with the container returns something true."""

    function: Callable[..., object]
    name: str | None = None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"check({self.name or getattr(self.function, '__name__', repr(self.function))})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to call it."""
        del facts
        watcher = Watcher("its first call has not ended")
        watcher.is_foreign = True
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        try:
            found = self.function(situation.container)
        except Exception as exc:  # noqa: BLE001 - whatever others raise while it is not ready
            return Unclear(why_raised(exc))
        return None if found else f"it returned {found!r}"[:_SHOWN]


def why_raised(exc: Exception) -> str:
    """Say what an exception says, unless it is a mistake that no waiting mends.

    Raises:
        ImportError, NameError, SyntaxError: it is one of these.
    """
    if isinstance(exc, _MISTAKES):
        raise exc
    text = " ".join(str(exc).split())
    return f"{type(exc).__name__}: {text}"[:_SHOWN] if text else type(exc).__name__


def check(function: Callable[..., object], name: str | None = None) -> Called:
    """Wait until a function returns something true.

    It is called in a thread, again and again with growing pauses. An exception means "not
    yet", of `~check(...)` as well, and its text is told when the time is over; but ImportError,
    NameError and SyntaxError end the wait, for they are mistakes. Nothing can break a call
    off: give what it calls a timeout of its own.

    Args:
        function: takes the container that is waited for. Wherever a condition is expected,
            the function alone will do as well.
        name: how messages call it; None: by its own name.
    """
    if not callable(function):
        raise InvalidInput(f"wait.check: {function!r} is no function.")
    return Called(function, name)


def as_condition(stated: Ready, where: str = "") -> Condition:
    """Take a function for the condition that it stands for.

    Raises:
        InvalidInput: it is neither a condition nor a function.
    """
    if isinstance(stated, Condition):
        return stated
    is_function = callable(stated)  # not everybody checks types
    # `wait.healthy`, where somebody forgot to call it, is one that makes conditions.
    if not is_function or str(getattr(stated, "__module__", "")).startswith(f"{__package__}."):
        raise InvalidInput(f"{where}{stated!r} is no wait condition.")
    return Called(stated)
