"""A runtime on the tests' engine, and what it works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.runtime import EngineRuntime

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch

# Ends at once when it is stopped, which a process 1 without a handler does not.
SLEEP = "trap 'exit 0' TERM; sleep 1000 & wait"

Make = Callable[..., str]


@pytest.fixture(scope="session")
def runtime(engine: Engine) -> Runtime:
    """The engine as the interface: mypy sees nothing else of it."""
    return EngineRuntime(engine)


@pytest.fixture
def create(engine: Engine, scratch: Scratch, busybox: str) -> Make:
    """Create containers that run a script, beyond what the interface can state, and name them."""

    def create(script: str = SLEEP, *, suffix: str = "x", **config: Any) -> str:
        body: Any = {"Image": busybox, "Cmd": ["sh", "-c", script], **config}
        engine.containers.create(body, name=scratch.name(suffix))
        return scratch.name(suffix)

    return create


@pytest.fixture
def run(engine: Engine, create: Make) -> Make:
    """Start what `create` makes."""

    def run(script: str = SLEEP, **config: Any) -> str:
        name = create(script, **config)
        engine.containers.start(name)
        return name

    return run


@pytest.fixture
def finished(engine: Engine, run: Make) -> Make:
    """Wait until what `run` starts has ended."""

    def finished(script: str, **config: Any) -> str:
        name = run(script, **config)
        engine.containers.wait(name, timeout=60)
        return name

    return finished


@pytest.fixture
def image(engine: Engine, scratch: Scratch, busybox: str) -> Make:
    """Make images whose containers run a script, and name them."""

    def image(script: str = SLEEP, *, suffix: str = "image", **config: Any) -> str:
        body: Any = {"Image": busybox, "Cmd": ["sh", "-c", script], **config}
        container = engine.containers.create(body, name=scratch.name(f"{suffix}-origin"))["Id"]
        name = f"{scratch.name(suffix)}:1"
        engine.images.commit(container, name=name)
        engine.containers.remove(container)
        return name

    return image
