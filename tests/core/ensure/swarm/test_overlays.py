"""Networks of a swarm, brought to a wanted state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.spec.network import NetworkSpec
from tests.conftest import TEST_ENGINE
from tests.lab import OWN_ENGINE

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
    pytest.mark.skipif(
        TEST_ENGINE != OWN_ENGINE, reason="an engine in a container attaches none to an overlay"
    ),
]


def test_what_balances_the_load_of_an_overlay_is_no_container(
    engine: Engine, node: str, scratch: Scratch, busybox: str
) -> None:
    assert node
    network, name = scratch.name("net"), scratch.name("box")
    spec = NetworkSpec(network, driver="overlay", attachable=True)
    reconcile(engine, NetworkKind(), spec)
    body: Any = {
        "Image": busybox,
        "Cmd": ["sleep", "1000"],
        "HostConfig": {"NetworkMode": network, "Init": True},
    }
    engine.containers.create(body, name=name)
    engine.containers.start(name)
    listed: Any = engine.networks.inspect(network)["Containers"]
    assert f"lb-{network}" in listed
    kind = NetworkKind(connected=[name])
    assert not reconcile(engine, kind, spec).changed
    other = NetworkSpec(network, driver="overlay", attachable=True, labels={"a": "1"})
    outcome = reconcile(engine, kind, other)
    assert [action.verb for action in outcome.actions] == [
        *("disconnect", "remove", "create", "connect")
    ]
    assert not reconcile(engine, kind, other).changed
    engine.containers.remove(name, force=True)
