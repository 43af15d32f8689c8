"""Published and exposed ports, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.ports import Port, parse_exposed, parse_ports, to_port_map


@pytest.mark.parametrize(
    ("value", "ports"),
    [
        (80, (Port(80),)),
        ("80", (Port(80),)),
        (" 80 ", (Port(80),)),
        ("53/udp", (Port(53, "udp"),)),
        ("53/UDP", (Port(53, "udp"),)),
        ("7/sctp", (Port(7, "sctp"),)),
        ("8080:80", (Port(80, "tcp", 8080),)),
        ("0:80", (Port(80),)),
        (":80", (Port(80),)),
        ("127.0.0.1:8080:80/tcp", (Port(80, "tcp", 8080, "127.0.0.1"),)),
        ("127.0.0.1::80", (Port(80, "tcp", 0, "127.0.0.1"),)),
        ("[::1]:8080:80", (Port(80, "tcp", 8080, "::1"),)),
        ("[::1]::80", (Port(80, "tcp", 0, "::1"),)),
        ("[::1]:80", (Port(80, "tcp", 0, "::1"),)),
        ("8000-8001:80-81", (Port(80, "tcp", 8000), Port(81, "tcp", 8001))),
        ("80-81/udp", (Port(80, "udp"), Port(81, "udp"))),
        (Port(80, host_port=1), (Port(80, host_port=1),)),
    ],
)
@pytest.mark.pitfall(41)
def test_a_port_is_read(value: int | str | Port, ports: tuple[Port, ...]) -> None:
    assert parse_ports([value]) == ports


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "65536",
        "-1",
        "80:",
        "a:80",
        "80/",
        "80/http",
        "1-2:80-82",
        "81-80",
        "1-:80",
        "1:2:3:4",
        "::1:80:80",
        "[::1:80",
        "[::1]",
        "[::1]80",
        "host:80:80",
        "300.0.0.1:80:80",
        "True",
        "²",
        "9" * 5000,
        "80:٣",
    ],
)
def test_what_is_no_port_is_refused_and_shown(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_ports([text])
    assert f"Port {text!r}" in str(caught.value)


@given(st.text(st.sampled_from("0123456789:-/[]. tcpud\u00b2\u0663")))
def test_any_text_is_a_port_or_refused(text: str) -> None:
    try:
        ports = parse_ports([text])
    except InvalidInput:
        return
    assert all(0 < port.container_port < 65536 for port in ports)


@given(
    st.integers(1, 65535),
    st.sampled_from(["tcp", "udp", "sctp"]),
    st.integers(0, 65535),
    st.one_of(st.just(""), st.ip_addresses().map(str)),
)
def test_a_port_that_was_written_is_read_again(
    container: int, protocol: str, host: int, address: str
) -> None:
    shown = f"[{address}]:" if ":" in address else address and f"{address}:"
    text = f"{shown}{host or ''}:{container}/{protocol}"
    assert parse_ports([text]) == (Port(container, protocol, host, address),)


@pytest.mark.pitfall(41)
def test_ports_become_the_port_map_of_the_engine() -> None:
    ports = parse_ports(["8080:80", "[::1]:9090:80", "53/udp"])
    assert to_port_map(ports) == {
        "80/tcp": [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "::1", "HostPort": "9090"}],
        "53/udp": [{"HostIp": "", "HostPort": ""}],
    }


def test_exposed_ports_are_read() -> None:
    assert parse_exposed([80, "53/udp", "90-91"]) == ("80/tcp", "53/udp", "90/tcp", "91/tcp")


@pytest.mark.parametrize("text", ["0", "80:80", "x", "80/x", "\u00b2"])
def test_what_cannot_be_exposed_is_refused_and_shown(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_exposed([text])
    assert f"Port {text!r}" in str(caught.value)
