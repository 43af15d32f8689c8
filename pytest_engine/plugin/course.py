"""What is still to come in a run: which fixtures will be needed, from when on and how often."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from .finding import Finder, Found, will_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Course", "NextOnly", "WholeRun", "course_of"]


class Course(Protocol):
    """What is known about the tests to come."""

    def due(self, item: pytest.Item, nextitem: pytest.Item | None) -> dict[Found, pytest.Item]:
        """List the fixtures of more than a test that had better be begun when a test begins.

        Returns:
            Fixtures -> the first test that needs each.
        """

    def is_over(self, found: Found) -> bool:
        """Tell whether nobody can ask for a fixture's value any more."""

    def uses(
        self, found: Found, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Sequence[pytest.Item]:
        """List the tests after this one that use a fixture."""


def course_of(session: pytest.Session, finder: Finder) -> Course:
    """Return what is known: of a worker of pytest-xdist little, for it is told test by test."""
    if hasattr(session.config, "workerinput"):
        return NextOnly(finder)
    return WholeRun(session.items, finder)


@dataclass
class _Span:
    first: int
    last: int
    item: pytest.Item


class WholeRun:
    """All tests are known, and run in their order.

    What lives as long as the run is begun at once; what lives as long as a module, one
    module ahead, because all of them at once can be many.
    """

    def __init__(self, items: Sequence[pytest.Item], finder: Finder) -> None:
        """Look through the tests."""
        self._group: dict[pytest.Item, int] = {}
        self._spans: dict[Found, _Span] = {}
        self._users: dict[Found, list[int]] = {}
        self._items = list(items)
        self._position = {item: number for number, item in enumerate(self._items)}
        self._now = -1
        group = -1
        module: object = self
        for number, item in enumerate(self._items):
            if item.getparent(pytest.Module) is not module:
                module = item.getparent(pytest.Module)
                group += 1
            self._group[item] = group
            if not will_run(item) or finder.has_own_engine(item):
                continue
            for found in finder.all_of(item):
                if found.node is None:
                    self._users.setdefault(found, []).append(number)
                else:
                    self._spans.setdefault(found, _Span(group, group, item)).last = group

    def due(self, item: pytest.Item, nextitem: pytest.Item | None) -> dict[Found, pytest.Item]:
        """List what is due in the test's module and in the next."""
        del nextitem
        now = self._group.get(item, self._now)
        if now == self._now:
            return {}
        self._now = now
        return {
            found: span.item
            for found, span in self._spans.items()
            if span.last >= now and (span.first <= now + 1 or found.recipe.scope == "session")
        }

    def is_over(self, found: Found) -> bool:
        """Tell whether the last module that needs it is behind."""
        span = self._spans.get(found)
        return span is not None and span.last < self._now

    def uses(
        self, found: Found, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Sequence[pytest.Item]:
        """List the tests after this one that use a fixture."""
        del nextitem
        users = self._users.get(found, [])
        # A test that is not known is the last.
        here = self._position.get(item, len(self._items))
        return [self._items[number] for number in users[bisect_right(users, here) :]]


class NextOnly:
    """This test is known and the next."""

    def __init__(self, finder: Finder) -> None:
        """Look at nothing yet."""
        self._finder = finder
        self._nodes: set[object] = set()

    def due(self, item: pytest.Item, nextitem: pytest.Item | None) -> dict[Found, pytest.Item]:
        """List what the two need."""
        items = [item] if nextitem is None else [item, nextitem]
        self._nodes = {node for one in items for node in one.listchain()}
        due: dict[Found, pytest.Item] = {}
        for one in items:
            for found in self._needed(one):
                if found.node is not None:
                    due.setdefault(found, one)
        return due

    def is_over(self, found: Found) -> bool:
        """Tell whether neither of the two is below its node."""
        return found.node not in self._nodes

    def uses(
        self, found: Found, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Sequence[pytest.Item]:
        """Return the next test, if it uses the fixture."""
        del item
        if nextitem is None or found not in self._needed(nextitem):
            return []
        return [nextitem]

    def _needed(self, item: pytest.Item) -> Iterable[Found]:
        if not will_run(item) or self._finder.has_own_engine(item):
            return []
        return list(self._finder.all_of(item))
