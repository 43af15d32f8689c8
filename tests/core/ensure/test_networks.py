"""Networks, brought to a wanted state on a real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.compare import Difference
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import EngineError, Incompatible, PermissionDenied
from pytest_engine.core.spec.network import IpamPool, NetworkSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine

_UNTOLD = pytest.mark.lacks(
    "podman5", reason="of a network it does not tell who may join it, nor the range of a pool"
)
_POOL = IpamPool("10.213.7.0/24", gateway="10.213.7.1", ip_range="10.213.7.128/25")


def _spec(scratch: Scratch, **arguments: Any) -> NetworkSpec:
    return NetworkSpec(scratch.name(), **arguments)


def _run(engine: Engine, scratch: Scratch, busybox: str, name: str, **endpoint: Any) -> str:
    """Run a container on the test's network and return its name."""
    config: Any = {
        "Image": busybox,
        "Cmd": ["sleep", "1000"],
        "HostConfig": {"NetworkMode": scratch.name(), "Init": True},
        "NetworkingConfig": {"EndpointsConfig": {scratch.name(): endpoint}},
    }
    engine.containers.create(config, name=scratch.name(name))
    engine.containers.start(scratch.name(name))
    return scratch.name(name)


def _members(engine: Engine, scratch: Scratch) -> list[str]:
    network: Any = engine.networks.inspect(scratch.name())
    return sorted(member["Name"] for member in network["Containers"].values())


def test_a_missing_network_is_created(engine: Engine, scratch: Scratch) -> None:
    spec = _spec(scratch, ipam_config=[_POOL], internal=True, labels={"a": "1"})
    outcome = reconcile(engine, NetworkKind(), spec)
    assert [str(action) for action in outcome.actions] == [f"create network {scratch.name()}"]
    network = engine.networks.inspect(scratch.name())
    assert (network.get("Internal"), network.get("Labels")) == (True, {"a": "1"})
    assert outcome.resource == network


def test_what_looks_like_a_secret_is_not_shown(engine: Engine, scratch: Scratch) -> None:
    options = {"labels": {"deploy.token": "one"}, "ipam_driver_options": {"password": "one"}}
    outcome = reconcile(engine, NetworkKind(), _spec(scratch, **options), check=True)
    assert outcome.after["labels"] == {"deploy.token": "********"}
    assert outcome.after["ipam_driver_options"] == {"password": "********"}
    reconcile(engine, NetworkKind(), _spec(scratch, labels={"deploy.token": "one"}))
    changed = _spec(scratch, labels={"deploy.token": "two"})
    (difference,) = reconcile(engine, NetworkKind(), changed, check=True).differences
    masked = {"deploy.token": "********"}
    assert difference == Difference("labels", masked, masked)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"driver": "bridge", "labels": {"a": "1"}, "internal": False, "attachable": True},
        {"ipam_config": [_POOL]},
        {"ipam_config": [IpamPool("10.213.7.0/24")], "ipam_driver": "default"},
        {"ipam_config": [IpamPool("10.213.7.0/24", aux_addresses={"r": "10.213.7.9"})]},
        {"enable_ipv6": True, "ipam_config": [IpamPool("fd00:213:0::/64")]},
        {"driver_options": {"com.docker.network.driver.mtu": "1400"}, "scope": "local"},
    ],
)
def test_a_network_that_is_as_wanted_stays(
    arguments: dict[str, Any], engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch, **arguments))
    with untouched():
        outcome = reconcile(engine, NetworkKind(), _spec(scratch, **arguments))
    assert (outcome.changed, outcome.differences) == (False, ())


def test_an_address_that_is_written_otherwise_is_the_same(
    engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    one = IpamPool("FD00:213:0::/64", aux_addresses={"r": "FD00:213::0:9"})
    same = IpamPool("fd00:213::/64", aux_addresses={"r": "fd00:213::9"})
    reconcile(engine, NetworkKind(), _spec(scratch, enable_ipv6=True, ipam_config=[one]))
    with untouched():
        spec = _spec(scratch, enable_ipv6=True, ipam_config=[same])
        assert not reconcile(engine, NetworkKind(), spec).changed


def test_check_mode_creates_nothing(engine: Engine, scratch: Scratch, untouched: Untouched) -> None:
    with untouched():
        assert reconcile(engine, NetworkKind(), _spec(scratch), check=True).changed


@pytest.mark.parametrize(
    ("arguments", "difference"),
    [
        ({"labels": {"a": "2"}}, Difference("labels", {"a": "2"}, {"a": "1"})),
        ({"internal": True}, Difference("internal", wanted=True, actual=False)),
        pytest.param(
            {"attachable": True},
            Difference("attachable", wanted=True, actual=False),
            marks=_UNTOLD,
        ),
        pytest.param(
            {"ipam_config": [IpamPool("10.213.8.0/24")]},
            Difference("ipam_config[0].subnet", "10.213.8.0/24", "10.213.7.0/24"),
            marks=_UNTOLD,
        ),
        (
            {"driver_options": {"com.docker.network.driver.mtu": "1400"}},
            Difference(
                "driver_options",
                {"com.docker.network.driver.mtu": "1400"},
                {"com.docker.network.driver.mtu": None},
            ),
        ),
    ],
)
def test_a_network_that_differs_is_made_anew(
    arguments: dict[str, Any], difference: Difference, engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch, ipam_config=[_POOL], labels={"a": "1"}))
    outcome = reconcile(engine, NetworkKind(), _spec(scratch, **arguments))
    assert [action.verb for action in outcome.actions] == ["remove", "create"]
    assert outcome.differences == (difference,)
    assert not reconcile(engine, NetworkKind(), _spec(scratch, **arguments)).changed


def test_that_there_is_ipv4_can_be_said_to_any_engine(
    engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    spec = _spec(scratch, enable_ipv4=True)
    assert reconcile(engine, NetworkKind(), spec).changed
    with untouched():
        assert not reconcile(engine, NetworkKind(), spec).changed


def test_a_network_without_ipv4_is_refused_before_anything_is_done(
    engine_host: str, engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    spec = _spec(scratch, enable_ipv4=False)
    with Engine(engine_host, api_version="1.41", environ={}) as client:
        for check in (True, False):
            with pytest.raises(Incompatible, match=r"enable_ipv4: .* API 1\.47"):
                reconcile(client, NetworkKind(), spec, check=check)
        assert scratch.everything() == set()
        reconcile(client, NetworkKind(), _spec(scratch))
        _run(engine, scratch, busybox, "c")
        for check in (True, False):
            with untouched(), pytest.raises(Incompatible, match="enable_ipv4"):
                reconcile(client, NetworkKind(), spec, check=check)
        assert reconcile(client, NetworkKind(), spec, state="absent").changed


@pytest.mark.lacks("20.10", reason="needs API 1.47")
@pytest.mark.lacks("26.1", reason="needs API 1.47")
@pytest.mark.lacks("podman5", reason="needs API 1.47")
def test_a_network_without_ipv4_is_there_as_before_if_it_cannot_be_made_anew(
    engine: Engine, scratch: Scratch
) -> None:
    six = IpamPool("fd00:213:7::/64")
    before = _spec(scratch, enable_ipv4=False, enable_ipv6=True, ipam_config=[six])
    reconcile(engine, NetworkKind(), before)
    assert not reconcile(engine, NetworkKind(), before).changed
    reconcile(engine, NetworkKind(), NetworkSpec(scratch.name("other"), ipam_config=[_POOL]))
    with pytest.raises(PermissionDenied, match="Pool overlaps"):
        reconcile(engine, NetworkKind(), _spec(scratch, ipam_config=[_POOL, six]))
    assert not reconcile(engine, NetworkKind(), before).changed


def test_check_mode_makes_nothing_anew(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    _run(engine, scratch, busybox, "c")
    with untouched():
        outcome = reconcile(engine, NetworkKind(), _spec(scratch, internal=True), check=True)
    verbs = [action.verb for action in outcome.actions]
    assert verbs == ["disconnect", "remove", "create", "connect"]


@pytest.mark.lacks("podman5", reason="it does not tell which address a container asked for")
def test_containers_come_back_to_a_network_that_is_made_anew(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch, ipam_config=[_POOL]))
    address = {"IPv4Address": "10.213.7.200"}
    name = _run(engine, scratch, busybox, "c", Aliases=["db"], IPAMConfig=address)
    spec = _spec(scratch, ipam_config=[_POOL], labels={"a": "1"})
    reconcile(engine, NetworkKind(), spec)
    networks: Any = engine.containers.inspect(name)["NetworkSettings"]["Networks"]
    endpoint = networks[scratch.name()]
    assert endpoint["IPAddress"] == "10.213.7.200"
    assert "db" in endpoint["Aliases"]
    assert _members(engine, scratch) == [name]


@pytest.mark.lacks("podman5", reason="it does not tell which address a container asked for")
def test_a_container_gets_another_address_where_the_network_has_its_own_no_more(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch, ipam_config=[_POOL]))
    address = {"IPv4Address": "10.213.7.200"}
    fixed = _run(engine, scratch, busybox, "a", Aliases=["db"], IPAMConfig=address)
    other = _run(engine, scratch, busybox, "b")
    spec = _spec(scratch, ipam_config=[IpamPool("10.213.9.0/24")])
    outcome = reconcile(engine, NetworkKind(), spec)
    assert len(outcome.warnings) == 1
    assert f"{fixed} gets another address than 10.213.7.200" in outcome.warnings[0]
    assert _members(engine, scratch) == [fixed, other]
    networks: Any = engine.containers.inspect(fixed)["NetworkSettings"]["Networks"]
    assert networks[scratch.name()]["IPAddress"].startswith("10.213.9.")
    assert "db" in networks[scratch.name()]["Aliases"]
    assert not reconcile(engine, NetworkKind(), spec).changed


@pytest.mark.lacks("podman5", reason="it does not tell which address a container asked for")
def test_a_network_that_cannot_be_made_anew_is_there_as_before(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    taken: Any = {"Config": [{"Subnet": "10.213.8.0/24"}]}
    engine.networks.create({"Name": scratch.name("other"), "IPAM": taken})
    before = _spec(scratch, ipam_config=[_POOL], labels={"a": "1"})
    reconcile(engine, NetworkKind(), before)
    address = {"IPv4Address": "10.213.7.200"}
    name = _run(engine, scratch, busybox, "c", Aliases=["db"], IPAMConfig=address)
    with pytest.raises(PermissionDenied, match="Pool overlaps") as caught:
        reconcile(engine, NetworkKind(), _spec(scratch, ipam_config=[IpamPool("10.213.8.0/24")]))
    assert caught.value.done == ()
    assert not reconcile(engine, NetworkKind(connected=[name]), before).changed
    networks: Any = engine.containers.inspect(name)["NetworkSettings"]["Networks"]
    assert networks[scratch.name()]["IPAddress"] == "10.213.7.200"
    assert "db" in networks[scratch.name()]["Aliases"]


def test_a_network_is_made_anew_whatever_it_is_if_that_is_asked_for(
    engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    outcome = reconcile(engine, NetworkKind(force=True), _spec(scratch))
    assert [action.verb for action in outcome.actions] == ["remove", "create"]


@pytest.mark.pitfall(49)
def test_a_network_whose_id_begins_like_the_name_is_another_one(
    engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    prefix = str(engine.networks.inspect(scratch.name()).get("Id"))[:12]
    outcome = reconcile(engine, NetworkKind(), NetworkSpec(prefix), check=True)
    assert [action.verb for action in outcome.actions] == ["create"]
    assert not reconcile(engine, NetworkKind(), NetworkSpec(prefix), state="absent").changed


# Who is on it


def test_containers_are_put_on_a_network_and_taken_off(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    one = _run(engine, scratch, busybox, "one")
    two = _run(engine, scratch, busybox, "two")
    engine.networks.disconnect(scratch.name(), two)
    wanted = NetworkKind(connected=[two])
    with untouched():
        assert reconcile(engine, wanted, _spec(scratch), check=True).changed
    outcome = reconcile(engine, wanted, _spec(scratch))
    assert outcome.differences == (Difference("connected", [two], [one]),)
    assert _members(engine, scratch) == [two]
    assert not reconcile(engine, wanted, _spec(scratch)).changed


def test_containers_that_are_not_named_may_stay(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    one = _run(engine, scratch, busybox, "one")
    two = _run(engine, scratch, busybox, "two")
    engine.networks.disconnect(scratch.name(), two)
    reconcile(engine, NetworkKind(connected=[two], appends=True), _spec(scratch))
    assert _members(engine, scratch) == [one, two]
    assert not reconcile(engine, NetworkKind(connected=[one], appends=True), _spec(scratch)).changed


def test_a_new_network_gets_its_containers(engine: Engine, scratch: Scratch, busybox: str) -> None:
    config: Any = {"Image": busybox, "Cmd": ["sleep", "1000"], "HostConfig": {"Init": True}}
    engine.containers.create(config, name=scratch.name("c"))
    engine.containers.start(scratch.name("c"))
    reconcile(engine, NetworkKind(connected=[scratch.name("c")]), _spec(scratch))
    assert _members(engine, scratch) == [scratch.name("c")]


def test_an_error_tells_what_was_done_before_it(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    there, alone = _run(engine, scratch, busybox, "there"), scratch.name("alone")
    engine.networks.disconnect(scratch.name(), there)
    body: Any = {"Image": busybox, "Cmd": ["true"], "HostConfig": {"NetworkMode": "none"}}
    engine.containers.create(body, name=alone)
    with pytest.raises(EngineError) as caught:
        reconcile(engine, NetworkKind(connected=[there, alone]), _spec(scratch))
    assert caught.value.done == (f"connect container {there} to network {scratch.name()}",)


def test_a_network_for_nobody_is_emptied(engine: Engine, scratch: Scratch, busybox: str) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    _run(engine, scratch, busybox, "c")
    reconcile(engine, NetworkKind(connected=[]), _spec(scratch))
    assert _members(engine, scratch) == []


def test_a_stopped_container_is_put_on_a_network_once(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    engine.containers.create({"Image": busybox}, name=scratch.name("c"))
    wanted = NetworkKind(connected=[scratch.name("c")])
    for changed in (True, False):
        outcome = reconcile(engine, wanted, _spec(scratch))
        assert (outcome.changed, outcome.differences) == (changed, ())
        # As the engine has it, which lists none that do not run.
        assert outcome.resource == engine.networks.inspect(scratch.name())


@pytest.mark.parametrize("by_name_too", [False, True])
def test_a_container_that_is_named_by_its_id_is_told_as_the_engine_does(
    by_name_too: bool,  # noqa: FBT001
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    untouched: Untouched,
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    name = _run(engine, scratch, busybox, "c")
    ids = [engine.containers.inspect(name)["Id"], *([name] if by_name_too else [])]
    with untouched():
        outcome = reconcile(engine, NetworkKind(connected=ids), _spec(scratch))
    assert (outcome.changed, outcome.differences) == (False, ())
    assert outcome.resource == engine.networks.inspect(scratch.name())
    assert _members(engine, scratch) == [name]


# Removal


def test_a_network_is_removed_with_containers_on_it(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    reconcile(engine, NetworkKind(), _spec(scratch))
    name = _run(engine, scratch, busybox, "c")
    with untouched():
        reconcile(engine, NetworkKind(), _spec(scratch), state="absent", check=True)
    outcome = reconcile(engine, NetworkKind(), _spec(scratch), state="absent")
    assert [action.verb for action in outcome.actions] == ["disconnect", "remove"]
    assert scratch.everything() == {f"container {name}"}


def test_removing_a_missing_network_changes_nothing(engine: Engine, scratch: Scratch) -> None:
    assert not reconcile(engine, NetworkKind(), _spec(scratch), state="absent").changed


def test_nothing_to_do_takes_one_request(
    engine: Engine, scratch: Scratch, counted: RequestLog
) -> None:
    spec = _spec(scratch, ipam_config=[_POOL], labels={"a": "1"})
    reconcile(engine, NetworkKind(), spec)
    with Engine(counted.host, environ={}) as client:
        assert not reconcile(client, NetworkKind(), spec).changed
    assert counted.take() == ["GET /_ping", f"GET /networks/{scratch.name()}"]
