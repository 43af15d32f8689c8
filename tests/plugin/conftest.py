"""Projects of users, made up and run with pytest on the real engine."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING

import pytest

# A run in this process forgets what it imported; what is imported here already, it keeps, and
# the next one is a second faster.
import pytest_engine.core.transport.pool
import pytest_engine.plugin.factories
import pytest_engine.plugin.surroundings  # noqa: F401
from tests.plugin.killing import SECONDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Callable

    from pytest_engine.core.client import Engine


BYSTANDER = """
import pathlib, time
from pytest_engine import container, network, volume

backend = network()
data = volume()
bystander = container("busybox", command="sleep 1000", network=backend, volumes={"/d": data})

def test_it(bystander):
    pathlib.Path("there").touch()
    while not pathlib.Path("enough").exists():
        time.sleep(0.05)
    assert bystander.state() == "running"
"""


class Project:
    """A folder with tests, and what running them does to the engine.

    Attributes:
        pytester: pytest's own fixture, to write files with.
        state: the folder in which its runs prove that they are alive.
        filters: find what is its runs' on the engine.
    """

    def __init__(self, pytester: pytest.Pytester, engine: Engine, owner: str) -> None:
        self.pytester = pytester
        self.engine = engine
        self.state = pytester.path / "state"
        self.filters = {"label": f"io.pytest-engine.user={owner}"}
        self._began = time.time()

    def write(self, *, conftest: str = "", **modules: str) -> None:
        """Write conftest.py and test modules; what they commonly import is imported."""
        head = (
            "from pytest_engine import *\n"
            "from pytest_engine import ContainerSpec, container, image, network, volume, wait\n"
            "import pytest\n"
        )
        self.pytester.makeconftest(head + conftest)
        for name, text in modules.items():
            self.pytester.makepyfile(**{name: head + text})

    def run(self, *arguments: str, host: str | None = None) -> pytest.RunResult:
        """Run the tests in this very process."""
        return self.pytester.runpytest_inprocess(*self.arguments(*arguments, host=host))

    def run_apart(self, *arguments: str, host: str | None = None) -> pytest.RunResult:
        """Run the tests in a process of its own."""
        return self.pytester.runpytest_subprocess(*self.arguments(*arguments, host=host))

    def left(self) -> set[str]:
        """Tell what the runs have left on the engine, each with its sort in front."""
        containers = self.engine.containers.list(all=True, filters=self.filters)
        networks = self.engine.networks.list(filters=self.filters)
        volumes = self.engine.volumes.list(filters=self.filters).get("Volumes") or []
        images = self.engine.images.list(filters=self.filters)
        left = {f"container {one['Names'][0]}" for one in containers}
        left |= {f"network {one['Name']}" for one in networks}
        left |= {f"volume {one['Name']}" for one in volumes}
        return left | {f"image {one['Id']}" for one in images}

    def gone_within(self, seconds: float, but: Collection[str] = ()) -> set[str]:
        """Wait until nothing is left; returns what is still there at the end of the time."""
        deadline = time.monotonic() + seconds
        while (left := self.left().difference(but)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def await_no_runs(self, but: Collection[str] = (), seconds: float = 60.0) -> list[str]:
        """Wait until no run has a folder any more; returns those that still have one."""
        deadline = time.monotonic() + seconds
        while True:
            names = {path.name for path in (self.state / "runs").iterdir()}.difference(but)
            if not names or time.monotonic() > deadline:
                return sorted(names)
            time.sleep(0.05)

    def await_events(self, count: int, *, since: float, unless: Callable[[], bool]) -> int:
        """Wait until the engine has told of so many events of containers; returns how many."""
        deadline = time.monotonic() + 120
        while True:
            events = self.engine.system.events(
                since=since, until=time.time(), filters={"type": "container", **self.filters}
            )
            seen = len(list(events))
            if seen >= count or unless():
                return seen
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def made(self, kind: str) -> int:
        """Count the networks or volumes that runs have created; they have names of ours."""
        events = self.engine.system.events(
            since=self._began, until=time.time(), filters={"type": kind, "event": "create"}
        )
        names = {event["Actor"]["Attributes"].get("name", event["Actor"]["ID"]) for event in events}
        # Not calls: of a volume, engines tell again when a container is created with it.
        return len([one for one in names if one.startswith("pytest-engine-")])

    def created(self, fixture: str = "") -> int:
        """Count the containers that the runs have created, all or those of a fixture."""
        events = self.engine.system.events(
            since=self._began,
            until=time.time(),
            filters={"type": "container", "event": "create", **self.filters},
        )
        fixtures = [event["Actor"]["Attributes"]["io.pytest-engine.fixture"] for event in events]
        return len([one for one in fixtures if fixture in ("", one)])

    def arguments(self, *arguments: str, host: str | None = None) -> list[str]:
        """Complete the arguments of a run: the engine, the proofs, and no other plugins."""
        url = self.engine.endpoint.url if host is None else host
        return [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            "-W",
            "error",
            f"--engine-host={url}",
            f"--engine-state={self.state}",
            *arguments,
        ]


@pytest.fixture
def project(
    pytester: pytest.Pytester, engine: Engine, busybox: str, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """An empty project; what it leaves on the engine is found by its user's name."""
    del busybox
    owner = f"user-{uuid.uuid4().hex[:8]}"
    # getpass looks here first, and the name goes into a label of whatever is made.
    monkeypatch.setenv("LOGNAME", owner)
    return Project(pytester, engine, owner)


@pytest.fixture
def bystander(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """Another run with the same user and the same proofs, from beginning to end; what it has."""
    # Not below the project's folder, whose runs would collect it.
    folder = tmp_path_factory.mktemp("bystander")
    (folder / "test_it.py").write_text(BYSTANDER)
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *project.arguments()],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (folder / "there").exists():
        assert run.poll() is None, run.stdout and run.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    theirs = project.left()
    assert len(theirs) == 3
    yield theirs
    (folder / "enough").touch()
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 0, output
    assert project.gone_within(SECONDS) == set()
