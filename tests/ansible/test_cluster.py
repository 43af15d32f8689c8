"""Playbooks on a swarm of three nodes: what nodes are for, and how services are updated."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.clusters import LACKS_NODES
from tests.core.swarms import eventually

from .nodes import task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_engine.core.cluster import Cluster

    from .nodes import NodePlaybooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.slow, LACKS_NODES]

# Ends at once when it is told to, as few shells do.
SLEEP = "trap exit TERM; sleep 1000 & wait"
AGAIN = {"state": "present", "wait": True, "wait_timeout": 90}


@pytest.fixture
def name() -> str:
    return f"web-{uuid.uuid4().hex[:8]}"


def service(name: str, does: str = SLEEP, **options: Any) -> dict[str, Any]:
    """State a service of three tasks, that run a program of the shell."""
    usual = {"image": "busybox", "command": ["sh", "-c", does], "replicas": 3}
    return {"name": name, **usual, "restart_config": {"condition": "none"}, **AGAIN, **options}


def running(tasks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [
        one
        for one in tasks
        if one["DesiredState"] == "running" and one["Status"]["State"] == "running"
    ]


def test_every_node_is_a_host(on_nodes: NodePlaybooks, cluster: Cluster) -> None:
    run = on_nodes.run(
        {
            "managers:workers": [
                task("what it is", "host_info"),
                task("the swarm", "swarm_info", {"nodes": True}, ignore_errors=True),
            ]
        }
    )
    told = {(line["host"], line["task"]): line["result"] for line in run.told}
    names = [node.name for node in cluster.nodes]
    assert [told[one, "what it is"]["host_info"]["Name"] for one in names] == names
    seen = told["manager-1", "the swarm"]
    assert [
        (one["Hostname"], one["Status"], one["Availability"], one["ManagerStatus"])
        for one in sorted(seen["nodes"], key=lambda node: str(node["Hostname"]))
    ] == [
        ("manager-1", "ready", "active", "Leader"),
        ("worker-1", "ready", "active", None),
        ("worker-2", "ready", "active", None),
    ]
    for name in ("worker-1", "worker-2"):
        refused = told[name, "the swarm"]
        assert (refused["docker_swarm_active"], refused["docker_swarm_manager"]) == (True, False)
        assert "Ask an engine that is a manager" in refused["msg"]


def test_nodes_that_are_there_for_something_get_its_tasks(
    on_nodes: NodePlaybooks, cluster: Cluster, name: str
) -> None:
    label = {"hostname": "worker-2", "labels": {"disk": name}}
    there = {"constraints": [f"node.labels.disk == {name}"]}
    run = on_nodes.run(
        {
            "managers": [
                task("label", "node", label),
                task("again", "node", label),
                task("looked at", "node_info", {"name": ["worker-2", "worker-9"]}),
                task("service", "swarm_service", service(name, replicas=2, placement=there)),
                task("tasks", "swarm_service_info", {"name": name, "tasks": True}),
            ]
        }
    )
    assert (run.returncode, run.changed) == (0, ["label", "service"]), run.output
    (node,) = run.results["looked at"]["nodes"]
    assert (node["Spec"]["Labels"]["disk"], run.results["looked at"]["missing"]) == (
        name,
        ["worker-9"],
    )
    tasks = running(run.results["tasks"]["tasks"])
    assert [one["NodeID"] for one in tasks] == [cluster["worker-2"].id] * 2


def test_the_tasks_of_a_node_that_is_drained_move(
    on_nodes: NodePlaybooks, cluster: Cluster, name: str
) -> None:
    drain = {"hostname": "worker-1", "availability": "drain"}
    elsewhere = f"seen.tasks | selectattr('NodeID', 'ne', '{cluster['worker-1'].id}')"
    moved = (
        f"{elsewhere} | selectattr('DesiredState', 'eq', 'running')"
        " | selectattr('Status.State', 'eq', 'running') | length == 3"
    )
    wanted = service(name, restart_config={"condition": "any", "delay": "0s"})
    run = on_nodes.run(
        {
            "managers": [
                task("service", "swarm_service", wanted),
                task("spread", "swarm_service_info", {"name": name, "tasks": True}),
                task("drain", "node", drain),
                task("again", "node", drain),
                task(
                    "moved",
                    "swarm_service_info",
                    {"name": name, "tasks": True},
                    register="seen",
                    until=moved,
                    retries=60,
                    delay=1,
                ),
                task("as before", "swarm_service", wanted),
                task("activate", "node", {**drain, "availability": "active"}),
            ]
        }
    )
    assert run.returncode == 0, run.output
    assert run.changed == ["service", "drain", "activate"]
    spread = running(run.results["spread"]["tasks"])
    assert {one["NodeID"] for one in spread} == {node.id for node in cluster.nodes}
    left = running(run.results["moved"]["tasks"])
    assert {one["NodeID"] for one in left} == {cluster["manager-1"].id, cluster["worker-2"].id}


def test_a_node_leaves_and_another_joins(on_nodes: NodePlaybooks, cluster: Cluster) -> None:
    node = cluster["worker-2"]
    leave = {"state": "absent"}
    remove = {"state": "remove", "node_id": node.id}
    join = {
        "state": "join",
        "advertise_addr": node.address,
        "remote_addrs": [f"{cluster['manager-1'].address}:2377"],
        "join_token": "{{ hostvars['manager-1'].swarm.swarm_facts.JoinTokens.Worker }}",
    }
    ready = "seen.nodes | selectattr('Status.State', 'eq', 'ready') | length == 3"
    run = on_nodes.run(
        {
            "worker-2": [task("leave", "swarm", leave), task("left", "swarm", leave)],
            "managers": [
                task("remove", "swarm", remove),
                task("removed", "swarm", remove),
                task("two", "node_info"),
                task("token", "swarm", register="swarm"),
            ],
            "workers[1]": [task("join", "swarm", join), task("joined", "swarm", join)],
            "managers[0]": [
                task("three", "node_info", register="seen", until=ready, retries=30, delay=1)
            ],
        }
    )
    assert run.returncode == 0, run.output
    assert run.changed == ["leave", "remove", "join"]
    assert len(run.results["two"]["nodes"]) == 2
    ids = {one["Description"]["Hostname"]: one["ID"] for one in run.results["three"]["nodes"]}
    assert sorted(ids) == ["manager-1", "worker-1", "worker-2"]
    assert ids["worker-2"] != node.id
    # The engine is the same, and its node another.
    node.id = ids["worker-2"]


def test_a_rolling_update_is_waited_for_and_told(on_nodes: NodePlaybooks, name: str) -> None:
    orders = ("start-first", "stop-first")

    def steps(title: str, does: str) -> list[dict[str, Any]]:
        return [
            task(
                f"{title} {order}",
                "swarm_service",
                service(f"{name}-{order}", does, update_config={"order": order, "monitor": "1s"}),
            )
            for order in orders
        ]

    looked = [
        task(order, "swarm_service_info", {"name": f"{name}-{order}", "tasks": True})
        for order in orders
    ]
    run = on_nodes.run(
        {"managers": [*steps("create", SLEEP), *steps("update", f": new; {SLEEP}"), *looked]}
    )
    assert run.returncode == 0, run.output
    for order in orders:
        updated = run.results[f"update {order}"]
        assert updated["changes"] == ["command"]
        assert updated["service"]["UpdateStatus"]["State"] == "completed"
        tasks = run.results[order]["tasks"]
        assert len(running(tasks)) == 3
        for slot in (1, 2, 3):
            new, old = sorted(
                (one for one in tasks if one["Slot"] == slot),
                key=lambda one: str(one["CreatedAt"]),
                reverse=True,
            )
            began, ended = new["Status"]["Timestamp"], old["Status"]["Timestamp"]
            assert (began < ended) == (order == "start-first"), (order, slot)


def test_an_update_that_fails_is_told_with_what_became_of_it(
    on_nodes: NodePlaybooks, name: str
) -> None:
    def update(action: str, does: str) -> dict[str, Any]:
        config = {"failure_action": action, "monitor": "1s"}
        return service(f"{name}-{action}", does, update_config=config)

    actions = ("rollback", "pause")
    fails = "exit 7"
    run = on_nodes.run(
        {
            "managers": [
                *(task(f"{one} 1", "swarm_service", update(one, SLEEP)) for one in actions),
                *(
                    task(one, "swarm_service", update(one, fails), ignore_errors=True)
                    for one in actions
                ),
            ]
        }
    )
    messages = run.messages
    assert list(messages) == ["rollback", "pause"], run.output
    assert "its update was rolled back" in messages["rollback"]
    assert "its update is paused" in messages["pause"]
    # The command that the service has in the end: that of before, or the one that fails.
    commands = {"rollback": SLEEP, "pause": fails}
    states = {"rollback": "rollback_completed", "pause": "paused"}
    for action in actions:
        assert "non-zero exit (7)" in messages[action]
        told = run.results[action]
        assert (told["changed"], told["changes"]) == (True, ["command"])
        assert told["actions"] == [f"update service {name}-{action}"]
        assert told["service"]["UpdateStatus"]["State"] == states[action]
        assert told["swarm_service"]["command"][-1] == commands[action]


def test_a_node_that_is_lost_in_an_update_is_told(
    on_nodes: NodePlaybooks, cluster: Cluster, name: str
) -> None:
    def wanted(does: str) -> dict[str, Any]:
        # All at once, or it could be done before the node is missed.
        config = {"parallelism": 0, "monitor": "5s", "failure_action": "pause"}
        policy = {"condition": "any", "delay": "0s"}
        return service(name, does, update_config=config, restart_config=policy, wait_timeout=20)

    def begun() -> bool:
        found = cluster.engine.services.inspect(name)
        return (found.get("UpdateStatus") or {}).get("State") == "updating"

    update = [task("update", "swarm_service", wanted(f": new; {SLEEP}"), ignore_errors=True)]
    first = on_nodes.run({"managers": [task("create", "swarm_service", wanted(SLEEP))]})
    assert first.returncode == 0, first.output
    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(on_nodes.run, {"managers": update})
        eventually(begun)
        cluster["worker-1"].kill()
        run = playing.result()
    told = run.results["update"]
    assert told["failed"], run.output
    assert "node worker-1, which has tasks of it, is down" in told["msg"]
    assert (told["changed"], told["changes"]) == (True, ["command"])
    assert told["service"]["UpdateStatus"]["State"] in ("updating", "paused")
