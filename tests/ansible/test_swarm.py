"""The modules `swarm`, `swarm_info`, `node` and `node_info`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.swarms import Neighbour, encoded, neighbour_of

from .steps import play
from .test_info import see

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]


@pytest.fixture(scope="module")
def alone(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbour]:
    """An engine that is in no swarm."""
    with neighbour_of(engine, tmp_path_factory.mktemp("n")) as neighbour:
        yield neighbour


def test_a_task_brings_about_a_swarm(playbooks: Playbooks, alone: Neighbour) -> None:
    host = {"docker_host": alone.host}
    address = alone.address
    wanted: dict[str, Any] = {
        "listen_addr": f"{address}:2377",
        "advertise_addr": address,
        "labels": {"a": 1},
    }
    found = {"name": "found", "pytest_engine.engine.swarm": {**host, **wanted}}
    foreseen = playbooks.run_tasks([found], "--check").results["found"]
    assert alone.engine.system.info()["Swarm"]["LocalNodeState"] == "inactive"
    founded = playbooks.run_tasks([found]).results["found"]
    results = play(
        playbooks,
        "swarm",
        [
            (name, {**host, **options}, changes)
            for name, options, changes in [
                ("again", wanted, False),
                ("update", {"election_tick": 12, "autolock_managers": True}, True),
                ("locked already", {"autolock_managers": True}, False),
                ("rotate", {"rotate_worker_token": True, "rotate_manager_unlock_key": True}, True),
                ("no such node", {"state": "remove", "node_id": "nobody"}, False),
                ("leave", {"state": "absent", "force": True}, True),
                ("left", {"state": "absent"}, False),
            ]
        ],
    )
    assert (foreseen["changed"], founded["changed"]) == (True, True)
    tokens = founded["swarm_facts"]["JoinTokens"]
    assert {name: token[:7] for name, token in tokens.items()} == {
        "Manager": "SWMTKN-",
        "Worker": "SWMTKN-",
    }
    assert foreseen["swarm_facts"] == {"JoinTokens": None, "UnlockKey": None}
    assert results["again"]["swarm_facts"]["UnlockKey"] is None
    assert results["again"]["swarm_facts"]["Spec"]["Labels"] == {"a": "1"}
    assert results["update"]["swarm_facts"]["UnlockKey"].startswith("SWMKEY-")
    assert results["locked already"]["swarm_facts"]["UnlockKey"] is None
    diff = results["update"]["diff"]
    assert (diff["before"]["election_tick"], diff["after"]["election_tick"]) == (10, 12)
    rotated = results["rotate"]["swarm_facts"]
    assert rotated["JoinTokens"]["Worker"] != tokens["Worker"]
    assert rotated["UnlockKey"] != results["update"]["swarm_facts"]["UnlockKey"]
    assert "SWM" not in str([result["diff"] for result in results.values()])
    assert results["leave"]["swarm_facts"] == {}
    swarm = founded["swarm_facts"]["ID"]
    assert foreseen["actions"] == ["New Swarm cluster created: None"]
    assert founded["actions"] == [f"New Swarm cluster created: {swarm}"]
    assert {name: results[name]["actions"] for name in results if "(" not in name} == {
        "again": ["No modification"],
        "update": ["Swarm cluster updated"],
        "locked already": ["No modification"],
        "rotate": ["Swarm cluster updated"],
        "no such node": [],
        "leave": ["Node has left the swarm cluster"],
        "left": ["This node is not part of a swarm."],
    }
    assert alone.engine.system.info()["Swarm"]["LocalNodeState"] == "inactive"


def test_what_cannot_be_is_said_without_a_swarm(playbooks: Playbooks, alone: Neighbour) -> None:
    address = alone.address
    token = "SWMTKN-1-is-no-token"
    tasks: list[tuple[str, str, dict[str, Any]]] = [
        ("join where", "swarm", {"state": "join", "join_token": token}),
        (
            "join with",
            "swarm",
            {
                "state": "join",
                "join_token": token,
                "remote_addrs": [f"{address}:1"],
                "listen_addr": f"{address}:2377",
            },
        ),
        ("listen", "swarm", {"listen_addr": "no-such-address"}),
        ("remove", "swarm", {"state": "remove", "node_id": "x"}),
        ("info", "swarm_info", {}),
        ("node", "node", {"hostname": "x"}),
        ("nodes", "node_info", {}),
        ("self", "node_info", {"self": True}),
    ]
    run = playbooks.run_tasks(
        [
            {
                "name": name,
                f"pytest_engine.engine.{module}": {"docker_host": alone.host, **options},
                "ignore_errors": True,
            }
            for name, module, options in tasks
        ]
    )
    messages = run.messages
    assert list(messages) == [name for name, _module, _options in tasks]
    assert "remote_addrs" in messages["join where"]
    assert "token" in messages["join with"]
    assert token not in run.output
    assert "address" in messages["listen"]
    for name in ("remove", "info", "node", "nodes", "self"):
        assert "found a swarm" in messages[name], name
    info = run.results["info"]
    assert (info["can_talk_to_docker"], info["docker_swarm_active"]) == (True, False)


def test_nodes_are_changed_and_looked_at(playbooks: Playbooks, engine: Engine, node: str) -> None:
    host = engine.nodes.inspect(node)["Description"]["Hostname"]
    labels = {"hostname": node, "labels": {"disk": "ssd", "rack": 1}}
    results = play(
        playbooks,
        "node",
        [
            ("labels", labels, True),
            ("again", labels, False),
            ("drain", {"hostname": host, "availability": "drain"}, True),
            ("fewer", {"hostname": host, "labels_to_remove": ["rack", "none"]}, True),
            (
                "none",
                {"hostname": host, "labels_state": "replace", "availability": "active"},
                True,
            ),
        ],
    )
    assert results["labels"]["node"]["Spec"]["Labels"] == {"disk": "ssd", "rack": "1"}
    assert results["fewer"]["diff"]["after"]["labels"] == {"disk": "ssd"}
    assert not results["none"]["node"]["Spec"]["Labels"]

    looked = see(playbooks, "node_info", {}, {"name": ["nobody", host]}, {"self": True})
    inspected = engine.nodes.inspect(node)
    assert [one["nodes"] for one in looked] == [[inspected]] * 3
    assert looked[1]["missing"] == ["nobody"]


def test_a_swarm_is_looked_at(
    playbooks: Playbooks, engine: Engine, node: str, busybox: str
) -> None:
    engine.configs.create({"Name": "unrelated", "Data": encoded("x")})
    service = engine.services.create(
        {
            "Name": "looked-at",
            "TaskTemplate": {"ContainerSpec": {"Image": busybox, "Command": ["sleep", "600"]}},
            "Mode": {"Replicated": {"Replicas": 0}},
        }
    )["ID"]
    plain, lists, whole = see(
        playbooks,
        "swarm_info",
        {},
        {"nodes": True, "services": True, "tasks": True, "unlock_key": True},
        {
            "nodes": True,
            "services": True,
            "services_filters": {"name": "none"},
            "verbose_output": True,
        },
    )
    assert plain["docker_swarm_manager"] is True
    assert plain["swarm_facts"]["ID"] == engine.swarm.inspect()["ID"]
    assert "nodes" not in plain
    assert lists["swarm_unlock_key"] is None
    described = engine.nodes.inspect(node)["Description"]
    assert lists["nodes"] == [
        {
            "ID": node,
            "Hostname": described["Hostname"],
            "Status": "ready",
            "Availability": "active",
            "ManagerStatus": "Leader",
            "EngineVersion": described["Engine"]["EngineVersion"],
        }
    ]
    assert lists["services"] == [
        {
            "ID": service,
            "Name": "looked-at",
            "Mode": "Replicated",
            "Replicas": 0,
            "Image": busybox,
            "Ports": [],
        }
    ]
    assert lists["tasks"] == []
    assert (whole["nodes"], whole["services"]) == (engine.nodes.list(), [])
