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
import uuid
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ImageNotFound, NotFound
from tests.lab import OWN_ENGINE, Lab
from tests.lab.namespaces import current_network, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

FOREIGN_HOST = os.environ.get("PYTEST_ENGINE_TEST_HOST", "")
TEST_ENGINE = os.environ.get("PYTEST_ENGINE_TEST_ENGINE") or OWN_ENGINE
_OUR_VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION")

pytest_plugins = ["pytester", "tests.roads"]


def pytest_configure() -> None:
    """Hear Ctrl-C, also in a shell's background job, which is started deaf to it.

    What the tests start inherits that, and some of them send it a SIGINT.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that would start an engine among those that are said to need none."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "engine_host" in fixtures and item.get_closest_marker("engine") is None:
            raise pytest.UsageError(f"{item.nodeid} needs an engine, and the mark that says so")


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
    """The lab's images, built and pushed when a test asks for them."""

    def __init__(self, lab: Lab | None, outside: int | None) -> None:
        self._lab = lab
        self._outside = outside
        self._there: set[str] = set()

    def require(self, *names: str) -> None:
        """See to it that images can be pulled by their plain names."""
        missing = [name for name in names if name not in self._there]
        if missing and self._lab is not None:
            # Images are made where the machine has its network, which tests may have left.
            away = contextlib.nullcontext() if self._outside is None else inside(self._outside)
            with away:
                self._lab.up(missing)
        self._there.update(missing)


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


class Scratch:
    """Names that no other test has; what is made under them is removed after the test."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prefix = f"test-{uuid.uuid4().hex[:8]}-"

    def name(self, suffix: str = "x") -> str:
        """Return a name for a container, a network, a volume or an image."""
        return f"{self._prefix}{suffix}"

    def everything(self) -> set[str]:
        """Return what exists under these names, each with its sort in front."""
        names = {f"container {n}" for n in self._containers()}
        names |= {f"network {n['Name']}" for n in self._networks()}
        return names | {f"volume {v['Name']}" for v in self._volumes()}

    def clear(self) -> None:
        """Remove all of it."""
        for container in self._containers():
            try:
                self._engine.containers.remove(container, force=True, volumes=True)
            except NotFound:
                continue
        for network in self._networks():
            self._engine.networks.remove(network["Id"])
        for volume in self._volumes():
            self._engine.volumes.remove(volume["Name"])
        for image in self._engine.images.list():
            for tag in image.get("RepoTags") or ():
                # Podman spells names out.
                if tag.replace("docker.io/library/", "").startswith(self._prefix):
                    self._engine.images.remove(tag, force=True)

    def _containers(self) -> list[str]:
        listed = self._engine.containers.list(all=True, filters={"name": self._prefix})
        return [name.lstrip("/") for entry in listed for name in entry["Names"][:1]]

    def _networks(self) -> list[dict[str, str]]:
        listed = self._engine.networks.list(filters={"name": self._prefix})
        return [{"Name": n["Name"], "Id": n["Id"]} for n in listed]

    def _volumes(self) -> list[dict[str, str]]:
        listed = self._engine.volumes.list(filters={"name": self._prefix})
        return [{"Name": v["Name"]} for v in listed.get("Volumes") or ()]


@pytest.fixture
def scratch(engine: Engine) -> Iterator[Scratch]:
    """Names for what a test makes, and its removal."""
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()
