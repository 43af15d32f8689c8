"""Networks: each operation with an effect, or a value in its answer."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.errors import NetworkNotFound
from tests.core.operations.cases import World, case


@case("NetworkCreate", "NetworkList", "NetworkInspect")
def created(world: World) -> None:
    networks, name = world.engine.networks, world.name()
    made = networks.create({"Name": name, "Labels": {"a": "b"}, "Internal": True})
    (found,) = networks.list(filters={"name": name, "label": "a=b"})
    assert found["Id"] == made["Id"]
    inspected = networks.inspect(name, verbose=True, scope="local")
    assert (inspected["Id"], inspected["Internal"]) == (made["Id"], True)


@pytest.mark.lacks("podman5", reason="it does not look at the scope that is asked for")
@case("NetworkInspect")
def of_another_scope(world: World) -> None:
    world.engine.networks.create({"Name": world.name()})
    with pytest.raises(NetworkNotFound):
        world.engine.networks.inspect(world.name(), scope="swarm")


@case("NetworkConnect", "NetworkDisconnect")
def connected(world: World) -> None:
    networks, container = world.engine.networks, world.run()
    networks.create({"Name": world.name("net")})
    networks.connect(world.name("net"), container, {"Aliases": ["db"]})
    inspected: Any = networks.inspect(world.name("net"))
    assert [one["Name"] for one in inspected["Containers"].values()] == [container]
    networks.disconnect(world.name("net"), container, force=True)
    inspected = networks.inspect(world.name("net"))
    assert not inspected["Containers"]


@case("NetworkDelete")
def removed(world: World) -> None:
    world.engine.networks.create({"Name": world.name()})
    world.engine.networks.remove(world.name())
    with pytest.raises(NetworkNotFound):
        world.engine.networks.inspect(world.name())


@case("NetworkPrune")
def pruned(world: World) -> None:
    networks, label = world.engine.networks, f"prune={world.name()}"
    for suffix in ("a", "b"):
        networks.create({"Name": world.name(suffix), "Labels": {"prune": world.name()}})
    networks.connect(world.name("b"), world.run())
    assert networks.prune(filters={"label": label})["NetworksDeleted"] == [world.name("a")]
    assert networks.inspect(world.name("b"))["Name"] == world.name("b")
