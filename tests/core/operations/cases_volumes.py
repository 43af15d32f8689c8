"""Volumes: each operation with an effect, or a value in its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import VolumeNotFound
from tests.core.operations.cases import World, case
from tests.core.scripted import answer

if TYPE_CHECKING:
    from pytest_engine.core.types.engine import VolumeUpdateBody


@case("VolumeCreate", "VolumeList", "VolumeInspect")
def created(world: World) -> None:
    volumes, name = world.engine.volumes, world.name()
    made = volumes.create({"Name": name, "Labels": {"a": "b"}})
    (found,) = volumes.list(filters={"name": name, "label": "a=b"})["Volumes"]
    assert found["Name"] == name
    inspected = volumes.inspect(name)
    assert (inspected["Name"], inspected["Labels"]) == (name, {"a": "b"})
    assert inspected["Mountpoint"] == made["Mountpoint"]


@case("VolumeDelete")
def removed(world: World) -> None:
    world.engine.volumes.create({"Name": world.name()})
    world.engine.volumes.remove(world.name(), force=True)
    with pytest.raises(VolumeNotFound):
        world.engine.volumes.inspect(world.name())


@case("VolumePrune")
def pruned(world: World) -> None:
    volumes, label = world.engine.volumes, {"prune": world.name()}
    for suffix in ("a", "b"):
        volumes.create({"Name": world.name(suffix), "Labels": label})
    world.create(HostConfig={"Binds": [f"{world.name('b')}:/data"]})
    filters = {"label": f"prune={world.name()}"}
    if world.engine.api_version >= "1.42":
        # From there on only volumes without a name are removed otherwise.
        filters["all"] = "true"
    done = volumes.prune(filters=filters)
    assert done["VolumesDeleted"] == [world.name("a")]
    assert volumes.inspect(world.name("b"))["Name"] == world.name("b")


@case("VolumeUpdate")
def updated(world: World) -> None:
    """Only volumes of a CSI plugin can be updated, and the lab has none of these."""
    config: VolumeUpdateBody = {"Spec": {"Group": "g"}}
    with world.scripted(answer()) as (engine, server):
        engine.volumes.update("data", config, version=7)
    (request,) = server.requests
    assert request.target == "/v1.55/volumes/data?version=7"
    assert json.loads(request.body) == config
