"""The states of a service, computed from what a manager tells."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.service.body import Life
from pytest_engine.core.service.placement import emptiest_node, nodes_to_avoid
from pytest_engine.core.service.states import (
    ALLOWED,
    STATES,
    WrongState,
    check_allowed,
    count,
    state_of,
)

RUNS = ("running", "running")
ENDS = ("running", "remove")
COMPLETE, FAILED = ("complete", "shutdown"), ("failed", "shutdown")


def task(slot: int, state: str, desired: str, created: str = "2", error: str = "") -> Any:
    status = {"State": state, **({"Err": error} if error else {})}
    return {"Slot": slot, "Status": status, "DesiredState": desired, "CreatedAt": created}


def on_nodes(*states: tuple[str, str]) -> list[Any]:
    return [task(number + 1, *state) for number, state in enumerate(states)]


def computed(
    life: Life,
    *tasks: Any,
    update: str = "",
    mode: str = "Replicated",
    asked: int | None = None,
    now: str = "5",
) -> str:
    service: Any = {"Spec": {"Mode": {mode: {} if asked is None else {"Replicas": asked}}}}
    if update:
        service["UpdateStatus"] = {"State": update}
    return state_of(service, life, count(life, tasks), now=now)


UP = Life("start", replicas=2, deployed="1")


@pytest.mark.parametrize(
    ("life", "tasks", "expected"),
    [
        (Life(), [], "Not running"),
        (UP, [], "Starting"),
        (UP, on_nodes(RUNS), "Starting"),
        (UP, on_nodes(RUNS, ("preparing", "running")), "Starting"),
        (UP, on_nodes(RUNS, RUNS), "Running"),
        (UP, on_nodes(RUNS, FAILED), "Partly running"),
        (UP, on_nodes(RUNS, COMPLETE), "Partly running"),
        (UP, on_nodes(COMPLETE, FAILED), "Stopped"),
        (Life("start", replicas=0), [], "Running"),
        (Life("scale", replicas=2), on_nodes(RUNS), "Scaling"),
        (Life("scale", replicas=1), on_nodes(RUNS, ENDS), "Scaling"),
        (Life("scale", replicas=1), on_nodes(RUNS, ("shutdown", "remove")), "Scaling"),
        (Life("scale", replicas=1), on_nodes(RUNS), "Running"),
        (Life("redeploy", replicas=1), on_nodes(("starting", "running")), "Redeploying"),
        (Life("stop"), on_nodes(ENDS, RUNS), "Stopping"),
        (Life("stop"), on_nodes(("shutdown", "remove")), "Stopping"),
        (Life("stop"), on_nodes(("shutdown", "shutdown")), "Stopped"),
        (Life("stop"), [], "Stopped"),
        (Life("terminate"), [], "Terminating"),
    ],
)
def test_the_state_follows_from_the_tasks(life: Life, tasks: list[Any], expected: str) -> None:
    assert computed(life, *tasks) == expected


def test_a_container_that_fails_again_and_again_does_not_keep_it_starting() -> None:
    again = [task(1, "failed", "shutdown", "2"), task(1, "starting", "running", "3")]
    assert computed(Life("start", replicas=1, deployed="1"), *again) == "Partly running"
    # What failed before it was started is over.
    assert computed(Life("start", replicas=1, deployed="3"), *again) == "Starting"


@pytest.mark.parametrize(
    ("until", "tasks", "expected"),
    [
        ("6", [], "Starting"),
        ("6", on_nodes(RUNS), "Starting"),
        ("4", [], "Starting"),
        ("4", on_nodes(("preparing", "running")), "Starting"),
        ("4", on_nodes(RUNS), "Partly running"),
        (None, on_nodes(RUNS), "Partly running"),
    ],
)
def test_containers_that_nobody_asks_for_any_more_are_not_on_their_way(
    until: str | None, tasks: list[Any], expected: str
) -> None:
    life = Life("start", replicas=2, until=until, deployed="1")
    assert computed(life, *tasks, asked=1, now="5") == expected


def test_a_container_that_finds_no_node_says_why() -> None:
    pending = task(1, "pending", "running", error="no suitable node")
    counts = count(UP, [pending])
    assert (counts.failing, counts.errors) == (1, ("no suitable node",))
    assert computed(UP, pending) == "Partly running"


def test_an_update_is_a_redeployment_until_it_is_complete_or_paused() -> None:
    life = Life("redeploy", replicas=1)
    assert computed(life, *on_nodes(RUNS), update="updating") == "Redeploying"
    assert computed(life, *on_nodes(RUNS), update="completed") == "Running"
    assert computed(life, *on_nodes(RUNS), update="paused") == "Running"


def test_containers_of_the_deployment_before_are_about_to_be_replaced() -> None:
    life = Life("redeploy", replicas=1, redeployed=1)
    before, after = (
        {**task(1, "complete", "shutdown"), "Spec": {"ForceUpdate": n}} for n in (0, 1)
    )
    assert computed(life, before) == "Redeploying"
    assert computed(life, before, update="paused") == "Stopped"
    assert computed(life, after) == "Stopped"


def test_a_service_on_every_node_runs_when_all_that_are_there_do() -> None:
    assert computed(UP, mode="Global") == "Starting"
    assert computed(UP, *on_nodes(RUNS), mode="Global") == "Running"


def test_what_is_to_end_on_a_node_that_is_down_holds_nothing_up() -> None:
    lost: Any = {
        **task(3, "orphaned", "remove", error="node n is down"),
        "Spec": {"ForceUpdate": 0},
    }
    assert computed(Life("stop"), lost) == "Stopped"
    assert computed(UP, lost) == "Starting"
    assert computed(UP, *on_nodes(RUNS, RUNS), lost) == "Running"
    # The swarm may keep its place.
    assert computed(UP, *on_nodes(RUNS), lost) == "Partly running"
    assert computed(UP, *on_nodes(RUNS), lost, mode="Global") == "Running"
    counts = count(Life("redeploy", replicas=2, redeployed=1), [lost])
    assert (counts.lost, counts.stale, counts.errors) == (1, 0, ("node n is down",))


def test_what_never_restarts_does_not_wait_for_it() -> None:
    ended = [task(1, "complete", "shutdown", "2"), task(1, "ready", "ready", "3")]
    assert count(UP, ended).failing + count(UP, ended).starting == 1
    assert count(UP, ended, restarts=False).has_succeeded


def test_every_state_has_its_operations_and_its_error() -> None:
    assert set(ALLOWED) < set(STATES)
    check_allowed("x", "stop", "Running")
    with pytest.raises(WrongState, match="cannot stop it while it is Starting; wait for its end"):
        check_allowed("x", "stop", "Starting")
    with pytest.raises(WrongState, match="it allows start, scale, update, terminate"):
        check_allowed("x", "stop", "Not running")


def node(name: str, *, state: str = "ready", availability: str = "active", **labels: str) -> Any:
    return {
        "ID": name,
        "Spec": {"Availability": availability, "Labels": labels},
        "Status": {"State": state},
        "Description": {"Hostname": name},
    }


def placed(service: str, place: str, desired: str = "running") -> Any:
    return {
        "ServiceID": service,
        "NodeID": place,
        "DesiredState": desired,
        "Status": {"State": "running"},
    }


def test_the_emptiest_node_is_one_that_can_take_a_container() -> None:
    nodes = [node("a"), node("b"), node("c", availability="drain"), node("d", state="down")]
    assert emptiest_node(nodes, [placed("x", "a")], ()) == "b"
    assert emptiest_node(nodes, [placed("x", "a", "shutdown")], ()) == "a"
    assert emptiest_node(nodes, [], ["ssd"]) is None
    assert emptiest_node([*nodes, node("e", ssd="true")], [placed("x", "e")], ["ssd"]) == "e"


def test_nodes_that_have_containers_of_the_service_are_not_avoided() -> None:
    nodes = [node("a"), node("b"), node("c")]
    tasks = [placed("mine", "a"), placed("other", "c")]
    assert nodes_to_avoid("b", "mine", nodes, tasks) == ("c",)
    assert nodes_to_avoid("a", "mine", nodes, tasks) == ("b", "c")
