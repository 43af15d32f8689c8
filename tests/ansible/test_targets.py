"""The collection's integration targets, on the engine of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.conftest import Scratch
from tests.lab import Lab
from tests.lab.compose_cli import COMPOSE

from .targets import TARGETS, write_play

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

# What needs an engine that manages a swarm, which the play has not -> the tests that have one.
IN_A_SWARM = {
    **dict.fromkeys(("config", "config_info", "secret", "secret_info"), "test_contents.py"),
    **dict.fromkeys(("node", "node_info", "swarm", "swarm_info"), "test_swarm.py"),
    "service": "test_service.py",
    **dict.fromkeys(("stack", "stack_info", "stack_task_info"), "test_stack.py"),
    **dict.fromkeys(("swarm_service", "swarm_service_info"), "test_swarm_service.py"),
}
_THERE = {path.stem for path in (TARGETS.parents[2] / "plugins" / "modules").glob("*.py")}
MODULES = sorted(_THERE - {*IN_A_SWARM})
LOOPS = (["check", "do", "again"], ["check", "do"])


def steps(target: str) -> list[dict[str, Any]]:
    """The tasks of a target that use the module that it is named after."""
    tasks = yaml.safe_load((TARGETS / target / "tasks" / "main.yml").read_text("utf-8"))
    return [task for task in tasks if f"pytest_engine.engine.{target}" in task and "loop" in task]


@pytest.fixture(scope="module")
def scratch_of_all(engine: Engine) -> Iterator[Scratch]:
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module")
def run(
    playbooks: Playbooks,
    engine: Engine,
    lab: LabImages,
    scratch_of_all: Scratch,
    registry: PrivateRegistry,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """All of them in one play."""
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
        "resource_prefix": scratch_of_all.name("t"),
        "setup_engine_docker_config": str(lab.compose(max(COMPOSE))),
        "setup_engine_image_is_there": True,
        "setup_engine_login": login,
        "setup_engine_registry": Lab.default().registry,
    }
    hosts = {name: {"role_of_host": name} for name in MODULES}
    playbook, *arguments = write_play(playbooks.folder, hosts, engine.endpoint.url)
    with published(engine, scratch_of_all, lab, folder, "busybox") as plugin:
        return playbooks.run(
            Path(playbook),
            *arguments,
            variables={**variables, "setup_engine_plugin": plugin},
            environment={"ANSIBLE_ROLES_PATH": str(TARGETS)},
        )


def test_every_module_is_a_target() -> None:
    there = {path.name for path in TARGETS.iterdir() if (path / "tasks" / "main.yml").is_file()}
    assert there == {*MODULES, "setup_engine", "setup_engine_folder"}
    for module, tests in IN_A_SWARM.items():
        assert module in (Path(__file__).parent / tests).read_text("utf-8"), module


@pytest.mark.parametrize("target", MODULES)
def test_a_target_does_everything_in_check_mode_and_again(target: str) -> None:
    assert steps(target)
    for task in steps(target):
        assert task["check_mode"] == "{{ item == 'check' }}", task["name"]
        assert task["loop"] in LOOPS, task["name"]


@pytest.mark.parametrize("target", MODULES)
def test_target(target: str, run: Run) -> None:
    told = [line for line in run.told if line["host"] == target]
    failed = {line["task"]: line["result"] for line in told if line["result"]["failed"]}
    assert failed == {}
    ran = {line["task"].rpartition(" : ")[2] for line in told}
    assert {task["name"] for task in steps(target)} <= ran


def test_nothing_is_left_of_them(run: Run, scratch_of_all: Scratch) -> None:
    if run.returncode:
        pytest.skip("what fails leaves things behind")
    assert scratch_of_all.everything() == set()
