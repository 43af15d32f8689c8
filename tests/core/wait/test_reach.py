"""Where ports are reached from here, decided from what inspects and this process's place say."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pytest_engine.core.endpoint import Endpoint
from pytest_engine.core.standpoint import Place, Standpoint, find_host_name, standpoint_in
from pytest_engine.core.wait.facts import Facts
from pytest_engine.core.wait.reach import (
    Address,
    address_of,
    own_address,
    published_ports,
    why_no_address,
)

ALL = "0.0.0.0"  # noqa: S104  # read from an answer
HERE = Endpoint("unix", path="/nowhere/docker.sock")
LOOPBACK = Endpoint("tcp", host="127.0.0.1", port=2375)
THERE = Endpoint("tcp", host="build.example", port=2375)
BY_SSH = Endpoint("ssh", host="buildbox")

STATED = Standpoint(ports_host="ports.example")
KNOWN_TO_SSH = Standpoint(engine_host="10.0.0.7")
BESIDE = Standpoint(is_inside=True, places={"shared": Place("172.18.0.9", "172.18.0.1")})
APART = Standpoint(is_inside=True, places={"other": Place("172.19.0.9", "172.19.0.1")})
NAMED = Standpoint(is_inside=True, host_name="host.docker.internal", places=APART.places)
CUT_OFF = Standpoint(is_inside=True, places={"internal": Place("172.20.0.9", "")})


def facts(
    *bindings: tuple[str, str],
    endpoint: Endpoint = HERE,
    standpoint: Standpoint | None = None,
    **host: Any,
) -> Facts:
    ports = [{"HostIp": ip, "HostPort": port} for ip, port in bindings]
    network = {"NetworkID": "shared", "IPAddress": "172.18.0.2", "IPPrefixLen": 16}
    inspected = {
        "Name": "/web",
        "NetworkSettings": {"Ports": {"80/tcp": ports or None}, "Networks": {"backend": network}},
        "HostConfig": host,
    }
    return Facts(cast("Any", inspected), endpoint, standpoint or Standpoint())


def test_an_ipv4_address_is_written_with_a_colon() -> None:
    assert str(Address("127.0.0.1", 80)) == "127.0.0.1:80"


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert str(Address("::1", 80)) == "[::1]:80"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(facts((ALL, "7000")), Address("127.0.0.1", 7000), id="here"),
        pytest.param(
            facts(("::", "7001"), (ALL, "7000")), Address("127.0.0.1", 7000), id="IPv4 first"
        ),
        pytest.param(facts(("::", "7001")), Address("::1", 7001), id="IPv6"),
        pytest.param(facts(("127.0.0.2", "7000")), Address("127.0.0.2", 7000), id="bound"),
        pytest.param(
            facts((ALL, "7000"), endpoint=LOOPBACK), Address("127.0.0.1", 7000), id="loopback"
        ),
        pytest.param(
            facts((ALL, "7000"), endpoint=THERE), Address("build.example", 7000), id="there"
        ),
        pytest.param(
            facts(("10.0.0.5", "7000"), endpoint=THERE), Address("10.0.0.5", 7000), id="bound there"
        ),
        pytest.param(facts(("127.0.0.1", "7000"), endpoint=THERE), None, id="not from there"),
        pytest.param(
            facts((ALL, "7000"), endpoint=BY_SSH), Address("buildbox", 7000), id="unknown to ssh"
        ),
        pytest.param(
            facts((ALL, "7000"), endpoint=BY_SSH, standpoint=KNOWN_TO_SSH),
            Address("10.0.0.7", 7000),
            id="by ssh",
        ),
        pytest.param(
            facts((ALL, "7000"), standpoint=STATED), Address("ports.example", 7000), id="stated"
        ),
        pytest.param(
            facts(("127.0.0.1", "7000"), endpoint=THERE, standpoint=STATED),
            Address("ports.example", 7000),
            id="stated for a bound one",
        ),
        pytest.param(facts(NetworkMode="host"), Address("127.0.0.1", 80), id="host network"),
        pytest.param(
            facts(NetworkMode="host", endpoint=THERE), Address("build.example", 80), id="of there"
        ),
        pytest.param(
            facts(NetworkMode="host", standpoint=APART), Address("172.19.0.1", 80), id="of inside"
        ),
        pytest.param(
            facts((ALL, "7000"), standpoint=BESIDE), Address("172.18.0.2", 80), id="one network"
        ),
        pytest.param(
            facts(("127.0.0.1", "7000"), standpoint=BESIDE),
            Address("172.18.0.2", 80),
            id="one network, bound to loopback",
        ),
        pytest.param(
            facts((ALL, "7000"), standpoint=APART), Address("172.19.0.1", 7000), id="gateway"
        ),
        pytest.param(
            facts((ALL, "7000"), standpoint=NAMED),
            Address("host.docker.internal", 7000),
            id="name of the host",
        ),
        pytest.param(
            facts((ALL, "7000"), standpoint=APART, endpoint=THERE),
            Address("build.example", 7000),
            id="inside, but the engine has a host",
        ),
        pytest.param(facts(("127.0.0.1", "7000"), standpoint=APART), None, id="loopback apart"),
        pytest.param(facts((ALL, "7000"), standpoint=CUT_OFF), None, id="no gateway"),
        pytest.param(facts(standpoint=BESIDE), None, id="not published"),
        pytest.param(facts(), None, id="not published here"),
    ],
)
def test_a_port_is_found_where_it_can_be_reached(given: Facts, expected: Address | None) -> None:
    assert address_of(given, 80) == expected


def test_another_port_is_not_found() -> None:
    assert address_of(facts((ALL, "7000")), 81) is None


def test_ports_that_are_only_exposed_are_not_published() -> None:
    assert published_ports(facts().inspected) == {}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (facts(), "is not published (published: none)"),
        (
            facts(("127.0.0.1", "7000"), endpoint=THERE),
            "published at 127.0.0.1 of the engine's host alone, and this process elsewhere",
        ),
        (
            facts(("127.0.0.1", "7000"), standpoint=APART),
            "and this process runs in a container on other networks",
        ),
    ],
)
def test_why_a_port_is_not_reached_is_told(given: Facts, reason: str) -> None:
    assert reason in why_no_address(given, 80)


def test_on_a_common_network_the_containers_own_address_is_reached() -> None:
    assert own_address(facts(standpoint=BESIDE), 80) == Address("172.18.0.2", 80)
    assert own_address(facts(standpoint=APART), 80) is None


def inspected(mode: str, **networks: dict[str, str]) -> Any:
    return {"HostConfig": {"NetworkMode": mode}, "NetworkSettings": {"Networks": networks}}


def test_a_container_on_the_hosts_network_stands_where_the_host_does() -> None:
    assert standpoint_in(inspected("host", host={"NetworkID": "h"}), "") == Standpoint()


def test_a_container_stands_on_its_networks() -> None:
    own = inspected(
        "backend",
        backend={"NetworkID": "b", "IPAddress": "172.18.0.9", "Gateway": "172.18.0.1"},
        inner={"NetworkID": "i", "IPAddress": "172.20.0.9", "Gateway": ""},
    )
    standpoint = standpoint_in(own, "172.17.0.1 host.docker.internal\n")
    assert standpoint == Standpoint(
        is_inside=True,
        host_name="host.docker.internal",
        places={"b": Place("172.18.0.9", "172.18.0.1"), "i": Place("172.20.0.9", "")},
    )


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("127.0.0.1 localhost\n", ""),
        ("10.88.0.1\thost.containers.internal host.docker.internal\n", "host.docker.internal"),
        ("10.88.0.1 host.containers.internal # of Podman\n", "host.containers.internal"),
        ("# 10.88.0.1 host.docker.internal\n", ""),
    ],
)
def test_the_hosts_name_is_found_in_the_hosts_file(hosts: str, expected: str) -> None:
    assert find_host_name(hosts) == expected
