"""Conditions made of conditions, and the judgement over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
]

# By identity: the same leaf in two places of a tree is watched once.
Watchers = Mapping[int, Watcher]


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


def judge(condition: Condition, watchers: Watchers, elapsed: float = 0.0) -> bool | None:
    """Say whether a condition holds (True), cannot hold any more (False) or may (None).

    Args:
        condition: the condition.
        watchers: what is known of its leaves.
        elapsed: seconds since the wait began.
    """
    if isinstance(condition, Within):
        verdict = judge(condition.part, watchers, elapsed)
        return False if verdict is None and elapsed >= condition.seconds else verdict
    if isinstance(condition, (AllOf, AnyOf)):
        verdicts = {judge(part, watchers, elapsed) for part in condition.parts}
        decisive = isinstance(condition, AnyOf)
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive
    watcher = watchers[id(condition)]
    if watcher.held:
        return True
    return False if watcher.impossible else None


def deadlines(condition: Condition) -> Iterator[float]:
    """List the seconds after which a part of a condition has to hold."""
    if isinstance(condition, Within):
        yield condition.seconds
        yield from deadlines(condition.part)
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from deadlines(part)


def late(condition: Condition, watchers: Watchers, elapsed: float) -> Iterator[Within]:
    """List the parts whose time was over before they held."""
    if isinstance(condition, Within):
        if elapsed >= condition.seconds and judge(condition.part, watchers, elapsed) is None:
            yield condition
        yield from late(condition.part, watchers, elapsed)
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.parts:
            yield from late(part, watchers, elapsed)


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
