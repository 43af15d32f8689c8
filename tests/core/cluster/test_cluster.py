"""A swarm of three engines in containers, and each of its faults once."""

from __future__ import annotations

import contextlib
import json
import ssl
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from pytest_engine.core.cluster import Cluster
from pytest_engine.core.errors import (
    ApiError,
    ConnectionFailed,
    EngineError,
    InvalidInput,
    LaunchFailed,
    PullFailed,
    Timeout,
)
from tests.clusters import LACKS_NODES
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import ClusterNode
    from pytest_engine.core.types.engine import ContainerCreateBody, ServiceCreateBody

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def sleepers(count: int) -> ServiceCreateBody:
    return {
        "Name": f"sleepers-{uuid.uuid4().hex[:8]}",
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": "busybox",
                "Command": ["sleep", "1000"],
                "StopGracePeriod": 1,
            },
        },
        "Mode": {"Replicated": {"Replicas": count}},
    }


def places(cluster: Cluster, service: str) -> Counter[str]:
    """Count the running tasks of a service on each node."""
    names = {node.id: node.name for node in cluster.nodes}
    tasks = cluster.engine.tasks.list(filters={"service": service, "desired-state": "running"})
    running = [one["NodeID"] for one in tasks if one["Status"]["State"] == "running"]
    return Counter(names[node] for node in running)


def made_of(engine: Engine, label: str) -> set[str]:
    """Name what carries a label."""
    filters = {"label": label}
    found = {one["Names"][0] for one in engine.containers.list(all=True, filters=filters)}
    found |= {one["Name"] for one in engine.networks.list(filters=filters)}
    return found | {
        one["Name"] for one in engine.volumes.list(filters=filters).get("Volumes") or []
    }


def test_its_nodes_are_engines_of_one_swarm(cluster: Cluster) -> None:
    listed = cluster.engine.nodes.list()
    assert sorted(one["Description"]["Hostname"] for one in listed) == [
        "manager-1",
        "worker-1",
        "worker-2",
    ]
    assert [node.engine.system.info()["Name"] for node in cluster.nodes] == [
        "manager-1",
        "worker-1",
        "worker-2",
    ]
    assert cluster.leader().name == "manager-1"
    assert [node.inspect()["Status"]["Addr"] for node in cluster.nodes] == [
        node.address for node in cluster.nodes
    ]


def test_its_nodes_have_the_images_from_the_start(cluster: Cluster) -> None:
    for node in cluster.nodes:
        assert node.engine.images.inspect("busybox")["RepoTags"] == ["busybox:latest"]


def test_a_service_is_spread_over_the_nodes(cluster: Cluster) -> None:
    service = cluster.engine.services.create(sleepers(3))["ID"]
    spread = {"manager-1": 1, "worker-1": 1, "worker-2": 1}
    assert eventually(lambda: places(cluster, service) == spread)


def test_an_engine_answers_to_nobody_without_a_certificate(cluster: Cluster) -> None:
    node = cluster.workers[0]
    context = ssl.create_default_context(cafile=str(node.certificates / "ca.pem"))
    with pytest.raises(OSError, match=r"certificate required|reset|closed|alert"):
        urlopen(f"https://{node.published}/_ping", context=context)


def test_other_programs_find_a_node_by_its_variables(cluster: Cluster) -> None:
    from pytest_engine.core.client import Engine as Client

    node = cluster.workers[1]
    with Client(environ=node.environ) as client:
        assert client.system.info()["Name"] == "worker-2"


def test_there_is_an_inventory_of_it(cluster: Cluster) -> None:
    groups: Any = json.loads(json.dumps(cluster.inventory()))["all"]["children"]
    assert list(groups["managers"]["hosts"]) == ["manager-1"]
    assert list(groups["workers"]["hosts"]) == ["worker-1", "worker-2"]
    assert groups["workers"]["hosts"]["worker-1"]["docker_host"].startswith("tcp://")


@pytest.mark.parametrize("fault", ["stop", "kill", "freeze", "cut off"])
def test_a_node_that_fails_is_down_and_comes_back(cluster: Cluster, fault: str) -> None:
    node = cluster.workers[0]
    service = cluster.engine.services.create(sleepers(2))["ID"]
    eventually(lambda: sum(places(cluster, service).values()) == 2)
    before = node.address
    if fault == "cut off":
        cluster.cut_off(node)
    else:
        getattr(node, fault)()
    node.wait_until("down")
    eventually(
        lambda: (
            sum(places(cluster, service).values()) == 2
            and "worker-1" not in places(cluster, service)
        )
    )
    # There is no way to one that does not run.
    assert ("worker-1" in str(cluster.inventory())) == (fault in ("freeze", "cut off"))
    if fault == "cut off":
        # It is still reached from here.
        assert node.engine.system.info()["Name"] == "worker-1"
    elif fault != "freeze":
        with pytest.raises(InvalidInput, match="none of its ports"):
            _ = node.engine
    cluster.mend()
    assert (node.is_ready(), node.address) == (True, before)
    assert node.engine.system.info()["Swarm"]["LocalNodeState"] == "active"


def test_a_drained_node_loses_its_tasks_and_gets_new_ones_when_it_is_active(
    cluster: Cluster,
) -> None:
    service = cluster.engine.services.create(sleepers(3))["ID"]
    eventually(lambda: len(places(cluster, service)) == 3)
    cluster["worker-1"].drain()
    eventually(
        lambda: sum(places(cluster, service).values()) == 3 and len(places(cluster, service)) == 2
    )
    assert "worker-1" not in places(cluster, service)
    cluster["worker-1"].activate()
    fresh = cluster.engine.services.create(sleepers(3))["ID"]
    assert eventually(lambda: "worker-1" in places(cluster, fresh))


def test_roles_change(cluster: Cluster) -> None:
    worker = cluster.workers[0]
    worker.promote()

    def manages() -> bool:
        status = worker.inspect().get("ManagerStatus") or {}
        knows = worker.engine.system.info()["Swarm"]["ControlAvailable"]
        return status.get("Reachability") == "reachable" and knows

    eventually(manages)
    worker.demote()
    assert worker.inspect()["Spec"]["Role"] == "worker"
    eventually(lambda: not worker.engine.system.info()["Swarm"]["ControlAvailable"])
    with pytest.raises(ApiError, match=r"last manager|loss of quorum"):
        cluster.managers[0].demote()


@pytest.fixture
def listeners(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A container on each node that listens at the node's port 8080; node -> container."""
    body: ContainerCreateBody = {
        "Image": "busybox",
        "Cmd": ["httpd", "-f", "-p", "80"],
        "ExposedPorts": {"80/tcp": {}},
        "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "8080"}]}},
    }
    made = {node.name: node.engine.containers.create(body)["Id"] for node in cluster.nodes}
    for name, container in made.items():
        cluster[name].engine.containers.start(container)
    yield made
    for name, container in made.items():
        cluster[name].engine.containers.remove(container, force=True)


def reaches(node: ClusterNode, other: ClusterNode, listeners: Mapping[str, str]) -> set[str]:
    """Try the ways from a node to another; returns those that are open."""
    ways = set()
    for title, port in (("engine", 2376), ("published", 8080)):
        program = f"exec 3<>/dev/tcp/{other.address}/{port}"
        if node.container.exec(["timeout", "2", "bash", "-c", program]).ok:
            ways.add(title)
    # Its input has to end, or it waits for more.
    command = ["sh", "-c", f"nc -w 2 {other.address} 8080 < /dev/null"]
    if node.engine.exec.run(listeners[node.name], command).exit_code == 0:
        ways.add("from a container")
    return ways


def test_a_partition_cuts_between_its_sides_only(
    cluster: Cluster, listeners: dict[str, str]
) -> None:
    manager, first, second = cluster.nodes
    every = {"engine", "published", "from a container"}
    cluster.partition([manager], [first, second])
    first.wait_until("down")
    second.wait_until("down")
    assert reaches(first, second, listeners) == reaches(second, first, listeners) == every
    assert reaches(first, manager, listeners) == reaches(manager, second, listeners) == set()
    # Another split takes its place.
    cluster.partition([manager, first], [second])
    assert reaches(first, manager, listeners) == reaches(manager, first, listeners) == every
    assert reaches(second, first, listeners) == reaches(first, second, listeners) == set()
    cluster.mend()
    assert reaches(second, manager, listeners) == every
    assert [node.is_ready() for node in cluster.nodes] == [True, True, True]


def test_images_are_loaded_later_as_well(cluster: Cluster, engine: Engine) -> None:
    name = f"later-{uuid.uuid4().hex[:8]}"
    engine.images.tag("busybox", name)
    try:
        cluster.load(name)
    finally:
        engine.images.remove(name)
    for node in cluster.nodes:
        assert node.engine.images.inspect(name)["RepoTags"]
        node.engine.images.remove(name)


def test_of_a_name_without_a_tag_the_latest_is_loaded_alone(
    cluster: Cluster, engine: Engine
) -> None:
    name = f"later-{uuid.uuid4().hex[:8]}"
    tags = [f"{name}:latest", f"{name}:other"]
    for tag in tags:
        engine.images.tag("busybox", tag)
    try:
        cluster.load(name)
    finally:
        for tag in tags:
            engine.images.remove(tag)
    for node in cluster.nodes:
        loaded = node.engine.images.inspect(name)["RepoTags"]
        node.engine.images.remove(name)
        assert tags[0] in loaded
        assert tags[1] not in loaded


def test_a_node_that_is_not_there_is_told_with_those_that_are(cluster: Cluster) -> None:
    with pytest.raises(InvalidInput, match="no node worker-9, but manager-1, worker-1, worker-2"):
        cluster["worker-9"]


@contextlib.contextmanager
def three_managers(engine: Engine, image: str) -> Iterator[Cluster]:
    with Cluster.start(engine, managers=3, workers=0, image=image, images=["busybox"]) as cluster:
        yield cluster


def test_a_swarm_survives_its_leader_but_not_the_majority(
    engine: Engine, node_image: str, busybox: str
) -> None:
    del busybox
    with three_managers(engine, node_image) as cluster:
        service = cluster.engine.services.create(sleepers(1))["ID"]
        leader = cluster.leader()
        leader.kill()
        follower = cluster.leader(timeout=60)
        assert follower is not leader
        assert cluster.engine.services.inspect(service)["ID"] == service
        follower.kill()
        (last,) = [node for node in cluster.nodes if node not in (leader, follower)]
        with pytest.raises(Timeout, match="no leader that answers: not within 5 s") as caught:
            cluster.leader(timeout=5)
        assert f"{leader.name}: does not run." in str(caught.value)
        with pytest.raises(EngineError, match=r"leader|deadline"):
            last.engine.services.list()
        cluster.mend(timeout=120)
        assert cluster.engine.services.inspect(service)["ID"] == service


def test_nothing_is_left_of_it(engine: Engine, node_image: str) -> None:
    label = f"test.cluster={uuid.uuid4().hex}"
    key, value = label.split("=")
    cluster = Cluster.start(engine, workers=0, image=node_image, labels={key: value})
    folder = cluster.nodes[0].certificates
    # A container, a network and the volume with the engine's store.
    assert len(made_of(engine, label)) == 3
    assert folder.stat().st_mode & 0o077 == 0
    cluster.close()
    assert (made_of(engine, label), folder.exists()) == (set(), False)
    cluster.close()


def test_nothing_is_left_of_one_that_does_not_come_up(engine: Engine, busybox: str) -> None:
    label = f"test.cluster={uuid.uuid4().hex}"
    key, value = label.split("=")
    with pytest.raises(LaunchFailed, match="needs dockerd, iptables and openssl"):
        Cluster.start(engine, image=busybox, labels={key: value})
    assert made_of(engine, label) == set()


def test_nothing_is_made_where_the_image_is_not_to_be_had(engine: Engine) -> None:
    label = f"test.cluster={uuid.uuid4().hex}"
    key, value = label.split("=")
    with pytest.raises(PullFailed, match="no-such-image-anywhere"):
        Cluster.start(engine, image="no-such-image-anywhere", labels={key: value})
    assert made_of(engine, label) == set()


@pytest.mark.parametrize(("managers", "workers"), [(0, 1), (1, -1), (50, 51)])
def test_a_swarm_has_a_manager_and_not_too_many_nodes(
    engine: Engine, managers: int, workers: int
) -> None:
    with pytest.raises(InvalidInput, match="one manager at least"):
        Cluster.start(engine, managers=managers, workers=workers)


def test_an_engine_that_does_not_answer_is_told(node_image: str) -> None:
    from pytest_engine.core.client import Engine as Client

    with (
        Client("unix:///nowhere/engine.sock", environ={}) as nobody,
        pytest.raises(ConnectionFailed),
    ):
        Cluster.start(nobody, image=node_image)
