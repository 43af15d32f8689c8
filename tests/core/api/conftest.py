"""Containers for the tests of the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

# Ends at once when it is stopped, which a process 1 without a handler does not.
SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]

Run = Callable[..., str]


@pytest.fixture
def create(engine: Engine, scratch: Scratch, busybox: str) -> Run:
    """Create containers from a command and further configuration, and name them."""

    def create(*command: str, suffix: str = "x", **config: Any) -> str:
        body: Any = {"Image": busybox, "Cmd": list(command) or SLEEP, **config}
        engine.containers.create(body, name=scratch.name(suffix))
        return scratch.name(suffix)

    return create


@pytest.fixture
def run(engine: Engine, create: Run) -> Run:
    """Start what `create` makes."""

    def run(*command: str, **config: Any) -> str:
        name = create(*command, **config)
        engine.containers.start(name)
        return name

    return run


@pytest.fixture
def finished(engine: Engine, run: Run) -> Run:
    """Wait until what `run` starts has ended."""

    def finished(*command: str, **config: Any) -> str:
        name = run(*command, **config)
        engine.containers.wait(name, timeout=60)
        return name

    return finished
