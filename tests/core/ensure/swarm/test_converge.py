"""Waiting for the tasks of a service in a real swarm, and what hinders them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.converge import (
    lost_nodes,
    missing_tasks,
    no_node_for,
    reasons_of,
    wait_all_converged,
    wait_converged,
)
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.errors import EngineError, Timeout
from pytest_engine.core.spec.service import ServiceSpec
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

PATIENCE = 60


def bring_about(
    engine: Engine,
    name: str,
    image: str,
    mode: str = "replicated",
    replicas: int | None = 1,
    **settings: Any,
) -> str:
    """Bring a service about, and return its id; its tasks end at once when they are to."""
    usual = {"command": ["sleep", "600"], "stop_grace_period": "1s"}
    wanted = ServiceSpec(name, image, mode, replicas, settings={**usual, **settings})
    service = reconcile(engine, ServiceKind(), wanted).resource
    assert service is not None
    return str(service["ID"])


def running(engine: Engine, service: str) -> int:
    tasks = engine.tasks.list(filters={"service": service, "desired-state": "running"})
    return len([task for task in tasks if task["Status"]["State"] == "running"])


def test_it_waits_until_all_tasks_run(engine: Engine, name: str, busybox: str) -> None:
    service = bring_about(engine, name, busybox, replicas=3)
    wait_converged(engine, service, timeout=PATIENCE)
    assert running(engine, service) == 3
    bring_about(engine, name, busybox, replicas=1)
    wait_converged(engine, service, timeout=PATIENCE)
    wait_converged(engine, name, timeout=0)


def test_it_waits_until_an_update_is_completed(
    engine: Engine,
    name: str,
    busybox: str,
) -> None:
    service = bring_about(engine, name, busybox, update_config={"monitor": "1s"})
    wait_converged(engine, service, timeout=PATIENCE)
    bring_about(engine, name, busybox, env={"A": "1"})
    found = wait_converged(engine, service, timeout=PATIENCE)
    assert found["UpdateStatus"]["State"] == "completed"
    assert running(engine, service) == 1


def test_one_task_on_each_node_is_waited_for(
    engine: Engine,
    name: str,
    busybox: str,
) -> None:
    service = bring_about(engine, name, busybox, "global", None)
    wait_converged(engine, service, timeout=PATIENCE)
    assert running(engine, service) == 1


@pytest.mark.parametrize("mode", ["replicated-job", "global-job"])
def test_a_job_is_waited_for_each_time(
    engine: Engine,
    name: str,
    busybox: str,
    mode: str,
) -> None:
    replicas = 2 if mode == "replicated-job" else None
    for value in ("1", "2"):
        service = bring_about(
            engine, name, busybox, mode, replicas, command=["true"], env={"A": value}
        )
        wait_converged(engine, service, timeout=PATIENCE)
        tasks = engine.tasks.list(filters={"service": service})
        done = [task for task in tasks if task["Status"]["State"] == "complete"]
        assert len(done) >= (replicas or 1)


def test_constraints_that_no_node_meets_are_said_at_once(
    engine: Engine,
    name: str,
    busybox: str,
) -> None:
    service = bring_about(engine, name, busybox, constraints=["node.labels.nowhere == here"])
    with pytest.raises(EngineError, match="constraints not satisfied") as caught:
        wait_converged(engine, service, timeout=PATIENCE)
    assert not isinstance(caught.value, Timeout)
    assert f"{name}.1 is pending" in str(caught.value)


def test_an_image_that_no_node_has_is_said(
    engine: Engine,
    node: str,
    name: str,
) -> None:
    service = bring_about(engine, name, "no-such-image:1", restart_policy_delay="0s")
    with pytest.raises(EngineError, match="of its tasks failed") as caught:
        wait_converged(engine, service, timeout=PATIENCE)
    host = engine.nodes.inspect(node)["Description"]["Hostname"]
    reason = f"{name}.1 on {host} is rejected: No such image: no-such-image:1"
    assert str(caught.value).count(reason) == 1


def test_a_task_that_fails_and_is_not_started_again_is_said(
    engine: Engine,
    name: str,
    busybox: str,
) -> None:
    service = bring_about(
        engine, name, busybox, command=["sh", "-c", "exit 3"], restart_policy="none"
    )

    def look() -> None:
        # Until it fails, it may be seen to run.
        for _n in range(100):
            wait_converged(engine, service, timeout=PATIENCE)
            time.sleep(0.1)

    with pytest.raises(EngineError, match=r"1 of its tasks failed.\n.*non-zero exit \(3\)"):
        look()


def test_a_port_that_is_in_use_is_said_when_the_time_is_over(
    engine: Engine,
    name: str,
    busybox: str,
) -> None:
    port = {"TargetPort": 80, "PublishedPort": 18099, "PublishMode": "host"}
    service = bring_about(engine, name, busybox, replicas=2, publish=[port])
    eventually(lambda: running(engine, service))
    with pytest.raises(Timeout, match="1 of 2 tasks run") as caught:
        wait_converged(engine, service, timeout=3)
    assert "host-mode port already in use" in str(caught.value)


@pytest.mark.parametrize(
    ("action", "message"), [("rollback", "was rolled back"), ("pause", "is paused")]
)
def test_an_update_that_fails_is_said(
    engine: Engine,
    name: str,
    busybox: str,
    action: str,
    message: str,
) -> None:
    config = {"failure_action": action, "monitor": "1s"}
    service = bring_about(engine, name, busybox, update_config=config)
    wait_converged(engine, service, timeout=PATIENCE)
    bring_about(engine, name, busybox, command=["sh", "-c", "exit 3"], restart_policy="none")
    with pytest.raises(EngineError, match=rf"(?s)its update {message}.*non-zero exit \(3\)"):
        wait_converged(engine, service, timeout=PATIENCE)
    status = engine.services.inspect(service).get("UpdateStatus") or {}
    # What is rolled back is not in the description of the API.
    ended: object = status.get("State")
    assert ended == {"rollback": "rollback_completed", "pause": "paused"}[action]
    if action == "rollback":
        # As it was before: to want that again is no failure.
        wait_converged(engine, service, timeout=PATIENCE, updated=False)


class Managers:
    """A service of one task that waits for a node, until the nodes that are away are back."""

    def __init__(self, error: str, back: float) -> None:
        self.now = 0.0
        self.fails_at = float("inf")
        self._error = error
        self._back = back
        self.services = self.tasks = self.nodes = self

    def inspect(self, service: str) -> dict[str, Any]:
        mode = {"Replicated": {"Replicas": 1}}
        template = {"RestartPolicy": {"Condition": "none"}}
        return {"ID": service, "Spec": {"Name": service, "Mode": mode, "TaskTemplate": template}}

    def list(self, filters: Any = None) -> list[dict[str, Any]]:
        if filters is None:
            return []
        there = self.now >= self._back
        if self.now >= self.fails_at:
            return [{"DesiredState": "running", "Status": {"State": "failed"}}]
        status = {"State": "running"} if there else {"State": "pending", "Err": self._error}
        return [{"DesiredState": "running", "Status": status}]

    def wait(self) -> None:
        engine: Any = self
        wait_converged(engine, "web", timeout=60, clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


UNMET = "scheduling constraints not satisfied on 1 node"


def test_a_new_task_has_to_run_for_a_moment() -> None:
    managers = Managers("", 0)
    managers.wait()
    assert managers.now == pytest.approx(1, abs=0.5)


def test_the_new_tasks_of_several_services_run_for_that_moment_together() -> None:
    managers = Managers("", 0)
    engine: Any = managers
    services = dict.fromkeys(("a", "b", "c", "d"), True)
    found = wait_all_converged(
        engine, services, timeout=60, clock=lambda: managers.now, sleep=managers.sleep
    )
    assert [one["ID"] for one in found] == ["a", "b", "c", "d"]
    assert managers.now == pytest.approx(1, abs=0.5)


def test_a_new_task_that_ends_at_once_is_said() -> None:
    managers = Managers("", 0)
    managers.fails_at = 0.3
    with pytest.raises(EngineError, match="1 of its tasks failed"):
        managers.wait()


@pytest.mark.parametrize(
    ("error", "back", "waited"),
    [
        (f"no suitable node ({UNMET})", 5, 0),
        (f"no suitable node (2 nodes not available for new tasks; {UNMET})", 50, 10),
    ],
)
def test_nodes_that_are_away_are_waited_for_a_little(
    error: str, back: float, waited: float
) -> None:
    managers = Managers(error, back)
    with pytest.raises(EngineError, match="no suitable node"):
        managers.wait()
    assert managers.now == pytest.approx(waited, abs=1)


@pytest.mark.parametrize(
    ("desired", "told"),
    [("running", True), ("complete", True), ("shutdown", False), ("remove", False)],
)
def test_a_task_that_is_still_wanted_and_finds_no_node_is_told(desired: str, told: object) -> None:
    error = f"no suitable node ({UNMET})"
    # A job's tasks are to be complete.
    task = {"DesiredState": desired, "Status": {"State": "pending", "Err": error}}
    assert no_node_for([task], 0.0) == (error if told else "")


def test_a_node_that_comes_back_gets_the_task() -> None:
    managers = Managers(f"no suitable node (2 nodes not available for new tasks; {UNMET})", 5)
    managers.wait()
    assert managers.now == pytest.approx(6, abs=1)


def test_a_global_service_without_nodes_lacks_tasks() -> None:
    service: dict[str, Any] = {"Spec": {"Mode": {"Global": {}}}}
    assert missing_tasks(service, []) == "0 of 0 tasks run"


def test_a_reason_is_told_once_and_the_newest_first() -> None:
    def task(slot: int, error: str, when: str) -> dict[str, Any]:
        status = {"State": "failed", "Err": error, "Timestamp": when}
        return {"Slot": slot, "NodeID": "n", "Status": status}

    tasks = [task(1, "a", "1"), task(2, "b", "3"), task(3, "a", "2"), task(4, "", "4")]
    assert reasons_of({"Spec": {"Name": "s"}}, tasks, {"n": "host"}) == [
        "s.2 on host is failed: b",
        "s.3 on host is failed: a",
    ]


def test_nodes_that_are_not_heard_of_are_told_where_they_have_tasks() -> None:
    def seen(identity: str, state: str, message: str = "") -> dict[str, Any]:
        status = {"State": state, "Message": message}
        return {"ID": identity, "Description": {"Hostname": f"host-{identity}"}, "Status": status}

    nodes = [seen("a", "down", "heartbeat failure"), seen("b", "ready"), seen("c", "down")]
    tasks = [{"NodeID": "a"}, {"NodeID": "b"}, {}]
    assert lost_nodes(tasks, nodes) == [
        "node host-a, which has tasks of it, is down: heartbeat failure"
    ]
