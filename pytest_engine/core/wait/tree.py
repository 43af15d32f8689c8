"""Conditions made of conditions, and the judgement over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..errors import InvalidInput
from .called import as_condition
from .condition import Condition, Leaf, Ready, Watcher

__all__ = [
    "AllOf",
    "AnyOf",
    "Watchers",
    "Within",
    "all",
    "any",
    "deadlines",
    "draw",
    "judge",
    "late",
    "settle",
]

# By identity: the same leaf in two places of a tree is watched once.
Watchers = Mapping[int, Watcher]
# By identity as well: whether a part with a time of its own held in that.
InTime = Mapping[int, bool]

_NOTHING: InTime = MappingProxyType({})


@dataclass(frozen=True)
class AllOf(Condition):
    """All parts hold, in whatever order they come."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        """Write it with its operator."""
        return f"({' & '.join(map(str, self.parts))})"

    def __invert__(self) -> Condition:
        """Return the condition that at least one part does not hold."""
        return AnyOf(tuple(~part for part in self.parts))

    def leaves(self) -> tuple[Leaf, ...]:
        """List the leaves of all parts."""
        return tuple(leaf for part in self.parts for leaf in part.leaves())


@dataclass(frozen=True)
class AnyOf(Condition):
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        """Write it with its operator."""
        return f"({' | '.join(map(str, self.parts))})"

    def __invert__(self) -> Condition:
        """Return the condition that no part holds."""
        return AllOf(tuple(~part for part in self.parts))

    def leaves(self) -> tuple[Leaf, ...]:
        """List the leaves of all parts."""
        return tuple(leaf for part in self.parts for leaf in part.leaves())


@dataclass(frozen=True)
class Within(Condition):
    """The part holds so many seconds after the wait began."""

    part: Condition
    seconds: float

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"{self.part}.within({self.seconds:g})"

    def __invert__(self) -> Condition:
        """Return the condition that the part does not hold, in the same time."""
        return Within(~self.part, self.seconds)

    def leaves(self) -> tuple[Leaf, ...]:
        """List the leaves of the part."""
        return self.part.leaves()


def all(*conditions: Ready) -> Condition:
    """Wait until all of the conditions hold; also written `a & b`."""
    return AllOf(tuple(_parts("all", conditions, AllOf)))


def any(*conditions: Ready) -> Condition:
    """Wait until at least one of the conditions holds; also written `a | b`."""
    return AnyOf(tuple(_parts("any", conditions, AnyOf)))


def judge(condition: Condition, watchers: Watchers, in_time: InTime = _NOTHING) -> bool | None:
    """Say whether a condition holds (True), cannot hold any more (False) or may (None).

    Args:
        condition: the condition.
        watchers: what is known of its leaves.
        in_time: what `settle` knows of its parts.
    """
    if isinstance(condition, Within):
        is_late = in_time.get(id(condition)) is False
        return False if is_late else judge(condition.part, watchers, in_time)
    if isinstance(condition, (AllOf, AnyOf)):
        verdicts = {judge(part, watchers, in_time) for part in condition.parts}
        decisive = isinstance(condition, AnyOf)
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive
    watcher = watchers[id(condition)]
    if watcher.held:
        return True
    return False if watcher.impossible else None


def settle(
    condition: Condition, watchers: Watchers, elapsed: float, in_time: InTime = _NOTHING
) -> InTime:
    """Say of each part with a time of its own whether it held in that, once this is sure.

    Who asks at the end of each such time learns it for good: what holds later was late, and
    what does not hold any more, as of a container that was started again, was in time.

    Args:
        condition: the condition.
        watchers: what is known of its leaves.
        elapsed: seconds since the wait began.
        in_time: what was said before, which stays so.
    """
    settled = dict(in_time)
    for part in _timed(condition):
        if id(part) not in settled:
            holds = judge(part.part, watchers, settled) is True
            if holds or elapsed >= part.seconds:
                settled[id(part)] = holds
    return settled


def deadlines(condition: Condition, in_time: InTime = _NOTHING) -> Iterator[float]:
    """List the seconds after which parts have to hold of which `settle` does not know yet."""
    return (part.seconds for part in _timed(condition) if id(part) not in in_time)


def late(condition: Condition, watchers: Watchers, in_time: InTime) -> Iterator[Within]:
    """List the parts whose time was over before they held, but for those that never can."""
    for part in _timed(condition):
        if in_time.get(id(part)) is False and judge(part.part, watchers, in_time) is not False:
            yield part


def _timed(condition: Condition) -> Iterator[Within]:
    """List the parts with a time of their own, those within others first."""
    if isinstance(condition, Within):
        yield from _timed(condition.part)
        yield condition
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from _timed(part)


def draw(condition: Condition, watchers: Watchers) -> str:
    """Draw a condition as lines of text: what held, what did not, and why not."""
    return "\n".join(_lines(condition, watchers, "", ""))


def _lines(condition: Condition, watchers: Watchers, indent: str, limits: str) -> Iterator[str]:
    if isinstance(condition, Within):
        within = f"{limits}, within {condition.seconds:g} s"
        yield from _lines(condition.part, watchers, indent, within)
        return
    if isinstance(condition, (AllOf, AnyOf)):
        yield f"{indent}{'all' if isinstance(condition, AllOf) else 'any'} of{limits}"
        for part in condition.parts:
            yield from _lines(part, watchers, f"{indent}  ", "")
        return
    watcher = watchers[id(condition)]
    if watcher.held:
        yield f"{indent}[held]     {condition}{limits}"
    else:
        yield f"{indent}[not held] {condition}{limits}: {watcher.detail}"


def _parts(
    name: str, conditions: tuple[Ready, ...], kind: type[AllOf | AnyOf]
) -> Iterator[Condition]:
    if not conditions:
        raise InvalidInput(f"wait.{name} needs at least one condition.")
    for stated in conditions:
        condition = as_condition(stated, f"wait.{name}: ")
        # a & b & c is one "all of" with three parts, not two with two.
        if isinstance(condition, kind):
            yield from condition.parts
        else:
            yield condition
