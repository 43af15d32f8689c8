"""Conditions made of conditions, and the judgement over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import InvalidInput
from .condition import Condition, Leaf, Watcher

__all__ = ["AllOf", "AnyOf", "Watchers", "all", "any", "draw", "judge"]

# By identity: the same leaf in two places of a tree is watched once.
Watchers = Mapping[int, Watcher]


@dataclass(frozen=True)
class AllOf(Condition):
    """All parts hold, in whatever order they come."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        """Write it with its operator."""
        return f"({' & '.join(map(str, self.parts))})"

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

    def leaves(self) -> tuple[Leaf, ...]:
        """List the leaves of all parts."""
        return tuple(leaf for part in self.parts for leaf in part.leaves())


def all(*conditions: Condition) -> Condition:
    """Wait until all of the conditions hold; also written `a & b`."""
    return AllOf(_checked("all", conditions))


def any(*conditions: Condition) -> Condition:
    """Wait until at least one of the conditions holds; also written `a | b`."""
    return AnyOf(_checked("any", conditions))


def judge(condition: Condition, watchers: Watchers) -> bool | None:
    """Say whether a condition holds (True), cannot hold any more (False) or may (None)."""
    if isinstance(condition, (AllOf, AnyOf)):
        verdicts = {judge(part, watchers) for part in condition.parts}
        decisive = isinstance(condition, AnyOf)
        if decisive in verdicts:
            return decisive
        return None if None in verdicts else not decisive
    watcher = watchers[id(condition)]
    if watcher.held:
        return True
    return False if watcher.impossible else None


def draw(condition: Condition, watchers: Watchers) -> str:
    """Draw a condition as lines of text: what held, what did not, and why not."""
    return "\n".join(_lines(condition, watchers, ""))


def _lines(condition: Condition, watchers: Watchers, indent: str) -> Iterator[str]:
    if isinstance(condition, (AllOf, AnyOf)):
        yield f"{indent}{'all' if isinstance(condition, AllOf) else 'any'} of"
        for part in condition.parts:
            yield from _lines(part, watchers, f"{indent}  ")
        return
    watcher = watchers[id(condition)]
    if watcher.held:
        yield f"{indent}[held]     {condition}"
    else:
        yield f"{indent}[not held] {condition}: {watcher.detail}"


def _checked(name: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if not conditions:
        raise InvalidInput(f"wait.{name} needs at least one condition.")
    for condition in conditions:
        if not isinstance(condition, Condition):
            raise InvalidInput(f"wait.{name}: {condition!r} is no wait condition.")
    return conditions
