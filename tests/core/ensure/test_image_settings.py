"""What an image brings along, compared with what a container has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.container_compare import Comparing
from pytest_engine.core.ensure.container_fields import at_any_address
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.spec.container import ContainerSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched
    from tests.request_log import RequestLog


@pytest.fixture
def image(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """An image with a variable, a label and a port of its own."""
    name = scratch.name("image")
    container = engine.containers.create({"Image": busybox}, name=scratch.name("source"))["Id"]
    changes = ["ENV A=image", "LABEL tier=image", "EXPOSE 81/tcp"]
    engine.images.commit(container, name=name, changes=changes)
    engine.containers.remove(container, force=True)
    return f"{name}:latest"


def _apply(engine: Engine, spec: ContainerSpec, *, check: bool = False, **how: Any) -> Outcome:
    kind = ContainerKind(comparing=Comparing(**how))
    return reconcile(engine, kind, spec, state="present", check=check)


@pytest.mark.engine
def test_the_wanted_image_counts_although_it_may_be_another_one(
    engine: Engine, scratch: Scratch, busybox: str, image: str, untouched: Untouched
) -> None:
    _apply(engine, ContainerSpec(scratch.name(), busybox))
    spec = ContainerSpec(scratch.name(), image)
    other: dict[str, Any] = {"modes": {"image": "ignore"}}
    with untouched():
        assert not _apply(engine, spec, **other, image_comparison="current-image").changed
        ignored = {"image": "ignore", "env": "ignore", "exposed_ports": "ignore"}
        assert not _apply(engine, spec, modes=ignored).changed
        said = _apply(engine, spec, **other, check=True)
    assert [difference.field for difference in said.differences] == ["env", "exposed_ports"]
    assert _apply(engine, spec, **other).changed
    with untouched():
        assert not _apply(engine, spec, **other).changed


@pytest.mark.engine
def test_what_is_not_stated_any_more_is_as_in_the_image(
    engine: Engine, scratch: Scratch, image: str, untouched: Untouched
) -> None:
    own = ContainerSpec(scratch.name(), image, env={"A": "own"}, labels={"tier": "own"})
    _apply(engine, own)
    with untouched():
        assert not _apply(engine, own).changed
        unstated = ContainerSpec(scratch.name(), image, env={"A": "own"})
        assert not _apply(engine, unstated).changed
        left = ContainerSpec(scratch.name(), image, env={"A": "own"}, labels={})
        assert not _apply(engine, left, image_label_mismatch="fail").changed
    config = _apply(engine, ContainerSpec(scratch.name(), image, labels={})).resource["Config"]  # type: ignore[index]
    assert "A=image" in config["Env"]
    assert config["Labels"].items() >= {"tier": "image"}.items()


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it does not tell the address exactly")
def test_all_addresses_are_more_than_those_of_ipv4(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    def spec(address: str | None) -> ContainerSpec:
        return ContainerSpec(scratch.name(), busybox, ports=[80], default_host_ip=address)

    four = "0.0.0.0"  # noqa: S104  # nothing is started
    _apply(engine, spec(four))
    with untouched():
        assert not _apply(engine, spec(four)).changed
        assert not _apply(engine, spec(None)).changed
    assert _apply(engine, spec("")).changed
    with untouched():
        assert not _apply(engine, spec("")).changed
        assert not _apply(engine, spec(None)).changed
    assert _apply(engine, spec(four)).changed


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it does not tell the address exactly")
def test_ports_without_an_address_have_the_one_of_a_network(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog
) -> None:
    plain, bound, missing = (scratch.name(name) for name in ("plain", "bound", "missing"))
    option = {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.5"}
    engine.networks.create({"Name": plain})
    engine.networks.create({"Name": bound, "Driver": "bridge", "Options": option})
    kind = ContainerKind(network_addresses=True)

    def spec(*networks: str, **more: Any) -> ContainerSpec:
        return ContainerSpec(scratch.name(), busybox, ports=[80], networks=networks, **more)

    for networks, address in (([plain, bound], "127.0.0.5"), ([plain], "0.0.0.0")):  # noqa: S104  # nothing is started
        said = reconcile(engine, kind, spec(*networks), check=True)
        outcome = reconcile(engine, kind, spec(*networks), state="present")
        assert outcome.after == said.after
        assert outcome.after["ports"] == {"80/tcp": [f"{address}:"]}
        assert outcome.resource is not None
        bindings = outcome.resource["HostConfig"]["PortBindings"]
        assert bindings == {"80/tcp": [{"HostIp": address, "HostPort": ""}]}
        assert not reconcile(engine, kind, spec(*networks), state="present").changed
        replaced = reconcile(engine, kind, spec(*networks, env={"A": address}), check=True)
        assert [one.field for one in replaced.differences] == ["env"]
        reconcile(engine, kind, spec(), state="absent")
    foretold = reconcile(engine, kind, spec(missing), check=True)
    assert [str(action) for action in foretold.actions] == [f"create container {scratch.name()}"]
    _apply(engine, spec(plain))
    with Engine(counted.host, environ={}) as client:
        assert not reconcile(client, kind, spec(plain), state="present").changed
    assert len(counted.take()) == 3


def test_a_port_at_any_address_is_the_one_that_is_wanted() -> None:
    wanted = {"80/tcp": ["127.0.0.1:80", ":8080"], "81/tcp": ["0.0.0.0:81"]}
    actual = {"80/tcp": ["0.0.0.0:8080", "127.0.0.1:80"], "81/tcp": [":81"], "82/tcp": [":82"]}
    assert at_any_address(wanted, actual) == {**wanted, "82/tcp": [":82"]}
