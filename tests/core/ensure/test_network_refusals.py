"""A network that has to go, and an engine that refuses one of the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import EngineError, InvalidInput, PermissionDenied
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from tests.core.ensure.refusing_networks import Networks, networks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Scratch

_MEMBERS: dict[str, Any] = {
    "db": {"Aliases": ["database"], "IPAMConfig": {"IPv4Address": "10.213.7.9"}},
    "api": {"Aliases": ["backend"]},
    "web": {},
}
_CHANGED = NetworkSpec("net", labels={"a": "1"})


@pytest.fixture
def there() -> Iterator[Networks]:
    """The network `net` and three containers on it."""
    with networks("net", **_MEMBERS) as state:
        yield state


def _fail(there: Networks, state: str = "present", **policies: Any) -> EngineError:
    with Engine(there.host, environ={}) as engine, pytest.raises(EngineError) as caught:
        reconcile(engine, NetworkKind(**policies), _CHANGED, state=state)
    return caught.value


@pytest.mark.parametrize(
    ("refused", "state"),
    [
        ("POST .*/disconnect api", "present"),
        ("POST .*/disconnect api", "absent"),
        ("DELETE .*", "present"),
        ("DELETE .*", "absent"),
        ("POST /networks/create", "present"),
        ("POST .*/connect db", "present"),
        ("POST .*/connect web", "present"),
    ],
)
def test_all_is_as_before(there: Networks, refused: str, state: str) -> None:
    there.refused = {refused: 1}
    error = _fail(there, state)
    assert isinstance(error, PermissionDenied)
    assert error.done == ()
    assert there.members("net") == _MEMBERS
    assert not there.there["net"].get("Labels")


def test_a_container_that_cannot_be_added_leaves_all_as_before(there: Networks) -> None:
    there.ids["new"] = "f" * 64
    there.refused = {"POST .*/connect new": 1}
    assert _fail(there, connected=["db", "new"]).done == ()
    assert there.members("net") == _MEMBERS
    assert not there.there["net"].get("Labels")


def test_a_container_that_cannot_come_back_leaves_none_off_but_itself(there: Networks) -> None:
    there.refused = {"POST .*/connect db": 2}
    error = _fail(there)
    assert str(error).endswith("Not on network net any more: db.")
    assert "create network net" in error.done
    assert there.members("net") == {name: _MEMBERS[name] for name in ("api", "web")}


def test_a_network_that_cannot_come_back_is_told_with_all_its_containers(there: Networks) -> None:
    there.refused = {"POST /networks/create": 2}
    assert str(_fail(there)).endswith("Not on network net any more: db, api, web.")


def test_an_engine_that_falls_silent_is_not_asked_for_each_container(there: Networks) -> None:
    there.silent_from = "POST .*/connect db"
    with Engine(there.host, environ={}, timeout=0.2) as engine:
        with pytest.raises(EngineError, match="is not known: ") as caught:
            reconcile(engine, NetworkKind(), _CHANGED)
        for name in _MEMBERS:
            assert name in str(caught.value).rpartition("known: ")[2]
    # Connecting, and looking who is on the new network.
    assert there.unanswered == 2


def test_a_container_that_is_listed_and_gone_keeps_no_network(there: Networks) -> None:
    there.gone = {"web"}
    with Engine(there.host, environ={}) as engine:
        reconcile(engine, NetworkKind(), _CHANGED, state="absent")
    assert "POST /networks/" + "1" * 64 + "/disconnect web" in there.changes
    assert there.there == {}


def test_containers_stay_on_the_new_network_if_that_cannot_be_removed(there: Networks) -> None:
    there.refused = {"POST .*/connect web": 1, f"DELETE /networks/{5:064x}": 1}
    error = _fail(there)
    assert "could not be put back" in str(error)
    assert there.there["net"].get("Labels") == {"a": "1"}
    assert sorted(there.members("net")) == sorted(_MEMBERS)


@pytest.mark.parametrize(
    ("arguments", "policies", "state", "asked"),
    [
        ({"labels": {"a": "1"}, "internal": True}, {}, "present", "internal, labels"),
        ({}, {"force": True}, "present", "force"),
        ({}, {}, "absent", "state=absent"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_is_the_engines_own_is_refused_before_anything_is_done(
    arguments: dict[str, Any], policies: dict[str, Any], state: str, asked: str, *, check: bool
) -> None:
    with networks("bridge", **_MEMBERS) as there, Engine(there.host, environ={}) as engine:
        wanted, kind = NetworkSpec("bridge", **arguments), NetworkKind(**policies)
        with pytest.raises(InvalidInput, match=rf"^name: bridge .* as {asked} would have it\."):
            reconcile(engine, kind, wanted, state=state, check=check)
        assert there.changes == []


def test_containers_are_put_on_a_network_of_the_engines_own() -> None:
    with networks("bridge", db={}) as there, Engine(there.host, environ={}) as engine:
        there.ids["new"] = "f" * 64
        kind = NetworkKind(connected=["new"], appends=True)
        reconcile(engine, kind, NetworkSpec("bridge", driver="bridge"))
        assert there.changes == ["POST /networks/bridge/connect new"]


def test_on_docker_a_network_may_be_called_as_one_of_podman() -> None:
    with networks("podman") as there, Engine(there.host, environ={}) as engine:
        assert reconcile(engine, NetworkKind(), NetworkSpec("podman"), state="absent").changed


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it does not tell which address a container asked for")
def test_a_gateway_at_the_address_of_a_container_leaves_all_as_before(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    network, names = scratch.name(), [scratch.name("a"), scratch.name("b")]
    before, taken = (
        NetworkSpec(network, ipam_config=[IpamPool("10.213.13.0/24", gateway=gateway)])
        for gateway in ("10.213.13.1", "10.213.13.9")
    )
    reconcile(engine, NetworkKind(), before)
    for name in names:
        config: Any = {"Image": busybox, "Cmd": ["sleep", "600"], "HostConfig": {"Init": True}}
        engine.containers.create(config, name=name)
        engine.containers.start(name)
    there: Any = {"Aliases": ["web"], "IPAMConfig": {"IPv4Address": "10.213.13.9"}}
    engine.networks.connect(network, names[0], there)
    engine.networks.connect(network, names[1])
    with pytest.raises(EngineError, match="already in use") as caught:
        reconcile(engine, NetworkKind(), taken)
    assert caught.value.done == ()
    assert not reconcile(engine, NetworkKind(connected=names), before).changed
    networks: Any = engine.containers.inspect(names[0])["NetworkSettings"]["Networks"]
    assert networks[network]["IPAddress"] == "10.213.13.9"
    assert "web" in networks[network]["Aliases"]
