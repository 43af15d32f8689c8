"""Services with a life, through all that can be done with them, on three nodes."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import Conflict, EngineError, InvalidInput, NotFound, Timeout
from pytest_engine.core.service.services import LiveServices
from pytest_engine.core.service.states import ALLOWED, WrongState
from tests.clusters import LACKS_NODES
from tests.core.service.conftest import places, tell_swarm
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from pytest_engine.core.cluster import Cluster
    from tests.core.service.conftest import Make

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def test_it_lives_from_creation_to_termination(make: Make) -> None:
    service = make(target_num_containers=2)
    assert (service.state, service.counts.current, service.synchronized) == ("Not running", 0, True)
    assert service.describe()["deployed_datetime"] is None
    service.start()
    assert service.state in ("Starting", "Running")
    service.wait_until("Running")
    assert (service.counts.running, service.synchronized) == (2, True)
    told = service.describe()
    assert (told["current_num_containers"], told["running_num_containers"]) == (2, 2)
    assert len(told["containers"]) == 2
    assert told["started_datetime"] == told["deployed_datetime"] is not None
    service.scale(3)
    assert service.state in ("Scaling", "Running")
    service.wait_until("Running")
    assert service.counts.running == 3
    before = {task["ID"] for task in service.tasks if task["DesiredState"] == "running"}
    service.redeploy()
    assert service.state == "Redeploying"
    service.wait_until("Running")
    after = {task["ID"] for task in service.tasks if task["DesiredState"] == "running"}
    assert before & after == set()
    service.stop()
    assert service.state in ("Stopping", "Stopped")
    service.wait_until("Stopped")
    assert service.describe()["stopped_datetime"]
    service.start().wait_until("Running")
    assert service.counts.running == 3
    service.terminate()
    assert service.state == "Terminated"
    assert service.describe()["destroyed_datetime"]


def test_stopped_and_not_running_are_told_apart_by_anybody(
    make: Make, services: LiveServices
) -> None:
    fresh, stopped = make(), make()
    stopped.start().wait_until("Running")
    stopped.stop().wait_until("Stopped")
    others = LiveServices(services.engine)
    assert others.get(fresh.name).state == "Not running"
    assert others.get(stopped.uuid).state == "Stopped"


@pytest.mark.parametrize(
    ("operation", "allowed"),
    [("stop", "start, scale, update, terminate"), ("redeploy", "start, scale, update, terminate")],
)
def test_what_the_state_does_not_allow_says_what_it_does(
    make: Make, operation: str, allowed: str
) -> None:
    service = make()
    with pytest.raises(WrongState, match=f"while it is Not running; it allows {allowed}") as caught:
        getattr(service, operation)()
    assert caught.value.allowed == tuple(allowed.split(", "))
    assert service.refresh().state == "Not running"


def test_a_running_service_cannot_be_started_again(make: Make) -> None:
    service = make()
    service.start().wait_until("Running")
    with pytest.raises(WrongState, match="cannot start it while it is Running; it allows stop"):
        service.start()


def test_a_terminated_service_allows_nothing(make: Make, services: LiveServices) -> None:
    service = make()
    service.terminate()
    with pytest.raises(WrongState, match="while it is Terminated"):
        service.terminate()
    with pytest.raises(NotFound):
        services.get(service.name)
    assert services.find(service.name) is None


def test_services_are_found_by_uuid_state_name_and_stack(
    make: Make, services: LiveServices
) -> None:
    one, two = make(stack="shop"), make()
    longer = make(name=f"{one.name}-longer")
    two.start().wait_until("Running")
    names = sorted([one.name, two.name, longer.name])
    assert [each.name for each in services.list()] == names
    assert [each.uuid for each in services.list(uuid=two.uuid)] == [two.uuid]
    assert [each.uuid for each in services.list(name=one.name)] == [one.uuid]
    assert [each.uuid for each in services.list(state="Running")] == [two.uuid]
    assert [each.uuid for each in services.list(stack="shop")] == [one.uuid]
    with pytest.raises(InvalidInput, match="'Asleep' is none of Not running"):
        services.list(state="Asleep")


def test_a_swarm_service_of_somebody_else_is_none_of_ours(
    cluster: Cluster, services: LiveServices
) -> None:
    name = f"plain-{uuid.uuid4().hex[:8]}"
    cluster.engine.services.create(
        {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": "busybox"}}}
    )
    assert services.list() == []
    with pytest.raises(InvalidInput, match="swarm service without a life"):
        services.get(name)


def test_a_name_that_is_taken_is_a_conflict(make: Make) -> None:
    with pytest.raises(Conflict):
        make(name=make().name)


def test_an_update_changes_what_runs(make: Make, services: LiveServices) -> None:
    service = make(container_envvars={"SECRET": "old", "KEPT": "1"})
    service.update(nickname="Nick", target_num_containers=2)
    assert (service.state, service.definition.nickname) == ("Not running", "Nick")
    service.start().wait_until("Running")
    before = {task["ID"] for task in service.tasks if task["DesiredState"] == "running"}
    service.update(nickname="Nicky")
    assert {one["ID"] for one in service.tasks if one["DesiredState"] == "running"} == before
    service.update(container_envvars={"SECRET": "new"})
    service.wait_until("Running")
    found = services.get(service.uuid)
    assert found.definition.container_envvars == {"SECRET": "new"}
    assert found.counts.running == 2
    # Labels are shown everywhere.
    labels = services.engine.services.inspect(service.uuid)["Spec"]["Labels"]
    assert "old" not in str(labels)
    assert "SECRET" not in str(labels)


def test_a_target_that_is_updated_counts_from_the_next_scale_on(make: Make) -> None:
    service = make()
    service.start().wait_until("Running")
    service.update(target_num_containers=2)
    service.wait_until("Running")
    assert (service.counts.running, service.synchronized) == (1, False)
    service.scale().wait_until("Running")
    assert (service.counts.running, service.synchronized) == (2, True)


def test_scaling_a_stopped_service_sets_the_target(make: Make) -> None:
    service = make()
    service.scale(2)
    assert (service.state, service.definition.target_num_containers) == ("Not running", 2)
    service.start().wait_until("Running")
    assert service.counts.running == 2
    service.scale(1)
    assert service.state in ("Scaling", "Running")
    service.wait_until("Running")
    assert service.counts.current == 1


def test_a_service_cannot_be_renamed_nor_moved_to_every_node(make: Make) -> None:
    service = make()
    with pytest.raises(InvalidInput, match="cannot be renamed"):
        service.update(name="other")
    with pytest.raises(InvalidInput, match="to or from EVERY_NODE"):
        service.update(deployment_strategy="EVERY_NODE")


def test_a_service_on_every_node_follows_the_nodes_and_is_not_scaled(
    cluster: Cluster, make: Make
) -> None:
    cluster["worker-2"].drain()
    service = make(deployment_strategy="EVERY_NODE")
    assert (service.state, service.counts.current) == ("Not running", 0)
    service.start().wait_until("Running")
    assert eventually(lambda: places(cluster, service) == {"manager-1": 1, "worker-1": 1})
    with pytest.raises(InvalidInput, match="cannot be scaled"):
        service.scale(2)
    cluster["worker-2"].activate()
    assert eventually(lambda: places(cluster, service)["worker-2"] == 1)
    service.stop().wait_until("Stopped")
    assert places(cluster, service) == {}
    service.start().wait_until("Running")
    assert eventually(lambda: sum(places(cluster, service).values()) == 3)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("EMPTIEST_NODE", {"worker-2": 2}), ("HIGH_AVAILABILITY", {"worker-2": 1, "worker-1": 1})],
)
def test_strategies_choose_different_nodes(
    cluster: Cluster, make: Make, strategy: str, expected: dict[str, int]
) -> None:
    # Others keep two nodes busy, so the emptiest already runs the first container.
    for node, others in (("manager-1", 4), ("worker-1", 3)):
        cluster[node].label(**{f"busy{node[-1]}{node[0]}": "true"})
        busy = make(
            tags=[f"busy{node[-1]}{node[0]}"],
            target_num_containers=others,
            deployment_strategy="HIGH_AVAILABILITY",
        )
        busy.start().wait_until("Running")
    service = make(deployment_strategy=strategy)
    service.start().wait_until("Running")
    assert places(cluster, service) == {"worker-2": 1}
    service.scale(2).wait_until("Running")
    assert places(cluster, service) == expected
    # What comes later is not bound to that.
    spec = cluster.engine.services.inspect(service.uuid)["Spec"]["TaskTemplate"]
    assert not spec["Placement"].get("Constraints")


def test_containers_of_a_sequential_service_start_one_after_the_other(make: Make) -> None:
    service = make(target_num_containers=3, sequential_deployment=True)
    service.start()
    assert service.counts.running == 3
    tasks = sorted(service.tasks, key=lambda task: task["Slot"])
    for earlier, later in zip(tasks, tasks[1:]):
        assert earlier["Status"]["Timestamp"] < later["CreatedAt"]


def test_a_start_that_is_given_up_leaves_nothing_on_its_way_for_ever(make: Make) -> None:
    service = make(
        target_num_containers=3,
        sequential_deployment=True,
        deployment_strategy="HIGH_AVAILABILITY",
    )
    with pytest.raises(Timeout, match="Container 1 of service"):
        service.start(timeout=0)
    service.wait_until("Running")
    assert service.counts.running == 3


def test_a_start_whose_process_was_killed_holds_nothing_up(
    make: Make, services: LiveServices
) -> None:
    service = make(sequential_deployment=True)
    service.start().update(target_num_containers=2)
    service.wait_until("Running")
    # As it is after a start of two, when the swarm has been asked for the first alone.
    tell_swarm(services.engine, service, 1, replicas=2)
    service.wait_until("Partly running")
    assert service.counts.running == 1
    service.scale().wait_until("Running")
    assert service.counts.running == 2


def test_a_service_that_is_stopped_meanwhile_is_not_brought_up_any_further(
    make: Make, services: LiveServices
) -> None:
    service = make(
        target_num_containers=2,
        sequential_deployment=True,
        run_command="/no-such-program",
        autorestart="ALWAYS",
    )

    def stop() -> None:
        services.get(service.uuid).wait_until("Partly running").stop()

    with ThreadPoolExecutor() as pool:
        stopping = pool.submit(stop)
        with pytest.raises(WrongState, match="meanwhile somebody has begun to stop it"):
            service.start(timeout=15)
        stopping.result()
    service.wait_until("Stopped")


@pytest.mark.parametrize(
    ("restart", "command", "expected"),
    [
        ("OFF", "exit 0", "Stopped"),
        ("OFF", "exit 3", "Stopped"),
        ("ON_FAILURE", "exit 0", "Stopped"),
        ("ON_FAILURE", "sleep 1; exit 3", "Partly running"),
        ("ALWAYS", "sleep 1", "Partly running"),
    ],
)
def test_containers_that_end_restart_as_stated(
    make: Make, restart: str, command: str, expected: str
) -> None:
    service = make(autorestart=restart, run_command=["sh", "-c", command])
    if (restart, command) == ("ALWAYS", "sleep 1"):
        # A success is no failure: it starts again and again.
        service.start()
        eventually(lambda: len(service.refresh().tasks) > 2)
        return
    service.start().wait_until(expected)


@pytest.mark.parametrize("strategy", ["HIGH_AVAILABILITY", "EVERY_NODE"])
def test_what_has_ended_by_itself_is_started_again(
    cluster: Cluster, make: Make, strategy: str
) -> None:
    for node in cluster.workers:
        node.drain()
    service = make(deployment_strategy=strategy, run_command="true")
    ended: set[str] = set()
    for operation in (service.start, service.start, service.redeploy):
        operation()
        service.wait_until("Stopped")
        assert service.counts.has_succeeded
        newest = max(service.tasks, key=lambda task: task["CreatedAt"])
        assert newest["ID"] not in ended
        ended.add(newest["ID"])


def test_some_that_end_leave_it_partly_running(make: Make) -> None:
    command = 'if [ "$N" = 1 ]; then exit 1; fi; sleep 1000'
    service = make(
        target_num_containers=2,
        hostname="{{.Task.Slot}}",
        run_command=["sh", "-c", f"N=$(hostname); {command}"],
    )
    service.start().wait_until("Partly running")
    assert (service.counts.running, service.counts.stopped) == (1, 1)
    assert "exit" in service.counts.errors[0]
    with pytest.raises(WrongState):
        service.start()
    service.stop().wait_until("Stopped")


def test_a_service_that_no_node_takes_says_why_and_can_be_stopped(make: Make) -> None:
    service = make(tags=["no-node-has-it"], deployment_strategy="HIGH_AVAILABILITY")
    service.start().wait_until("Partly running")
    with pytest.raises(EngineError, match=r"no suitable node .*It is Partly running"):
        service.wait_until("Running", timeout=600)
    service.stop().wait_until("Stopped")


def test_a_node_that_is_down_keeps_a_service_from_nothing(
    cluster: Cluster, services: LiveServices, make: Make
) -> None:
    service = make(target_num_containers=3, deployment_strategy="HIGH_AVAILABILITY")
    service.start().wait_until("Running")
    assert places(cluster, service)["worker-2"] == 1
    cluster["worker-2"].kill()
    try:
        service.stop().wait_until("Stopped")
        # Its engine, which is among those of `services`, has volumes that nobody reaches.
        elsewhere = LiveServices(cluster.engine, network=services.network)
        service = elsewhere.get(service.name).start().wait_until("Running", "Partly running")
        # The swarm itself keeps the place of a container whose end it has not seen.
        assert eventually(lambda: service.refresh().counts.running >= 2)
        assert places(cluster, service).keys() == {"manager-1", "worker-1"}
        assert "stop" in ALLOWED[service.state]
        assert service.terminate().state == "Terminated"
    finally:
        cluster.mend()
