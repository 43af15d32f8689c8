"""The fixture that is a swarm of several nodes."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.clusters import LACKS_NODES
from tests.plugin.killing import SECONDS

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def test_a_cluster_is_there_for_the_module_and_gone_afterwards(
    project: Project, node_image: str
) -> None:
    project.write(
        conftest=f"swarm = swarm_cluster(workers=1, image={node_image!r}, images=['busybox'])",
        test_it="""
seen = []

def test_it_is_whole(swarm):
    assert [node.name for node in swarm.nodes] == ["manager-1", "worker-1"]
    assert len(swarm.engine.nodes.list()) == 2
    seen.append(swarm)

class TestInAClass:
    def test_it_is_the_same(self, swarm):
        assert seen == [swarm]
        assert swarm.workers[0].engine.images.inspect("busybox")
""",
    )
    project.run().assert_outcomes(passed=2)
    # One for each node, and where containers are not allowed privileges, another attempt at each.
    assert project.created("swarm") in (2, 3, 4)
    assert project.left() == set()


def test_nothing_is_left_of_a_run_that_is_killed(project: Project, node_image: str) -> None:
    project.write(
        conftest=f"swarm = swarm_cluster(workers=0, image={node_image!r})",
        test_it="""
import os

def test_it(swarm):
    os.kill(os.getpid(), 9)
""",
    )
    assert project.run_apart().ret == -signal.SIGKILL
    assert project.created("swarm") in (1, 2)
    assert project.gone_within(SECONDS) == set()
    assert project.await_no_runs() == []


def test_what_cannot_be_removed_is_left_to_later_runs(project: Project, node_image: str) -> None:
    project.write(
        conftest=f"swarm = swarm_cluster(workers=0, image={node_image!r})",
        test_it="""
import pathlib

def test_it(swarm, engine):
    # Somebody else is on its network.
    guest = {"Image": "busybox", "Cmd": ["sleep", "1000"]}
    made = engine.containers.create({**guest, "HostConfig": {"NetworkMode": swarm.name}})["Id"]
    engine.containers.start(made)
    pathlib.Path("guest").write_text(made)
""",
    )
    result = project.run_apart()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*Cluster pytest-engine-* is not all gone: network *"])
    guest = (project.pytester.path / "guest").read_text()
    project.engine.containers.remove(guest, force=True)
    project.run_apart("-k", "nothing", "--engine-sweep")
    assert project.left() == set()
    assert project.await_no_runs() == []


def test_its_certificates_are_in_the_folder_of_the_run(project: Project, node_image: str) -> None:
    project.write(
        conftest=f"swarm = swarm_cluster(workers=0, image={node_image!r})",
        test_it="""
import pathlib

def test_it(swarm):
    (run,) = pathlib.Path("state/runs").iterdir()
    assert run.resolve() in swarm.nodes[0].certificates.resolve().parents
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.await_no_runs() == []


def test_one_that_does_not_come_up_fails_the_set_up(project: Project) -> None:
    project.write(
        conftest="swarm = swarm_cluster(workers=0, image='busybox')",
        test_it="def test_it(swarm):\n    raise AssertionError('not reached')",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Fixture 'swarm' (a swarm of 1 nodes): The engine of node *"])
    assert project.left() == set()
