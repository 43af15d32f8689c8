"""The request of a fixture that no test has asked for yet."""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from .background import wait_checking

if TYPE_CHECKING:
    from concurrent.futures import Future

    import pytest

    from .removals import Removals
    from .session import Resource

__all__ = [
    "EarlyRequest",
    "TooEarly",
    "check_wanted",
    "hooks_in_turn",
    "note_early",
    "wait_for_names",
]

# Hooks that are called in the background are called one at a time.
_HOOKS = threading.Lock()


class TooEarly(Exception):  # it says when, and is caught by us alone
    """Something cannot be made before a test asks for it; it is made when one does."""


class EarlyRequest:
    """Stands in for `pytest.FixtureRequest` where a fixture's value is made ahead.

    It knows what is known of a fixture before a test asks for it. Everything else raises
    `TooEarly`, also in a hook that needs it; then the value is made when a test asks.

    Attributes:
        fixturename: the fixture.
        scope: its scope.
        node: the node whose end is the end of its value.
        config: the configuration.
        session: the session.
        made: what was made on the engine for it.
        asked: the request of the test that asked in the end, which knows everything.
        given_up: nobody will ask. Who sees to the end of the value waits for it to be made, so
            that its maker must not wait for the end of others, nor begin anything.
    """

    def __init__(self, name: str, scope: str, node: pytest.Item | pytest.Collector) -> None:
        """State what is known."""
        self.fixturename = name
        self.scope = scope
        self.node = node
        self.config = node.config
        self.session = node.session
        self.made: list[Resource] = []
        self.asked: pytest.FixtureRequest | None = None
        self.given_up = False

    def __getattr__(self, name: str) -> object:
        """Refuse what only the request of a test has, until there is one."""
        if self.asked is not None:
            return getattr(self.asked, name)
        if name == "param":
            # Requests of fixtures without parameters have none, either.
            raise AttributeError(name)
        raise TooEarly(f"request.{name} of {self.fixturename} is not known before a test asks")

    def note(self, resource: Resource) -> None:
        """Note what is made for it."""
        resource.early = True
        self.made.append(resource)

    def hand_over(self, request: pytest.FixtureRequest) -> None:
        """Give what was made to the test that has asked now."""
        self.asked = request
        for resource in self.made:
            resource.early = False
            resource.born = time.time()

    def check_wanted(self) -> None:
        """Go on, unless nobody wants the value any more.

        Raises:
            TooEarly: nobody does.
        """
        if self.given_up:
            raise TooEarly(f"{self.fixturename} is not wanted any more")

    def wait_for(self, future: Future[object]) -> None:
        """Wait until something is done.

        Raises:
            TooEarly: nobody wants the value any more.
        """
        wait_checking(future, self.check_wanted)


def note_early(request: object, resource: Resource) -> None:
    """Note what is made before a test has asked for it."""
    if isinstance(request, EarlyRequest):
        request.note(resource)


def check_wanted(request: object) -> None:
    """Go on, unless what is made ahead is not wanted any more.

    Raises:
        TooEarly: it is not.
    """
    if isinstance(request, EarlyRequest):
        request.check_wanted()


def wait_for_names(removals: Removals, request: object) -> None:
    """Wait until all that is being removed is gone: the next one is to have a name of theirs.

    Raises:
        TooEarly: what is made ahead is not wanted any more.
    """
    removals.join(partial(check_wanted, request))


def hooks_in_turn(request: object) -> AbstractContextManager[object]:
    """Let those who call hooks in the background do so one after the other."""
    is_early = isinstance(request, EarlyRequest) and request.asked is None
    return _HOOKS if is_early else nullcontext()
