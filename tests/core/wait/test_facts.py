"""Addresses and moments, read from what an inspect says."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pytest_engine.core.endpoint import Endpoint
from pytest_engine.core.wait.facts import Facts, stamp
from pytest_engine.core.wait.reach import Address, address_of, published_ports

ALL = "0.0.0.0"  # noqa: S104  # read from an answer
HERE = Endpoint("unix", path="/nowhere/docker.sock")
THERE = Endpoint("tcp", host="build.example", port=2375)


def facts(*bindings: tuple[str, str], endpoint: Endpoint = HERE, **host: Any) -> Facts:
    ports = [{"HostIp": ip, "HostPort": port} for ip, port in bindings]
    inspected = {"NetworkSettings": {"Ports": {"80/tcp": ports or None}}, "HostConfig": host}
    return Facts(cast("Any", inspected), endpoint)


def test_an_ipv4_address_is_written_with_a_colon() -> None:
    assert str(Address("127.0.0.1", 80)) == "127.0.0.1:80"


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert str(Address("::1", 80)) == "[::1]:80"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts((ALL, "7000")), Address("127.0.0.1", 7000)),
        (facts(("::", "7001"), (ALL, "7000")), Address("127.0.0.1", 7000)),
        (facts(("::", "7001")), Address("::1", 7001)),
        (facts(("127.0.0.2", "7000")), Address("127.0.0.2", 7000)),
        (facts((ALL, "7000"), endpoint=THERE), Address("build.example", 7000)),
        (facts(("10.0.0.5", "7000"), endpoint=THERE), Address("10.0.0.5", 7000)),
        (facts(NetworkMode="host"), Address("127.0.0.1", 80)),
        (facts(NetworkMode="host", endpoint=THERE), Address("build.example", 80)),
        (facts(), None),
    ],
)
def test_a_port_is_found_where_it_can_be_reached(given: Facts, expected: Address | None) -> None:
    assert address_of(given, 80) == expected


def test_another_port_is_not_found() -> None:
    assert address_of(facts((ALL, "7000")), 81) is None


def test_ports_that_are_only_exposed_are_not_published() -> None:
    assert published_ports(facts().inspected) == {}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("1970-01-01T00:01:00Z", "60.000000000"),
        ("1970-01-01T00:01:00.5Z", "60.500000000"),
        ("1970-01-01T00:01:00.123456789Z", "60.123456789"),
        ("1970-01-01T02:01:00.25+02:00", "60.250000000"),
        ("1970-01-01T02:01:00+02:00", "60.000000000"),
    ],
)
def test_a_moment_becomes_seconds_with_nanoseconds(moment: str, expected: str) -> None:
    assert stamp(moment) == expected


def test_going_back_keeps_the_fraction() -> None:
    assert stamp("1970-01-01T00:01:00.25Z", earlier=1) == "59.250000000"
