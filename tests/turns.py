"""Turns at the lab's own engine, which stages of `make test` share.

Most tests keep to what they made themselves, and run beside others. Those that are marked
`destructive` change what others rely on: what prunes takes whatever is out of use at that moment,
and an engine that leaves a swarm forgets the names of the containers on all its networks. While a
module with such tests runs, the engine is its own.
"""

from __future__ import annotations

import fcntl
from typing import IO, TYPE_CHECKING

import pytest

from tests.conftest import FOREIGN_HOST, TEST_ENGINE
from tests.lab import OWN_ENGINE, Lab

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class Turns:
    """What a process holds of the engine.

    Args:
        folder: where the locks are, for all processes that share the engine.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: tuple[IO[str], IO[str]] | None = None

    def take(self, *, alone: bool) -> None:
        """Wait until it is this process's turn."""
        door, engine = self._open()
        # Who waits to be alone waits inside of the door: nobody overtakes there.
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(engine, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)

    def give_back(self) -> None:
        """Let others have theirs."""
        fcntl.flock(self._open()[1], fcntl.LOCK_UN)

    def close(self) -> None:
        """Give back what it holds."""
        for lock in self._locks or ():
            lock.close()
        self._locks = None

    def _open(self) -> tuple[IO[str], IO[str]]:
        if self._locks is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            door, engine = (self._folder / name for name in ("door", "engine"))
            self._locks = door.open("w"), engine.open("w")
        return self._locks


class InTurn:
    """Lets each test wait for its turn, a module with destructive ones for one to itself."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._destructive: set[object] = set()
        self._alone: object = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which modules want the engine to themselves."""
        self._destructive = {
            _module(item) for item in session.items if item.get_closest_marker("destructive")
        }

    # The first of all: a test's timeout does not begin before its turn.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Run a test in its turn."""
        if self._alone is None and not item.get_closest_marker("engine"):
            return (yield)
        module = _module(item)
        if self._alone is None:
            alone = module in self._destructive
            self._turns.take(alone=alone)
            self._alone = module if alone else None
        try:
            return (yield)
        finally:
            # What a module's fixtures made goes with its last test.
            if self._alone is None or nextitem is None or _module(nextitem) is not module:
                self._alone = None
                self._turns.give_back()

    def pytest_unconfigure(self) -> None:
        """Hold nothing any more."""
        self._turns.close()


def _module(item: pytest.Item) -> object:
    return item.getparent(pytest.Module)


def pytest_configure(config: pytest.Config) -> None:
    """Tests on the lab's own engine take turns; on another one nobody runs beside them."""
    if TEST_ENGINE == OWN_ENGINE and not FOREIGN_HOST:
        config.pluginmanager.register(InTurn(Turns(Lab.default().folder / "turns")))
