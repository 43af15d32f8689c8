"""What all tests share: the engine that they may use, and nothing of the person's own.

Tests use the lab's engine, which is started if it does not run, or the one that is named
in PYTEST_ENGINE_TEST_HOST; never the one that answers by chance. PYTEST_ENGINE_TEST_ENGINE
says which of the lab's engines it is (`python -m tests.lab up --help` lists them), or what
sort the named one is.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ImageNotFound
from tests.lab import OWN_ENGINE, Lab
from tests.lab.namespaces import current_network, inside
from tests.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FOREIGN_HOST", "TEST_ENGINE", "LabImages", "Scratch"]

FOREIGN_HOST = os.environ.get("PYTEST_ENGINE_TEST_HOST", "")
TEST_ENGINE = os.environ.get("PYTEST_ENGINE_TEST_ENGINE") or OWN_ENGINE
_OUR_VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION")

pytest_plugins = ["pytester", "tests.roads", "tests.clusters", "tests.turns"]


def pytest_configure() -> None:
    """Hear Ctrl-C, also in a shell's background job, which is started deaf to it.

    What the tests start inherits that, and some of them send it a SIGINT.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test on an engine that says so nowhere: it would run with those that need none."""
    for item in items:
        asks = "engine_host" in getattr(item, "fixturenames", ())
        if asks and not any(item.get_closest_marker(mark) for mark in ("engine", "ansible")):
            raise pytest.UsageError(f"{item.nodeid} uses an engine: mark it with `engine`.")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this engine cannot do; refuse what could destroy what is somebody else's."""
    for mark in item.iter_markers("lacks"):
        if TEST_ENGINE in mark.args:
            pytest.skip(f"{TEST_ENGINE} lacks it: {mark.kwargs['reason']}")
    if FOREIGN_HOST and item.get_closest_marker("destructive"):
        pytest.skip("refused: destructive tests run on an engine of our own only")


@pytest.fixture(autouse=True, scope="session")
def _no_engine_by_chance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the person's own engine and logins: a test that forgets to name one finds none."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _OUR_VARIABLES:
            patch.delenv(name, raising=False)
        nowhere = tmp_path_factory.mktemp("nowhere")
        patch.setenv("DOCKER_HOST", f"unix://{nowhere}/name-the-engine.sock")
        patch.setenv("DOCKER_CONFIG", str(nowhere))
        yield


class LabImages:
    """What the lab can make, made when a test asks for it."""

    def __init__(self, lab: Lab | None, outside: int | None) -> None:
        self._lab = lab
        self._outside = outside
        self._there: set[str] = set()

    def require(self, *names: str) -> None:
        """See to it that images can be pulled by their plain names."""
        missing = [name for name in names if name not in self._there]
        if missing and self._lab is not None:
            with self._away():
                self._lab.up(missing)
        self._there.update(missing)

    def compose(self, version: str) -> Path:
        """Give a folder for `DOCKER_CONFIG` with that version of the Compose plugin."""
        with self._away():
            return (self._lab or Lab.default()).compose(version)

    def _away(self) -> contextlib.AbstractContextManager[None]:
        """Go where the machine has its network, which tests may have left."""
        return contextlib.nullcontext() if self._outside is None else inside(self._outside)


@pytest.fixture(scope="session")
def _lab() -> Lab | None:
    return None if FOREIGN_HOST else Lab.default()


@pytest.fixture(scope="session")
def _outside(_lab: Lab | None) -> Iterator[int | None]:
    """The machine's own network, where tests leave it for an engine's."""
    if _lab is None or TEST_ENGINE == OWN_ENGINE:
        yield None
        return
    network = current_network()
    yield network
    os.close(network)


@pytest.fixture(scope="session")
def lab(_lab: Lab | None, _outside: int | None) -> LabImages:
    """Images that the engine can pull."""
    return LabImages(_lab, _outside)


@pytest.fixture(scope="session")
def engine_host(_lab: Lab | None, _outside: int | None) -> Iterator[str]:
    """The address of the engine that tests may use.

    From here on tests are in that engine's network, where its published ports and the
    addresses of its containers are reached as they are on its own machine.
    """
    if _lab is None:
        yield FOREIGN_HOST
        return
    if TEST_ENGINE not in _lab.status().engines:
        _lab.up(engines=[TEST_ENGINE])
    host = _lab.engine_host(TEST_ENGINE)
    if _outside is None:
        yield host
        return
    with inside(_lab.engine_network(TEST_ENGINE)):
        yield host


@pytest.fixture(scope="session")
def engine(engine_host: str) -> Iterator[Engine]:
    """A client of that engine."""
    # A folder that is not there: nobody's logins.
    with Engine(engine_host, environ={"DOCKER_CONFIG": "/nowhere"}) as client:
        yield client


@pytest.fixture(scope="session")
def busybox(engine: Engine, lab: LabImages) -> str:
    """A small image, in the engine's store."""
    lab.require("busybox")
    try:
        engine.images.inspect("busybox")
    except ImageNotFound:
        engine.images.pull("busybox")
    return "busybox"


@pytest.fixture
def scratch(engine: Engine) -> Iterator[Scratch]:
    """Names for what a test makes, and its removal."""
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()
