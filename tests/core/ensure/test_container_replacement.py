"""A new container in the place of an old one, and what becomes of the old one if that fails."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import (
    ContainerNotFound,
    EngineError,
    InvalidInput,
    NetworkNotFound,
    PortInUse,
)
from pytest_engine.core.spec.container import ContainerSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = pytest.mark.engine


@pytest.fixture
def spec(busybox: str, scratch: Scratch) -> ContainerSpec:
    """A container that runs until it is stopped."""
    command = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]
    return ContainerSpec(scratch.name(), busybox, command=command)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of this host at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _started(engine: Engine, spec: ContainerSpec, **kind: Any) -> Any:
    return reconcile(engine, ContainerKind(**kind), spec, state="started")


def _container(engine: Engine, spec: ContainerSpec) -> tuple[str, str]:
    container = engine.containers.inspect(str(spec.name))
    return container["Id"], container["State"]["Status"]


def test_the_old_container_goes_when_the_new_one_stands(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    _started(engine, spec)
    old, _ = _container(engine, spec)
    outcome = _started(engine, replace(spec, env={"A": "1"}))
    assert [action.verb for action in outcome.actions] == ["stop", "create", "start", "remove"]
    assert scratch.everything() == {f"container {spec.name}"}
    with pytest.raises(ContainerNotFound):
        engine.containers.inspect(old)


@pytest.mark.parametrize("state", ["present", "stopped"])
def test_a_stopped_container_is_replaced_by_a_stopped_one(
    state: str, engine: Engine, spec: ContainerSpec
) -> None:
    reconcile(engine, ContainerKind(), spec, state="present")
    outcome = reconcile(engine, ContainerKind(), replace(spec, env={"A": "1"}), state=state)
    assert [action.verb for action in outcome.actions] == ["create", "remove"]
    assert _container(engine, spec)[1] == "created"


@pytest.mark.parametrize("state", ["present", "stopped"])
def test_a_container_that_ran_is_replaced_by_one_that_is_not_started(
    state: str, engine: Engine, spec: ContainerSpec
) -> None:
    _started(engine, spec)
    outcome = reconcile(engine, ContainerKind(), replace(spec, env={"A": "1"}), state=state)
    assert [action.verb for action in outcome.actions] == ["stop", "create", "remove"]
    assert (outcome.before["running"], outcome.after["running"]) == (True, False)
    assert _container(engine, spec)[1] == "created"


def test_a_container_that_removes_itself_can_be_replaced(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    config: Any = {**spec.to_engine(), "HostConfig": {"AutoRemove": True}}
    engine.containers.create(config, name=spec.name)
    engine.containers.start(str(spec.name))
    _started(engine, replace(spec, env={"A": "1"}))
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_port_that_is_taken_brings_the_old_container_back(
    engine: Engine, spec: ContainerSpec, scratch: Scratch, taken_port: int
) -> None:
    _started(engine, spec)
    old = _container(engine, spec)
    with pytest.raises(PortInUse):
        _started(engine, replace(spec, ports=[f"127.0.0.1:{taken_port}:80"]))
    assert _container(engine, spec) == old
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_new_container_that_cannot_be_frozen_brings_the_old_container_back(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    _started(engine, spec)
    old = _container(engine, spec)

    def start(engine: Engine, new: str) -> None:
        engine.containers.start(new)
        engine.containers.stop(new)

    with pytest.raises(EngineError, match="not running"):
        _started(engine, replace(spec, env={"A": "1"}), paused=True, start=start)
    assert _container(engine, spec) == old
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_new_container_that_cannot_start_leaves_nothing_behind(
    engine: Engine, spec: ContainerSpec, scratch: Scratch, taken_port: int
) -> None:
    with pytest.raises(PortInUse, match="Publish another host port"):
        _started(engine, replace(spec, ports=[f"127.0.0.1:{taken_port}:80"], volumes=["/data"]))
    assert scratch.everything() == set()


def test_what_cannot_be_put_back_is_told_with_what_was_done(
    engine: Engine, spec: ContainerSpec
) -> None:
    _started(engine, spec)
    old, _ = _container(engine, spec)

    def start(engine: Engine, new: str) -> None:
        # Somebody else does that.
        engine.containers.remove(old, force=True)
        raise EngineError(f"{new} does not start.")

    with pytest.raises(EngineError, match=f"does not start. Then .* {spec.name}.{old[:12]}") as it:
        reconcile(
            engine, ContainerKind(start=start), replace(spec, env={"A": "1"}), state="started"
        )
    assert it.value.done == (f"stop container {spec.name}", f"create container {spec.name}")


def test_a_network_that_does_not_exist_brings_the_old_container_back(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    _started(engine, spec)
    old = _container(engine, spec)
    network = scratch.name("net")
    engine.networks.create({"Name": network})
    wanted = replace(spec, env={"A": "1"}, networks=[network, scratch.name("none")])
    with pytest.raises(NetworkNotFound) as caught:
        _started(engine, wanted)
    assert caught.value.done == ()
    assert _container(engine, spec) == old
    assert scratch.everything() == {f"container {spec.name}", f"network {network}"}


def test_a_configuration_that_is_refused_brings_the_old_container_back(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    _started(engine, spec)
    old = _container(engine, spec)
    with pytest.raises(EngineError):
        _started(engine, replace(spec, volumes=["/data/../..:/x:ro"], working_dir="relative"))
    assert _container(engine, spec) == old
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_stopped_container_comes_back_stopped(
    engine: Engine, spec: ContainerSpec, taken_port: int
) -> None:
    reconcile(engine, ContainerKind(), spec, state="present")
    old = _container(engine, spec)
    with pytest.raises(PortInUse):
        _started(engine, replace(spec, ports=[f"127.0.0.1:{taken_port}:80"]))
    assert _container(engine, spec) == old


def test_a_frozen_container_comes_back_frozen_and_under_the_name_that_it_had(
    engine: Engine, spec: ContainerSpec, scratch: Scratch, taken_port: int
) -> None:
    _started(engine, spec)
    engine.containers.pause(str(spec.name))
    old = _container(engine, spec)
    assert old[1] == "paused"
    other = replace(spec, name=scratch.name("new"), ports=[f"127.0.0.1:{taken_port}:80"])
    with pytest.raises(PortInUse):
        _started(engine, other, old_name=spec.name)
    assert _container(engine, spec) == old
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_new_container_has_the_image_of_the_old_one_where_none_is_stated(
    engine: Engine, spec: ContainerSpec
) -> None:
    _started(engine, spec)
    image = engine.containers.inspect(str(spec.name))["Image"]
    _started(engine, replace(spec, image=None, env={"A": "1"}))
    assert engine.containers.inspect(str(spec.name))["Image"] == image


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_check_mode_tells_that_a_newer_image_replaces_it(
    engine: Engine, spec: ContainerSpec, pushed: Callable[..., str]
) -> None:
    name = pushed(ENV="A=1")
    spec = replace(spec, image=name)
    _started(engine, spec)
    engine.images.tag(name, f"{name}-old")
    pushed(ENV="A=2")
    engine.images.tag(f"{name}-old", name)
    engine.images.remove(f"{name}-old")
    foretold, done = (
        reconcile(engine, ContainerKind(pull="always"), spec, state="started", check=check)
        for check in (True, False)
    )
    verbs = ["pull", "stop", "create", "start", "remove"]
    assert [action.verb for action in foretold.actions] == verbs
    assert [action.verb for action in done.actions] == verbs
    again = reconcile(engine, ContainerKind(pull="always"), spec, state="started", check=True)
    assert not again.changed


def test_a_container_without_an_image_cannot_be_created(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    with pytest.raises(InvalidInput, match="state the image"):
        _started(engine, replace(spec, image=None))
    assert scratch.everything() == set()


@pytest.mark.parametrize("keep", [True, False])
def test_anonymous_volumes_are_kept_if_that_is_asked_for(
    keep: bool,  # noqa: FBT001
    engine: Engine,
    spec: ContainerSpec,
    scratch: Scratch,
) -> None:
    spec = replace(spec, volumes=["/data"])
    _started(engine, spec)
    mount: Any = engine.containers.inspect(scratch.name())["Mounts"][0]
    _started(engine, replace(spec, env={"A": "1"}), keep_volumes=keep)
    volumes = [volume["Name"] for volume in engine.volumes.list().get("Volumes") or ()]
    assert (mount["Name"] in volumes) == keep
    if keep:
        engine.volumes.remove(mount["Name"])


def test_a_container_is_stopped_for_as_long_as_is_asked_for(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    # Process 1 without a handler: it would take the ten seconds until it is killed.
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000")
    _started(engine, spec)
    reconcile(engine, ContainerKind(stop_timeout=0), spec, state="stopped")
    assert _container(engine, spec)[1] == "exited"
