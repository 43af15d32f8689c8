"""Projects of users, made up and run with pytest on the real engine."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import pytest

# A run in this process forgets what it imported; what is imported here already, it keeps, and
# the next one is a second faster.
import pytest_engine.core.transport.pool
import pytest_engine.plugin.factories
import pytest_engine.plugin.surroundings  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_engine.core.client import Engine


class Project:
    """A folder with tests, and what running them does to the engine.

    Attributes:
        pytester: pytest's own fixture, to write files with.
    """

    def __init__(self, pytester: pytest.Pytester, engine: Engine, owner: str) -> None:
        self.pytester = pytester
        self.engine = engine
        self._filters = {"label": f"io.pytest-engine.user={owner}"}
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
        return self.pytester.runpytest_inprocess(*self._arguments(arguments, host))

    def run_apart(self, *arguments: str, host: str | None = None) -> pytest.RunResult:
        """Run the tests in a process of its own."""
        return self.pytester.runpytest_subprocess(*self._arguments(arguments, host))

    def left(self) -> set[str]:
        """Tell what the runs have left on the engine, each with its sort in front."""
        containers = self.engine.containers.list(all=True, filters=self._filters)
        networks = self.engine.networks.list(filters=self._filters)
        volumes = self.engine.volumes.list(filters=self._filters).get("Volumes") or []
        images = self.engine.images.list(filters=self._filters)
        left = {f"container {one['Names'][0]}" for one in containers}
        left |= {f"network {one['Name']}" for one in networks}
        left |= {f"volume {one['Name']}" for one in volumes}
        return left | {f"image {one['Id']}" for one in images}

    def created(self, fixture: str = "") -> int:
        """Count the containers that the runs have created, all or those of a fixture."""
        events = self.engine.system.events(
            since=self._began,
            until=time.time(),
            filters={"type": "container", "event": "create", **self._filters},
        )
        fixtures = [event["Actor"]["Attributes"]["io.pytest-engine.fixture"] for event in events]
        return len([one for one in fixtures if fixture in ("", one)])

    def _arguments(self, arguments: Sequence[str], host: str | None) -> list[str]:
        url = self.engine.endpoint.url if host is None else host
        return [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            "-W",
            "error",
            f"--engine-host={url}",
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
