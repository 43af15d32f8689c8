"""Containers that a runtime creates, as an engine then has them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from pytest_engine.core import wait
from pytest_engine.core.container import Container
from pytest_engine.core.errors import Conflict, ImageNotFound, InvalidInput, PortInUse, ServerError
from pytest_engine.core.runtime import (
    ContainerCreateConfig,
    ContainerListOptions,
    ContainerLogsOptions,
    ContainerWaitOptions,
    Mount,
    PortBinding,
    RestartPolicy,
)

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch
    from tests.core.runtime.conftest import Make

pytestmark = pytest.mark.engine

_REPORT = """
echo "colour: $COLOUR"
touch /data/new && echo data: written
touch /host/new 2> /dev/null || echo host: refused
"""


def _output(runtime: Runtime, container: str) -> str:
    runtime.container_start(container)
    runtime.container_wait(container, ContainerWaitOptions(), timeout=60)
    with runtime.container_logs(container, ContainerLogsOptions(show_stdout=True)) as log:
        return log.read()[0].decode()


@pytest.mark.smoke
def test_only_the_image_has_to_be_stated(runtime: Runtime, engine: Engine, image: Make) -> None:
    container = runtime.container_create(ContainerCreateConfig(image("echo made")))
    try:
        inspected = engine.containers.inspect(container)
        assert (inspected["Id"], inspected["Name"] != "/") == (container, True)
        assert _output(runtime, container) == "made\n"
    finally:
        engine.containers.remove(container, force=True)


@pytest.mark.smoke
def test_variables_labels_and_mounts_reach_the_container(
    runtime: Runtime, scratch: Scratch, image: Make
) -> None:
    config = ContainerCreateConfig(
        image(_REPORT),
        name=scratch.name(),
        env={"COLOUR": "green = 1"},
        labels={"shape": "round", "empty": ""},
        mounts=[Mount(scratch.name("data"), "/data"), Mount("/etc", "/host", "bind", True)],  # noqa: FBT003
    )
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    container = runtime.container_create(config)
    assert _output(runtime, container).splitlines() == [
        "colour: green = 1",
        "data: written",
        "host: refused",
    ]
    (listed,) = runtime.container_list(
        ContainerListOptions(all=True, filters={"name": scratch.name()})
    ).containers
    assert (listed.id, listed.names) == (container, (scratch.name(),))
    assert {"shape": "round", "empty": ""}.items() <= listed.labels.items()
    assert before < listed.created + timedelta(seconds=1)
    assert listed.created <= datetime.now(timezone.utc)


def test_what_was_written_to_a_volume_is_there_for_the_next(
    runtime: Runtime, scratch: Scratch, image: Make
) -> None:
    volume = Mount(scratch.name("data"), "/data")
    for suffix, script, output in (
        ("one", "echo kept > /data/file", ""),
        ("two", "cat /data/file", "kept\n"),
    ):
        config = ContainerCreateConfig(
            image(script, suffix=suffix), name=scratch.name(suffix), mounts=[volume]
        )
        assert _output(runtime, runtime.container_create(config)) == output


def test_a_mount_without_a_source_is_a_volume_of_its_own(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    mounts = [Mount(None, "/a"), Mount(None, "/b", "tmpfs")]
    config = ContainerCreateConfig(image(), name=scratch.name(), mounts=mounts)
    inspected: Any = engine.containers.inspect(runtime.container_create(config))
    # Podman counts memory as no mount.
    (volume,) = [mount for mount in inspected["Mounts"] if mount["Type"] == "volume"]
    assert (volume["Destination"], bool(volume["Name"])) == ("/a", True)


@pytest.mark.smoke
def test_limits_and_the_policy_are_the_engines(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    config = ContainerCreateConfig(
        image(),
        name=scratch.name(),
        cpus=0.5,
        memory_mb=64,
        restart=RestartPolicy.UNLESS_STOPPED,
    )
    host: Any = engine.containers.inspect(runtime.container_create(config)).get("HostConfig")
    assert host["Memory"] == 64 * 1024 * 1024
    assert host["NanoCpus"] == 500_000_000
    assert host["RestartPolicy"]["Name"] == "unless-stopped"


def test_no_limits_are_none(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    container = runtime.container_create(ContainerCreateConfig(image(), name=scratch.name()))
    host: Any = engine.containers.inspect(container).get("HostConfig")
    assert (host["Memory"], host["NanoCpus"]) == (0, 0)
    assert host["RestartPolicy"]["Name"] in ("", "no")


@pytest.mark.parametrize("policy", RestartPolicy)
def test_every_policy_is_one_of_the_engines(
    policy: RestartPolicy, runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    config = ContainerCreateConfig(image(), name=scratch.name(), restart=policy)
    host: Any = engine.containers.inspect(runtime.container_create(config)).get("HostConfig")
    assert host["RestartPolicy"]["Name"] == policy.value


@pytest.mark.smoke
def test_a_published_port_is_reached(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    serve = "mkdir /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"
    ports = [PortBinding(80, host_ip="127.0.0.1"), PortBinding(53, protocol="udp")]
    config = ContainerCreateConfig(image(serve), name=scratch.name(), ports=ports)
    container = Container(engine, runtime.container_create(config))
    runtime.container_start(container.id)
    container.wait(wait.port(80))
    address = container.address(80)
    assert address.host == "127.0.0.1"
    with urlopen(f"http://{address}/") as response:
        assert response.read() == b"hello\n"
    host: Any = container.inspect().get("HostConfig")
    assert sorted(host["PortBindings"]) == ["53/udp", "80/tcp"]


def test_a_port_of_the_host_is_taken_once(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    name = image()
    first = ContainerCreateConfig(name, name=scratch.name("a"), ports=[PortBinding(80)])
    container = runtime.container_create(first)
    runtime.container_start(container)
    taken = Container(engine, container).address(80).port
    second = ContainerCreateConfig(name, name=scratch.name("b"), ports=[PortBinding(80, taken)])
    other = runtime.container_create(second)
    # One of the kinds of error that the interface has, and a port in use is one of those.
    with pytest.raises(ServerError) as caught:
        runtime.container_start(other)
    assert isinstance(caught.value, PortInUse)


def test_an_image_that_the_engine_lacks_is_missing(runtime: Runtime, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound):
        runtime.container_create(ContainerCreateConfig(scratch.name("none")))
    assert scratch.everything() == set()


def test_a_name_is_given_once(runtime: Runtime, scratch: Scratch, image: Make) -> None:
    config = ContainerCreateConfig(image(), name=scratch.name())
    runtime.container_create(config)
    with pytest.raises(Conflict):
        runtime.container_create(config)


@pytest.mark.lacks("podman5", reason="it takes a mount at /")
def test_what_the_engine_finds_wrong_is_wrong_input(
    runtime: Runtime, scratch: Scratch, image: Make
) -> None:
    config = ContainerCreateConfig(
        image(), name=scratch.name(), mounts=[Mount("/", "/", "bind"), Mount("a", "/a")]
    )
    with pytest.raises(InvalidInput):
        runtime.container_create(config)
