"""Who is on a network that is made anew, where the engine tells it in an odd way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from tests.core.ensure.refusing_networks import networks
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

NETWORK = {"Id": "n" * 64, "Name": "net", "Driver": "bridge", "Scope": "local"}


@pytest.mark.parametrize("names", [None, []])
def test_a_container_that_is_being_removed_has_no_name(serve: Serve, names: Any) -> None:
    gone = {"Id": "c" * 64, "Names": names, "State": "dead"}
    script = [Read.REQUEST, answer(b"OK", api_version="1.44")]
    for body in (NETWORK, [gone]):
        script += [Read.REQUEST, answer(json.dumps(body).encode())]
    with serve(script) as server, Engine(server.host) as engine:
        made = reconcile(engine, NetworkKind(force=True), NetworkSpec("net"), check=True)
    assert [str(action) for action in made.actions] == ["remove network net", "create network net"]


def test_a_network_that_is_named_by_its_id_keeps_its_name_and_members() -> None:
    endpoint = {"Aliases": ["web"], "IPAMConfig": {"IPv4Address": "10.213.7.9"}}
    pools = [IpamPool("10.213.7.0/24")]
    with networks("net", box=endpoint) as there, Engine(there.host, environ={}) as engine:
        wanted = NetworkSpec(there.there["net"]["Id"], ipam_config=pools, labels={"a": "1"})
        made = reconcile(engine, NetworkKind(), wanted)
        assert made.resource == engine.networks.inspect("net")
        assert list(there.there) == ["net"]
        assert there.members("net") == {"box": endpoint}


def test_the_engines_own_network_is_refused_by_its_id() -> None:
    with networks("bridge", box={}) as there, Engine(there.host, environ={}) as engine:
        wanted = NetworkSpec(there.there["bridge"]["Id"])
        with pytest.raises(InvalidInput, match=r"^name: bridge "):
            reconcile(engine, NetworkKind(), wanted, state="absent")
        assert there.changes == []


@pytest.mark.parametrize("again", ["box", "a" * 64, "a" * 12])
def test_a_container_that_is_named_twice_is_one(again: str) -> None:
    with networks("net", box={"Aliases": ["web"]}) as there, Engine(there.host) as engine:
        kind, before = NetworkKind(connected=["box", again]), there.members("net")
        reconcile(engine, kind, NetworkSpec("net", labels={"a": "1"}))
        assert there.members("net") == before
        engine.networks.disconnect("net", "box")
        there.changes.clear()
        assert reconcile(engine, kind, NetworkSpec("net")).changed
        assert there.changes == ["POST /networks/net/connect box"]
        assert not reconcile(engine, kind, NetworkSpec("net")).changed
        there.changes.clear()
        reconcile(engine, kind, NetworkSpec("net"), state="absent")
        assert [change.split()[0] for change in there.changes] == ["POST", "DELETE"]


def test_a_container_that_is_not_there_is_told_once() -> None:
    with networks("net") as there, Engine(there.host) as engine:
        kind = NetworkKind(connected=["box", "box"])
        told = reconcile(engine, kind, NetworkSpec("net")).warnings
    assert told == ("There is no container box to connect to network net.",)
