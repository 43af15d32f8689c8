"""The integration targets of what needs a swarm: on the engine of the tests, which is all of one.

The one that makes a swarm has an engine of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.conftest import Scratch
from tests.core.swarms import Neighbour, eventually, neighbour_of

from .targets import IN_A_SWARM, TARGETS, ran, steps, write_play

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine

    from .conftest import Playbooks, Run

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.slow,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

SETUP = "setup_engine_swarm"


@pytest.fixture(scope="module")
def scratch_of_all(engine: Engine) -> Iterator[Scratch]:
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module")
def alone(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbour]:
    """An engine that is in no swarm."""
    with neighbour_of(engine, tmp_path_factory.mktemp("n")) as neighbour:
        yield neighbour


def play(
    playbooks: Playbooks, hosts: Mapping[str, Mapping[str, Any]], engine: str, **variables: Any
) -> Run:
    playbook, *arguments = write_play(playbooks.folder, hosts, engine)
    return playbooks.run(
        Path(playbook),
        *arguments,
        variables={"setup_engine_image_is_there": True, **variables},
        environment={"ANSIBLE_ROLES_PATH": str(TARGETS)},
    )


@pytest.fixture(scope="module")
def run(
    playbooks: Playbooks,
    engine: Engine,
    scratch_of_all: Scratch,
    node: str,
    busybox: str,
    alone: Neighbour,
) -> Run:
    """All of them in one play."""
    assert node
    assert busybox
    return play(
        playbooks,
        {name: {"role_of_host": name} for name in [*sorted(IN_A_SWARM), "swarm"]},
        engine.endpoint.url,
        resource_prefix=scratch_of_all.name("t"),
        setup_engine_alone={"docker_host": alone.host, "address": alone.address},
    )


def test_what_needs_a_swarm_says_so() -> None:
    needs = {
        path.parent.parent.name
        for path in TARGETS.glob("*/meta/main.yml")
        if SETUP in yaml.safe_load(path.read_text("utf-8"))["dependencies"]
    }
    assert needs == IN_A_SWARM


@pytest.mark.parametrize("target", [*sorted(IN_A_SWARM), "swarm"])
def test_target(target: str, run: Run) -> None:
    came_to, failed = ran(run, target)
    assert failed == {}
    assert {task["name"] for task in steps(target)} <= came_to


def test_nothing_is_left_of_them(
    run: Run, engine: Engine, scratch_of_all: Scratch, node: str, alone: Neighbour
) -> None:
    if run.returncode:
        pytest.skip("what fails leaves things behind")
    assert engine.services.list() == []
    assert engine.secrets.list() == []
    assert engine.configs.list() == []
    assert not engine.nodes.inspect(node)["Spec"].get("Labels")
    assert alone.engine.system.info()["Swarm"]["LocalNodeState"] == "inactive"
    # A node takes its time to remove the containers of a service that is gone.
    eventually(lambda: not scratch_of_all.everything())


def test_no_engine_is_made_a_swarm_or_taken_out_of_one_unasked(
    playbooks: Playbooks, engine: Engine, node: str, alone: Neighbour
) -> None:
    assert node
    in_one = {"docker_host": engine.endpoint.url, "address": "192.0.2.10"}
    refused = play(
        playbooks,
        {
            "no_manager": {"role_of_host": "config"},
            "unnamed": {"role_of_host": "swarm"},
            "in_a_swarm": {"role_of_host": "swarm", "setup_engine_alone": in_one},
        },
        alone.host,
    )
    said = {}
    for host in ("no_manager", "unnamed", "in_a_swarm"):
        (failed,) = ran(refused, host)[1].values()
        said[host] = failed["msg"]
    assert "manages no swarm" in said["no_manager"]
    assert "setup_engine_alone" in said["unnamed"]
    assert "is in a swarm" in said["in_a_swarm"]
    assert alone.engine.system.info()["Swarm"]["LocalNodeState"] == "inactive"
    assert engine.system.info()["Swarm"]["ControlAvailable"]
