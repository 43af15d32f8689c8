"""Networks and volumes of a real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import (
    Conflict,
    ContainerNotFound,
    InvalidInput,
    NetworkNotFound,
    PermissionDenied,
    VolumeNotFound,
)

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


@pytest.fixture
def network(engine: Engine, scratch: Scratch) -> str:
    """A network of the test's own."""
    engine.networks.create({"Name": scratch.name("net"), "Labels": {"a": "b"}})
    return scratch.name("net")


@pytest.mark.lacks("podman5", reason="it answers as if the fault were its own, with 500")
@pytest.mark.parametrize("config", [None, [], "network", {"Name": 5}])
def test_what_describes_no_network_is_refused(config: Any, engine: Engine) -> None:
    with pytest.raises(InvalidInput):
        engine.networks.create(config)


@pytest.mark.smoke
def test_a_network_is_found_by_name_and_by_id(engine: Engine, network: str) -> None:
    by_name = engine.networks.inspect(network)
    assert by_name.get("Labels") == {"a": "b"}
    assert engine.networks.inspect(str(by_name.get("Id"))) == by_name


def test_networks_are_listed_by_filters(engine: Engine, network: str) -> None:
    (found,) = engine.networks.list(filters={"name": network, "label": "a=b"})
    assert found["Name"] == network
    assert engine.networks.list(filters={"name": network, "label": "a=c"}) == []


def test_a_network_of_that_name_is_a_conflict(engine: Engine, network: str) -> None:
    with pytest.raises(Conflict, match="already exists"):
        engine.networks.create({"Name": network})


def test_a_container_is_put_on_a_network_and_taken_off(
    engine: Engine, network: str, run: Run
) -> None:
    name = run()
    engine.networks.connect(network, name, {"Aliases": ["db"]})
    endpoint: Any = engine.containers.inspect(name)["NetworkSettings"]["Networks"]
    assert "db" in endpoint[network]["Aliases"]
    with pytest.raises(PermissionDenied, match=r"already (exists in|connected to) network"):
        engine.networks.connect(network, name)
    engine.networks.disconnect(network, name)
    assert not engine.networks.inspect(network).get("Containers")


def test_a_network_with_containers_on_it_is_not_removed(
    engine: Engine, network: str, run: Run
) -> None:
    engine.networks.connect(network, run())
    with pytest.raises(PermissionDenied, match=r"has active endpoints|is being used"):
        engine.networks.remove(network)


def test_a_network_of_the_engine_is_not_removed(engine: Engine) -> None:
    with pytest.raises(PermissionDenied, match=r"pre-defined network|default network|being used"):
        engine.networks.remove("bridge")


def test_a_missing_network_is_told_from_a_missing_container(
    engine: Engine, network: str, run: Run
) -> None:
    for call in (engine.networks.inspect, engine.networks.remove):
        with pytest.raises(NetworkNotFound):
            call("no-such-network")
    with pytest.raises(NetworkNotFound):
        engine.networks.connect("no-such-network", run())
    with pytest.raises(ContainerNotFound):
        engine.networks.connect(network, "no-such-container")


def test_a_volume_comes_and_goes(engine: Engine, scratch: Scratch) -> None:
    created = engine.volumes.create({"Name": scratch.name(), "Labels": {"a": "b"}})
    found = engine.volumes.inspect(scratch.name())
    assert (found["Name"], found["Labels"], found["Mountpoint"]) == (
        created["Name"],
        created["Labels"],
        created["Mountpoint"],
    )
    engine.volumes.remove(scratch.name())
    assert scratch.everything() == set()


@pytest.mark.smoke
def test_volumes_are_listed_by_filters(engine: Engine, scratch: Scratch) -> None:
    engine.volumes.create({"Name": scratch.name(), "Labels": {"a": "b"}})
    (found,) = engine.volumes.list(filters={"name": scratch.name(), "label": ["a=b"]})["Volumes"]
    assert found["Name"] == scratch.name()


def test_a_volume_that_exists_is_handed_back_as_it_is(engine: Engine, scratch: Scratch) -> None:
    first = engine.volumes.create({"Name": scratch.name(), "Labels": {"a": "b"}})
    again = engine.volumes.create({"Name": scratch.name(), "Labels": {"a": "c"}})
    assert again["Labels"] == first["Labels"] == {"a": "b"}


def test_a_missing_volume_is_an_error_of_its_own(engine: Engine) -> None:
    for call in (engine.volumes.inspect, engine.volumes.remove):
        with pytest.raises(VolumeNotFound, match="no such volume"):
            call("no-such-volume")


def test_a_missing_volume_is_removed_by_force(engine: Engine, scratch: Scratch) -> None:
    engine.volumes.remove(scratch.name(), force=True)


def test_a_volume_in_use_is_a_conflict(engine: Engine, scratch: Scratch, create: Run) -> None:
    create(HostConfig={"Binds": [f"{scratch.name('vol')}:/data"]})
    with pytest.raises(Conflict, match=r"volume is (in use|being used)"):
        engine.volumes.remove(scratch.name("vol"))
