"""Addresses of engines, taken apart and put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.endpoint import Endpoint, Tls, encode_authority, parse_endpoint
from pytest_engine.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("unix:///run/docker.sock", Endpoint("unix", path="/run/docker.sock")),
        ("/run/docker.sock", Endpoint("unix", path="/run/docker.sock")),
        ("unix://a/b", Endpoint("unix", path="/a/b")),
        ("UNIX:///a", Endpoint("unix", path="/a")),
        ("  unix:///a\n", Endpoint("unix", path="/a")),
        ("unix:///a#b?c d%20", Endpoint("unix", path="/a#b?c d%20")),
        ("tcp://engine:1234", Endpoint("tcp", host="engine", port=1234)),
        ("tcp://engine", Endpoint("tcp", host="engine", port=2375)),
        ("tcp://", Endpoint("tcp", host="127.0.0.1", port=2375)),
        ("tcp://:4000", Endpoint("tcp", host="127.0.0.1", port=4000)),
        ("tcp://engine:1234/", Endpoint("tcp", host="engine", port=1234)),
        ("http://10.0.0.1:1234", Endpoint("tcp", host="10.0.0.1", port=1234)),
        ("tcp://[::1]:1234", Endpoint("tcp", host="::1", port=1234)),
        ("tcp://[fe80::1]", Endpoint("tcp", host="fe80::1", port=2375)),
    ],
)
def test_an_address_is_taken_apart(url: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(url) == endpoint


@pytest.mark.parametrize(
    "url", ["unix:///run/docker.sock", "tcp://engine:1234", "tcp://[::1]:2375"]
)
def test_an_endpoint_knows_its_address(url: str) -> None:
    assert parse_endpoint(url).url == url


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("engine.test", "engine.test:2375"),
        ("b\u00fccher.example", "xn--bcher-kva.example:2375"),
        ("::1", "[::1]:2375"),
        ("fe80::1%eth0", "[fe80::1]:2375"),
    ],
)
def test_a_host_and_a_port_are_written_as_requests_name_them(host: str, authority: str) -> None:
    assert encode_authority(host, 2375) == authority


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "no engine address"),
        ("docker.sock", "no engine address"),
        ("engine:2375", "no engine address"),
        ("unix://", "lacks the path"),
        ("unix:///", "lacks the path"),
        ("ssh://", "lacks the host"),
        ("ssh://@host", "lacks the user"),
        ("ssh://me:hunter2@host", "holds a password"),
        ("ssh://-oProxyCommand=x", "begins with a dash"),
        ("ssh://-me@host", "begins with a dash"),
        ("ssh://m e@host", "white space"),
        ("ssh://host:x", "no valid port"),
        ("npipe:////./pipe/docker_engine", "npipe:// is not supported"),
        ("fd://", "fd:// is not supported"),
        ("gopher://x", "unknown scheme"),
        ("tcp://host:0", "no valid port"),
        ("tcp://host:65536", "no valid port"),
        ("tcp://host:http", "no valid port"),
        ("tcp://host:\u00b2", "no valid port"),
        ("tcp://host:" + "9" * 5000, "no valid port"),
        ("tcp://host:-1", "no valid port"),
        ("tcp://[::1]x:5", "no valid port"),
        ("tcp://[::1]2375", "no valid port"),
        ("tcp://::1:2375", "no valid port"),
        ("tcp://[::1:5", "does not close it"),
        ("tcp://host:1/path", "ends after the port"),
        ("tcp://me@host:1", "ends after the port"),
        ("tcp://ho st:1", "white space"),
        ("unix:///a /", "ends in white space"),
        ("unix:// /.", "ends in white space"),
        ("tcp://ho\0st:1", "white space"),
    ],
)
@pytest.mark.pitfall(39)
def test_an_address_of_another_form_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_endpoint(url)


@given(st.text(), st.sampled_from(["", "unix://", "tcp://", "http://", "ssh://", "/"]))
def test_any_text_is_an_address_or_refused(text: str, scheme: str) -> None:
    try:
        endpoint = parse_endpoint(scheme + text)
    except InvalidInput:
        return
    assert parse_endpoint(endpoint.url) == endpoint


def test_a_socket_path_of_107_bytes_is_taken() -> None:
    assert parse_endpoint("unix:///" + "x" * 106).path == "/" + "x" * 106


@pytest.mark.parametrize("path", ["/" + "x" * 107, "/" + "\u00fc" * 54])
@pytest.mark.pitfall(20)
def test_a_longer_socket_path_is_refused_with_a_way_out(path: str) -> None:
    with pytest.raises(InvalidInput, match=r"longer than 107 bytes.*symbolic link"):
        parse_endpoint(f"unix://{path}")


@pytest.mark.parametrize(
    ("url", "local"),
    [("unix:///a", True), ("tcp://localhost", True), ("tcp://[::1]", True), ("tcp://a", False)],
)
def test_published_ports_of_a_local_engine_are_on_this_host(url: str, local: bool) -> None:  # noqa: FBT001
    assert parse_endpoint(url).is_local == local


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ssh://far", Endpoint("ssh", host="far")),
        ("ssh://me@far:22022", Endpoint("ssh", host="far", port=22022, user="me")),
        ("ssh://far/run/my.sock", Endpoint("ssh", path="/run/my.sock", host="far")),
        ("SSH://[::1]:22/", Endpoint("ssh", host="::1", port=22)),
    ],
)
def test_an_address_over_ssh_has_its_parts(url: str, expected: Endpoint) -> None:
    assert parse_endpoint(url) == expected


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_endpoint("ssh://me:hunter2@host")
    assert "hunter2" not in str(caught.value)


def test_encrypted_addresses_have_another_default_port() -> None:
    assert parse_endpoint("https://engine") == Endpoint("tcp", host="engine", port=2376, tls=Tls())
    assert parse_endpoint("tcp://engine", tls=Tls(ca="ca.pem")).port == 2376
