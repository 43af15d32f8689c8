"""The fixtures that every test may ask for, and the run that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.wait import Condition
    from pytest_engine.ownership.folders import Kept

    from .options import Settings
    from .run import Run
    from .session import Session

__all__ = [
    "KEPT",
    "LEFT",
    "RUNNING",
    "SESSION",
    "SETTINGS",
    "RunContainer",
    "engine",
    "run_container",
    "run_of",
    "session_of",
]

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
SESSION: pytest.StashKey[Session] = pytest.StashKey()
# This process's part in the run, where it has one: a worker's, or that of its controller.
RUNNING: pytest.StashKey[Run] = pytest.StashKey()
# What could not be removed, as lines of text.
LEFT: pytest.StashKey[list[str]] = pytest.StashKey()
# The run's id, and what of it outlives it.
KEPT: pytest.StashKey[tuple[str, list[Kept]]] = pytest.StashKey()


class RunContainer(Protocol):
    """The type of the fixture `run_container`."""

    def __call__(
        self,
        spec: str | ContainerSpec,
        *,
        wait: Condition | Literal[False] | None = None,
        timeout: float | None = None,
    ) -> Container:
        """Start a container and wait until it is ready; see `run_container`."""


def session_of(config: pytest.Config) -> Session:
    """Return what the fixtures of this run share, made when the first of them asks."""
    session = config.stash.get(SESSION, None)
    if session is None:
        # What it needs takes longer to import than all of this plugin.
        from pytest_engine.core.errors import EngineError

        from .session import Session

        try:
            session = Session(config, config.stash[SETTINGS], run_of(config))
        except EngineError as exc:
            raise pytest.fail.Exception(str(exc), pytrace=False) from None
        config.stash[SESSION] = session
    return session


def run_of(config: pytest.Config) -> Run:
    """Return this process's part in the run."""
    run = config.stash.get(RUNNING, None)
    if run is None:
        from .run import Run

        run = config.stash[RUNNING] = Run(config, config.stash[SETTINGS])
    return run


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> Iterator[Engine]:
    """The container engine, connected (`pytest_engine.Engine`)."""
    session = session_of(pytestconfig)
    client = session.connect()
    yield client
    session.close()
    client.close()


@pytest.fixture
def run_container(request: pytest.FixtureRequest, engine: Engine) -> Iterator[RunContainer]:
    """Start containers from within a test: `run_container("redis:7", wait=...)`.

    It takes an image or a `ContainerSpec`, and returns the container; it is removed at the
    end of the test. `wait` and `timeout` are those of the factory `container`.
    """
    from contextlib import ExitStack

    from pytest_engine.core.spec.container import ContainerSpec

    from .lifecycle import started

    with ExitStack() as stack:

        def run(
            spec: str | ContainerSpec,
            *,
            wait: Condition | Literal[False] | None = None,
            timeout: float | None = None,
        ) -> Container:
            wanted = ContainerSpec(image=spec) if isinstance(spec, str) else spec
            running = started(
                session_of(request.config), engine, request, wanted, wait=wait, timeout=timeout
            )
            return stack.enter_context(running)

        yield run
