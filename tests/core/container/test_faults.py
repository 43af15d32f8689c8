"""Faults of real containers, undone at the end of the block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core import wait
from pytest_engine.core.container import Container
from pytest_engine.core.container.attached import attachments_of
from pytest_engine.core.errors import (
    ContainerNotFound,
    FaultNotUndone,
    InvalidInput,
    WaitTimeout,
)

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import IPAMConfig
    from tests.conftest import Scratch

    Start = Callable[..., Container]

pytestmark = pytest.mark.engine

SERVE = "mkdir -p /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"


@pytest.fixture
def start(engine: Engine, busybox: str, scratch: Scratch) -> Start:
    """Start a container with a web server, on a network where that is named."""

    def start(name: str, network: str | None = None, **host: Any) -> Container:
        if network is not None:
            host["NetworkMode"] = network
        endpoints = {} if network is None else {network: {"Aliases": [f"{name}-alias"]}}
        body: Any = {
            "Image": busybox,
            "Cmd": ["sh", "-c", SERVE],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}]}, **host},
            "NetworkingConfig": {"EndpointsConfig": endpoints},
        }
        created = engine.containers.create(body, name=scratch.name(name))
        container = Container(engine, created["Id"])
        container.start()
        container.wait(wait.port(80), timeout=30)
        return container

    return start


@pytest.fixture
def backend(engine: Engine, scratch: Scratch) -> str:
    """A network on which containers know each other's names."""
    name = scratch.name("backend")
    engine.networks.create({"Name": name, "Driver": "bridge"})
    return name


def reaches(one: Container, alias: str) -> bool:
    """Whether one container reaches the web server of another by its alias."""
    return one.exec(["nc", "-w", "2", alias, "80"], stdin="", time_limit=30).ok


def fail_without(container: Container) -> None:
    """Remove a container, and fail."""
    container.remove()
    raise LookupError


def test_a_paused_container_does_not_answer_and_then_does_again(start: Start) -> None:
    web = start("web")
    with web.paused():
        assert web.state() == "paused"
        with pytest.raises(WaitTimeout):
            web.wait(wait.http("/"), timeout=0.5)
    web.wait(wait.http("/"), timeout=30)
    assert web.state() == "running"


def test_a_pause_ends_when_the_block_fails(start: Start) -> None:
    web = start("web")
    with pytest.raises(LookupError), web.paused():
        raise LookupError
    assert web.state() == "running"


def test_a_pause_that_the_block_has_ended_is_over(start: Start) -> None:
    web = start("web")
    with web.paused():
        web.unpause()
    assert web.state() == "running"


def test_a_pause_of_a_container_that_the_block_removes_cannot_be_undone(start: Start) -> None:
    web = start("web")
    told = pytest.raises(FaultNotUndone, match=r"The pause of container test-.* its processes")
    with told, web.paused():
        web.remove()


def test_a_stopped_container_is_started_again_and_waited_for(start: Start) -> None:
    web = start("web")
    before = web.inspect()["State"]["StartedAt"]
    with web.stopped(timeout=0, wait=wait.http("/")):
        assert web.state() == "exited"
    assert web.inspect()["State"]["StartedAt"] != before
    web.wait(wait.http("/"), timeout=5)


def test_a_stopped_container_that_is_not_ready_again_is_told(start: Start) -> None:
    web = start("web")
    told = pytest.raises(FaultNotUndone, match=r"it is not ready again: .* was not ready after")
    with told, web.stopped(timeout=0, wait=wait.log("never"), wait_timeout=0.3):
        pass
    assert web.state() == "running"


def test_a_container_that_does_not_run_cannot_be_stopped(start: Start) -> None:
    web = start("web")
    web.kill()
    web.wait(wait.exit(None))
    with pytest.raises(InvalidInput, match="does not run"), web.stopped():
        pass


def test_a_container_that_is_removed_when_it_stops_is_not_stopped(start: Start) -> None:
    web = start("web", AutoRemove=True)
    told = pytest.raises(InvalidInput, match="removed by the engine as soon as it stops")
    with told, web.stopped():
        pass
    assert web.state() == "running"


def test_a_container_that_is_removed_in_the_block_cannot_be_started(start: Start) -> None:
    web = start("web")
    with pytest.raises(FaultNotUndone, match="it is not started"), web.stopped(timeout=0):
        web.remove()
    with pytest.raises(ContainerNotFound):
        web.inspect()


def test_a_disconnected_container_comes_back_with_address_and_aliases(
    start: Start, backend: str
) -> None:
    web, client = start("web", backend), start("client", backend)
    before = attachments_of(web.inspect())[0]
    assert reaches(client, "web-alias")
    with web.disconnected():
        assert attachments_of(web.inspect()) == []
        assert not reaches(client, "web-alias")
    after = attachments_of(web.inspect())[0]
    assert (after.addresses, after.aliases) == (before.addresses, before.aliases)
    assert reaches(client, "web-alias")
    # The engine may have chosen another host port.
    web.wait(wait.http("/"), timeout=30)


def test_a_configured_address_comes_back(start: Start, engine: Engine, scratch: Scratch) -> None:
    name = scratch.name("fixed")
    subnet: IPAMConfig = {"Subnet": "10.213.47.0/24"}
    engine.networks.create({"Name": name, "Driver": "bridge", "IPAM": {"Config": [subnet]}})
    first, web = start("first", name), start("web", name)
    before = web.ip(name)
    with web.disconnected(name):
        # Without a wish, the engine would give this one.
        first.remove()
    assert web.ip(name) == before


def test_only_the_network_that_is_named_is_left(
    start: Start, backend: str, engine: Engine, scratch: Scratch
) -> None:
    other = scratch.name("other")
    engine.networks.create({"Name": other, "Driver": "bridge"})
    web = start("web", backend)
    engine.networks.connect(other, web.id)
    with web.disconnected(backend):
        assert [one.network for one in attachments_of(web.inspect())] == [other]
    assert {one.network for one in attachments_of(web.inspect())} == {backend, other}


@pytest.mark.lacks("podman5", reason="it gives no address again that was just given up")
def test_an_address_that_somebody_else_has_got_is_told(start: Start, backend: str) -> None:
    web = start("web", backend)
    told = pytest.raises(FaultNotUndone, match=r"it has the address .* instead of")
    with told, web.disconnected(backend):
        # The first address that is free is the one that was just given up.
        start("thief", backend)
    assert [one.network for one in attachments_of(web.inspect())] == [backend]


@pytest.mark.lacks("podman5", reason="it gives no address again that was just given up")
def test_another_address_will_do_where_that_is_said(start: Start, backend: str) -> None:
    web = start("web", backend)
    before = web.ip()
    with web.disconnected(backend, keep_address=False):
        start("thief", backend)
    assert web.ip() != before


def test_a_container_that_the_block_has_connected_again_is_left_alone(
    start: Start, backend: str, engine: Engine
) -> None:
    web = start("web", backend)
    with web.disconnected(keep_address=False):
        engine.networks.connect(backend, web.id)
    assert [one.network for one in attachments_of(web.inspect())] == [backend]


def test_a_network_that_it_is_not_on_cannot_be_left(start: Start) -> None:
    web = start("web")
    told = pytest.raises(InvalidInput, match="is not on network elsewhere")
    with told, web.disconnected("elsewhere"):
        pass


def test_a_container_on_the_hosts_network_cannot_be_disconnected(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    body: Any = {"Image": busybox, "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": "host"}}
    web = Container(engine, engine.containers.create(body, name=scratch.name())["Id"])
    with pytest.raises(InvalidInput, match="has no network of its own"), web.disconnected():
        pass


def test_parted_containers_reach_all_others_but_not_each_other(
    start: Start, backend: str, engine: Engine
) -> None:
    one, other, third = (start(name, backend) for name in ("one", "other", "third"))
    before = attachments_of(one.inspect())[0]
    with one.partitioned(other):
        assert not reaches(one, "other-alias")
        assert not reaches(other, "one-alias")
        for near, far in (
            (one, "third-alias"),
            (third, "one-alias"),
            (other, "third-alias"),
            (third, "other-alias"),
        ):
            assert reaches(near, far), (near.name, far)
        one.wait(wait.http("/"), timeout=30)
    after = attachments_of(one.inspect())[0]
    assert (after.addresses, after.aliases) == (before.addresses, before.aliases)
    assert reaches(one, "other-alias")
    assert reaches(other, "one-alias")
    for container in (one, other, third):
        assert [one.network for one in attachments_of(container.inspect())] == [backend]
    assert len(engine.networks.list(filters={"name": backend})) == 1


def test_a_partition_ends_when_the_block_fails_and_a_third_container_has_gone(
    start: Start, backend: str, engine: Engine
) -> None:
    one, other, third = (start(name, backend) for name in ("one", "other", "third"))
    with pytest.raises(LookupError), one.partitioned(other):
        fail_without(third)
    assert reaches(one, "other-alias")
    assert len(engine.networks.list(filters={"name": backend})) == 1


def test_the_network_of_a_partition_carries_the_labels_of_the_container(
    backend: str, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    made = []
    for name in ("one", "other"):
        body: Any = {
            "Image": busybox,
            "Cmd": ["sleep", "1000"],
            "Labels": {"session": name},
            "HostConfig": {"NetworkMode": backend},
        }
        made.append(
            Container(engine, engine.containers.create(body, name=scratch.name(name))["Id"])
        )
        made[-1].start()
    one, other = made
    with one.partitioned(other):
        found = engine.networks.list(filters={"name": backend, "label": ["session=one"]})
        assert len(found) == 1


def test_containers_that_share_no_network_are_parted_already(start: Start, backend: str) -> None:
    one, other = start("one", backend), start("other")
    with pytest.raises(InvalidInput, match="are parted already"), one.partitioned(other):
        pass


def test_on_the_default_network_nobody_would_find_the_one_that_moves(start: Start) -> None:
    one, other = start("one"), start("other")
    with pytest.raises(InvalidInput, match="default network"), one.partitioned(other):
        pass


def test_a_container_is_not_parted_from_itself(start: Start, backend: str) -> None:
    one = start("one", backend)
    with pytest.raises(InvalidInput, match="from itself"), one.partitioned(one):
        pass
