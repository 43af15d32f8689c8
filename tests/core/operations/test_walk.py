"""A walk over the table of operations: each is called, on a real engine where one serves it."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.operations import OPERATIONS
from tests.conftest import FOREIGN_HOST, Scratch
from tests.core.operations import (
    cases_build,
    cases_containers,
    cases_distribution,
    cases_exec,
    cases_images,
    cases_networks,
    cases_plugins,
    cases_session,
    cases_swarm,
    cases_system,
    cases_volumes,
)
from tests.core.operations.cases import CASES, Case
from tests.core.operations.world import Asked, World
from tests.lab import Lab
from tests.request_log import request_log

if TYPE_CHECKING:
    from tests.conftest import LabImages

pytestmark = [pytest.mark.engine, pytest.mark.destructive]

# The modules whose import registers cases.
CASE_MODULES = (
    cases_build,
    cases_containers,
    cases_distribution,
    cases_exec,
    cases_images,
    cases_networks,
    cases_plugins,
    cases_session,
    cases_swarm,
    cases_system,
    cases_volumes,
)


class Walk:
    """Runs cases, each of them once, and keeps what they asked for and how they failed."""

    def __init__(
        self,
        host: str,
        image: str,
        lab: LabImages,
        registry: str,
        folders: pytest.TempPathFactory,
    ) -> None:
        self._host = host
        self._image = image
        self._lab = lab
        self._registry = registry
        self._folders = folders
        self._done: dict[Case, tuple[dict[str, Asked], str]] = {}

    def run(self, case: Case) -> tuple[dict[str, Asked], str]:
        """Run a case if it was not run yet.

        Returns:
            What it asked for, by operation, and how it failed ("" if it did not).
        """
        if case not in self._done:
            self._done[case] = self._run(case)
        return self._done[case]

    def _run(self, case: Case) -> tuple[dict[str, Asked], str]:
        environ = {"DOCKER_CONFIG": "/nowhere"}  # nobody's logins
        failure = ""
        with request_log(self._host) as log, Engine(log.host, environ=environ) as engine:
            scratch = Scratch(engine)
            world = World(
                engine=engine,
                host=self._host,
                scratch=scratch,
                image=self._image,
                lab=self._lab,
                registry=self._registry,
                folder=self._folders.mktemp("w"),
            )
            try:
                case(world)
            except Exception:  # noqa: BLE001 - every test of the case tells it
                failure = traceback.format_exc()
            finally:
                for head in log.take_heads():
                    world.note(*head)
                scratch.clear()
        return world.asked, failure


@pytest.fixture(scope="module")
def walk(
    engine_host: str, busybox: str, lab: LabImages, tmp_path_factory: pytest.TempPathFactory
) -> Walk:
    """The cases, and what they asked for."""
    registry = None if FOREIGN_HOST else Lab.default().status().registry
    if registry is None:
        pytest.skip("an engine that is not the lab's has no registry for tests")
    return Walk(engine_host, busybox, lab, registry, tmp_path_factory)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_works_and_all_its_parameters_are_reached(name: str, walk: Walk) -> None:
    assert CASES[name], "no case calls it"
    query: set[str] = set()
    headers: set[str] = set()
    for case in CASES[name]:
        asked, failure = walk.run(case)
        assert not failure, f"{case.__name__}: {failure}"
        assert name in asked, f"{case.__name__} does not call it"
        query |= asked[name].query
        headers |= asked[name].headers
    operation = OPERATIONS[name]
    assert set(operation.query) - query == set()
    assert {header.lower() for header in operation.headers} - headers == set()
