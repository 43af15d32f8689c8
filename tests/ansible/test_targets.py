"""The collection's integration targets, on the engine of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Scratch
from tests.lab import Lab
from tests.lab.compose_cli import COMPOSE

from .both_ways import in_place
from .targets import IN_A_SWARM, MODULES, TARGETS, ran, steps, write_play

# Fixtures, which are asked for by their names.
from .test_login import registry  # noqa: F401
from .test_plugin import published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages
    from tests.lab.private_registry import PrivateRegistry

    from .conftest import Playbooks, Run

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.slow,
]

# Those of the others are in test_swarm_targets.py.
HERE = [name for name in MODULES if name not in {*IN_A_SWARM, "swarm"}]
LOOPS = (["check", "do", "again"], ["check", "do"])


@pytest.fixture(scope="module")
def scratch_of_all(engine: Engine) -> Iterator[Scratch]:
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module", params=[True, False], ids=["in place", "own process"])
def run(
    request: pytest.FixtureRequest,
    playbooks: Playbooks,
    engine: Engine,
    lab: LabImages,
    scratch_of_all: Scratch,
    registry: PrivateRegistry,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """All of them in one play, in Ansible's own process and each task in one of its own."""
    lab.require("busybox")
    engine.images.pull("busybox")
    folder = tmp_path_factory.mktemp("output")
    login = {
        "registry": registry.host,
        "username": registry.username,
        "password": registry.password,
    }
    variables = {
        "output_dir": str(folder),
        "pytest_engine_in_place": request.param,
        "resource_prefix": scratch_of_all.name("here" if request.param else "own"),
        "setup_engine_docker_config": str(lab.compose(max(COMPOSE))),
        "setup_engine_image_is_there": True,
        "setup_engine_login": login,
        "setup_engine_registry": Lab.default().registry,
    }
    hosts = {name: {"role_of_host": name} for name in HERE}
    playbook, *arguments = write_play(playbooks.folder, hosts, engine.endpoint.url)
    with published(engine, scratch_of_all, lab, folder, "busybox") as plugin:
        return playbooks.run(
            Path(playbook),
            "-vvv",
            *arguments,
            variables={**variables, "setup_engine_plugin": plugin},
            environment={"ANSIBLE_ROLES_PATH": str(TARGETS)},
        )


def test_every_module_is_a_target() -> None:
    there = {path.name for path in TARGETS.iterdir() if (path / "tasks" / "main.yml").is_file()}
    assert there == {*MODULES, "setup_engine", "setup_engine_folder", "setup_engine_swarm"}


@pytest.mark.parametrize("target", MODULES)
def test_a_target_does_everything_in_check_mode_and_again(target: str) -> None:
    assert steps(target)
    for task in steps(target):
        assert task["check_mode"] == "{{ item == 'check' }}", task["name"]
        assert task["loop"] in LOOPS, task["name"]


@pytest.mark.parametrize("target", HERE)
def test_target(target: str, run: Run) -> None:
    came_to, failed = ran(run, target)
    assert failed == {}
    assert {task["name"] for task in steps(target)} <= came_to


def test_they_ran_where_they_were_to(run: Run, request: pytest.FixtureRequest) -> None:
    wanted = {*HERE} if request.node.callspec.params["run"] else set()
    assert {*in_place(run)} & {*HERE} == wanted


def test_nothing_is_left_of_them(run: Run, scratch_of_all: Scratch) -> None:
    if run.returncode:
        pytest.skip("what fails leaves things behind")
    assert scratch_of_all.everything() == set()
