"""The fixtures that every test may ask for, and the run that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import Unpack

    from pytest_engine.core.client import Engine
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.wait import Ready
    from pytest_engine.ownership.folders import Kept

    from .adhoc import Properties
    from .ahead import Ahead
    from .files import FileLike
    from .handles import Image
    from .images import PullPolicy
    from .options import Settings
    from .requirements import EngineTraits
    from .run import Run
    from .session import Session

__all__ = [
    "AHEAD",
    "CLASH",
    "ERRORS",
    "KEPT",
    "LEFT",
    "PROCESS",
    "RUNNING",
    "SESSION",
    "SETTINGS",
    "TAKEN",
    "RunContainer",
    "_engine_requirements",
    "ahead_of",
    "check_engine",
    "engine",
    "run_container",
    "run_of",
    "session_of",
]

AHEAD: pytest.StashKey[Ahead] = pytest.StashKey()
SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
# The process that was configured; a test may run in one that is forked from it.
PROCESS: pytest.StashKey[int] = pytest.StashKey()
SESSION: pytest.StashKey[Session] = pytest.StashKey()
_TRAITS: pytest.StashKey[dict[str, EngineTraits]] = pytest.StashKey()
# This process's part in the run, where it has one: a worker's, or that of its controller.
RUNNING: pytest.StashKey[Run] = pytest.StashKey()
# What could not be removed, as lines of text.
LEFT: pytest.StashKey[list[str]] = pytest.StashKey()
# What went wrong in the background, when no test was left to tell it, as lines of text.
ERRORS: pytest.StashKey[list[str]] = pytest.StashKey()
# How long steps took: fixture, step, seconds, and the worker in which that was.
TAKEN: pytest.StashKey[list[tuple[str, str, float, str]]] = pytest.StashKey()
# The run's id, what of it outlives it, and whether more would, had it not been on its own engine.
KEPT: pytest.StashKey[tuple[str, list[Kept], bool]] = pytest.StashKey()


CLASH = (
    "a fixture 'engine' of your own takes the place of pytest-engine's, which all of its fixtures "
    "use. Rename it ('pytest --fixtures-per-test' tells where it is), or have it hand over a "
    "pytest_engine.Engine."
)
"""What is wrong where a user's fixture has the name of ours and is something else."""


class RunContainer(Protocol):
    """The type of the fixture `run_container`."""

    def __call__(
        self,
        spec: str | Image | ContainerSpec,
        *,
        files: Mapping[str, FileLike] | None = None,
        pull: PullPolicy | None = None,
        wait: Ready | Literal[False] | None = None,
        timeout: float | None = None,
        **properties: Unpack[Properties],
    ) -> Container:
        """Start a container and wait until it is ready.

        Args:
            spec: the image, or all properties together.
            files: as in the factory `container`, like all that follow.
            pull: when the image is pulled.
            wait: when it is ready; False: at once.
            timeout: seconds until it has to be ready.
            properties: those of the factory's arguments that a container has. Where the
                factory takes fixtures, these are what fixtures hand to the test:
                `network=backend`.

        Raises:
            InvalidInput: a property is unknown, malformed, or stated twice.
            EngineError: it could not be started, or did not become ready.
        """


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


def ahead_of(config: pytest.Config) -> Ahead:
    """Return what this run has begun before it was asked for."""
    ahead = config.stash.get(AHEAD, None)
    if ahead is None:
        # As heavy as the session.
        from .ahead import Ahead

        ahead = config.stash[AHEAD] = Ahead(config, session_of(config))
    return ahead


def run_of(config: pytest.Config) -> Run:
    """Return this process's part in the run."""
    run = config.stash.get(RUNNING, None)
    if run is None:
        from .run import Run

        run = config.stash[RUNNING] = Run(config, config.stash[SETTINGS])
    return run


def check_engine(engine: object) -> None:
    """Fail a set-up that is handed somebody else's idea of an engine."""
    from pytest_engine.core.client import Engine

    if not isinstance(engine, Engine):
        kind = f"{type(engine).__module__}.{type(engine).__qualname__}"
        raise pytest.fail.Exception(f"The engine is a {kind}: {CLASH}", pytrace=False)


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> Iterator[Engine]:
    """The container engine, connected (`pytest_engine.Engine`)."""
    session = session_of(pytestconfig)
    ahead = ahead_of(pytestconfig)
    client = ahead.connect()
    yield client
    ahead.close()
    session.close()
    client.close()


@pytest.fixture
def _engine_requirements(request: pytest.FixtureRequest, engine: Engine) -> None:
    """Skip a test that needs what the engine does not have; `marks` asks for this."""
    from .requirements import EngineTraits, unmet

    check_engine(engine)
    # The engine may be overridden for some tests, so each has traits of its own.
    known = request.config.stash.setdefault(_TRAITS, {})
    traits = known.setdefault(engine.endpoint.url, EngineTraits(engine))
    reasons = list(unmet(request.node, traits))
    if reasons:
        pytest.skip("; ".join(reasons))


@pytest.fixture
def run_container(request: pytest.FixtureRequest, engine: Engine) -> RunContainer:
    """Start containers from within a test: `run_container("redis:7", wait=...)`.

    It takes an image or a `ContainerSpec`, and arguments as the factory `container` has them,
    and returns the container; it is removed at the end of the test.
    """
    from contextlib import ExitStack
    from functools import partial

    from .adhoc import wanted_of
    from .files import place_files
    from .hints import uses_others
    from .images import check_policy
    from .lifecycle import started

    check_engine(engine)

    def run(
        spec: str | Image | ContainerSpec,
        *,
        files: Mapping[str, FileLike] | None = None,
        pull: PullPolicy | None = None,
        wait: Ready | Literal[False] | None = None,
        timeout: float | None = None,
        **properties: Unpack[Properties],
    ) -> Container:
        check_policy(pull, "run_container")
        wanted = wanted_of(spec, properties, request.path.parent)
        lingers = not uses_others(wanted, wanted.networks or ())
        stack = ExitStack()
        running = stack.enter_context(
            started(
                session_of(request.config),
                engine,
                request,
                wanted,
                wait=wait,
                timeout=timeout,
                files=place_files(files or {}, request.path.parent),
                pull=pull,
            )
        )
        # It goes before what it may use: the fixtures that are there already, in whatever order
        # the test names them.
        dismiss = ahead_of(request.config).dismiss
        request.node.addfinalizer(partial(dismiss, stack, lingers=lingers))
        return running

    return run
