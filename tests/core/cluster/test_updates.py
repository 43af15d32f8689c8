"""Rolling updates on three nodes: their order, and what becomes of one that fails."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_engine.core.polling import poll
from tests.clusters import LACKS_NODES
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from pytest_engine.core.cluster import Cluster
    from pytest_engine.core.types.engine import Service, ServiceCreateBody, Task

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]

SLEEP = "trap exit TERM; sleep 1000 & wait"


def body(name: str, command: str, count: int = 3, **update: Any) -> ServiceCreateBody:
    spec = {
        "Name": name,
        "TaskTemplate": {
            "ContainerSpec": {"Image": "busybox", "Command": ["sh", "-c", command]},
            "RestartPolicy": {"Condition": "none"},
        },
        "Mode": {"Replicated": {"Replicas": count}},
        "UpdateConfig": {"Parallelism": 1, "Monitor": 2_000_000_000, **update},
    }
    return cast("ServiceCreateBody", spec)


def tasks(cluster: Cluster, service: str) -> list[Task]:
    return cluster.engine.tasks.list(filters={"service": service})


def running(cluster: Cluster, service: str) -> list[Task]:
    return [one for one in tasks(cluster, service) if one["Status"]["State"] == "running"]


def updated(cluster: Cluster, service: str, spec: ServiceCreateBody) -> None:
    version = cluster.engine.services.inspect(service)["Version"]["Index"]
    cluster.engine.services.update(service, spec, version=version)


def outcome(cluster: Cluster, service: str, *states: str) -> Service:
    def look() -> Service | None:
        found = cluster.engine.services.inspect(service)
        # What is rolled back is not in the description of the API.
        state: object = (found.get("UpdateStatus") or {}).get("State")
        return found if state in states else None

    return eventually(look)


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_a_rolling_update_replaces_one_task_after_the_other(cluster: Cluster, order: str) -> None:
    name = f"rolling-{uuid.uuid4().hex[:8]}"
    service = cluster.engine.services.create(body(name, SLEEP, Order=order))["ID"]
    eventually(lambda: len(running(cluster, service)) == 3)
    updated(cluster, service, body(name, f": new; {SLEEP}", Order=order))
    outcome(cluster, service, "completed")
    eventually(lambda: len(running(cluster, service)) == 3)
    for slot in (1, 2, 3):
        new, old = sorted(
            (one for one in tasks(cluster, service) if one["Slot"] == slot),
            key=lambda one: one["CreatedAt"],
            reverse=True,
        )
        began, ended = new["Status"]["Timestamp"], old["Status"]["Timestamp"]
        assert (began < ended) == (order == "start-first")


@pytest.mark.parametrize(
    ("action", "state", "is_new"),
    [("rollback", "rollback_completed", False), ("pause", "paused", True)],
)
def test_an_update_that_fails_is_taken_back_or_paused_as_stated(
    cluster: Cluster, action: str, state: str, is_new: object
) -> None:
    name = f"failing-{uuid.uuid4().hex[:8]}"
    service = cluster.engine.services.create(body(name, SLEEP, FailureAction=action))["ID"]
    eventually(lambda: len(running(cluster, service)) == 3)
    updated(cluster, service, body(name, "exit 7", FailureAction=action))
    found = outcome(cluster, service, state)
    command = found["Spec"]["TaskTemplate"]["ContainerSpec"]["Command"][-1]
    assert (command == "exit 7") is is_new
    assert found["UpdateStatus"]["Message"]
    assert len(running(cluster, service)) >= 2
    said = [one["Status"].get("Err", "") for one in tasks(cluster, service)]
    assert "task: non-zero exit (7)" in said


def test_an_update_goes_on_without_a_node_that_is_lost_in_it(cluster: Cluster) -> None:
    name = f"lost-{uuid.uuid4().hex[:8]}"
    # What is lost with its node counts as a failure of the update.
    update: dict[str, Any] = {"Delay": 10_000_000_000, "FailureAction": "continue"}
    spec = body(name, SLEEP, **update)
    # A task comes back elsewhere only where tasks come back at all.
    spec["TaskTemplate"]["RestartPolicy"] = {"Condition": "any", "Delay": 0}
    service = cluster.engine.services.create(spec)["ID"]
    eventually(lambda: len(running(cluster, service)) == 3)
    spec["TaskTemplate"]["ContainerSpec"]["Command"] = ["sh", "-c", f": new; {SLEEP}"]
    updated(cluster, service, spec)
    lost = cluster["worker-1"].id

    def new(but: str = "") -> int:
        wanted = cluster.engine.services.inspect(service)["Spec"]["TaskTemplate"]["ContainerSpec"]
        return sum(
            one["NodeID"] != but
            and one["DesiredState"] == "running"
            and one["Spec"]["ContainerSpec"] == wanted
            for one in running(cluster, service)
        )

    # Between two tasks: a swarm waits for ever for one that is on its way to a node that is lost.
    eventually(new)
    cluster["worker-1"].kill()

    def states() -> str:
        tasks = cluster.engine.tasks.list(filters={"service": service})
        return "\n".join(f"{one['NodeID']} {one['DesiredState']} {one['Status']}" for one in tasks)

    # The swarm waits for a minute for the end of a task that is replaced where it hears nothing.
    poll(
        lambda: new(but=lost) == 3,
        timeout=300,
        what="all tasks are new, on the other nodes",
        tell=states,
    )
