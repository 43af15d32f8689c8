"""Playbooks on a swarm of three managers, of which first the leader goes, then the majority.

The one that is left founds the swarm anew.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.cluster import Cluster
from tests.clusters import LACKS_NODES
from tests.core.swarms import eventually

from .nodes import NodePlaybooks, task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import ClusterNode

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.slow, LACKS_NODES]

NAME = "survivor"


@pytest.fixture(scope="module")
def managers(engine: Engine, node_image: str, busybox: str) -> Iterator[Cluster]:
    """Three managers, which lose one after the other."""
    with Cluster.start(
        engine, managers=3, workers=0, image=node_image, images=[busybox]
    ) as cluster:
        yield cluster


def service(node: ClusterNode, stage: str) -> dict[str, Any]:
    """State a service whose task is on a node that stays."""
    return {
        "name": NAME,
        "image": "busybox",
        "command": ["sh", "-c", "trap exit TERM; sleep 1000 & wait"],
        "env": {"STAGE": stage},
        "placement": {"constraints": [f"node.id == {node.id}"]},
        "update_config": {"monitor": "1s"},
        "wait": True,
        "wait_timeout": 90,
    }


def test_a_playbook_outlives_the_leader_and_founds_anew_what_lost_the_majority(
    managers: Cluster, playbooks: Playbooks, tmp_path: Path
) -> None:
    leader = managers.leader()
    other, last = (node for node in managers.nodes if node is not leader)
    on_nodes = NodePlaybooks(playbooks, managers)
    there, gone = tmp_path / "there", tmp_path / "gone"
    told: dict[str, Any] = {"path": str(there), "state": "touch"}
    until_gone: dict[str, Any] = {"path": str(gone), "timeout": 120}
    plays = {
        leader.name: [
            task("create", "swarm_service", service(last, "one")),
            {"name": "there", "ansible.builtin.file": told},
            {"name": "hold", "ansible.builtin.wait_for": until_gone},
            task("its own", "swarm_service", service(last, "two"), ignore_errors=True),
        ],
        last.name: [
            {"name": "hold, too", "ansible.builtin.wait_for": until_gone},
            # The others are about to choose a leader, and until they have, nobody answers this.
            task("services", "swarm_service_info", {"name": NAME}),
            task("another's", "swarm_service", service(last, "two")),
            task("again", "swarm_service", service(last, "two")),
            task("nodes", "node_info"),
        ],
    }
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(on_nodes.run, plays)
        eventually(there.exists)
        leader.kill()
        gone.touch()
        run = playing.result()
    assert run.returncode == 0, run.output
    # Its own manager does not answer any more.
    assert list(run.messages) == ["its own"]
    assert "Cannot connect to the engine at tcp://" in run.messages["its own"]
    assert run.changed == ["create", "there", "another's"]
    assert run.results["services"]["exists"]
    status = {
        one["Description"]["Hostname"]: one["ManagerStatus"].get("Reachability")
        for one in run.results["nodes"]["nodes"]
    }
    assert status[leader.name] == "unreachable"

    other.kill()
    # Ansible ends a task that takes longer, with words of its own.
    bounded = {"ignore_errors": True, "timeout": 120}
    alone = on_nodes.run(
        {
            last.name: [
                task("update", "swarm_service", service(last, "three"), **bounded),
                task("look", "swarm_service_info", {"name": NAME}, **bounded),
            ]
        }
    )
    assert list(alone.messages) == ["update", "look"], alone.output
    for message in alone.messages.values():
        assert "Ask again in half a minute" in message

    anew = {"force": True, "advertise_addr": last.address}
    founded = on_nodes.run(
        {
            last.name: [
                task("anew (check)", "swarm", anew, check_mode=True),
                task("no leader yet", "swarm", {}, **bounded),
                task("anew", "swarm", anew),
                task("update", "swarm_service", service(last, "three")),
                task("alone", "swarm", {}),
            ]
        }
    )
    assert founded.returncode == 0, founded.output
    assert list(founded.messages) == ["no leader yet"]
    assert founded.changed == ["anew (check)", "anew", "update"]
    foreseen, facts = (founded.results[name]["swarm_facts"] for name in ("anew (check)", "anew"))
    assert foreseen == {"JoinTokens": None, "UnlockKey": None}
    assert founded.results["anew"]["actions"] == [f"New Swarm cluster created: {facts['ID']}"]
    assert facts["JoinTokens"]["Worker"].startswith("SWMTKN-")
