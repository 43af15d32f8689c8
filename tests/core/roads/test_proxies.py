"""Proxies of the environment, for engines over TCP: tunnels through a real one.

The environment is the one that the client is given; that of this process names none, or others.
"""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed, InvalidInput
from tests.core.roads.relay import ConnectProxy, Relay
from tests.roads import ENGINE_NAME, TlsEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.endpoint import Tls

pytestmark = pytest.mark.engine

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def plain(engine_host: str) -> Iterator[Relay]:
    """The lab's engine over TCP without TLS."""
    with Relay(engine_host[len("unix://") :]) as relay:
        yield relay


@pytest.fixture
def proxy(tls_engine: TlsEngine, plain: Relay) -> Iterator[ConnectProxy]:
    """A proxy that alone knows where engine.test is: with TLS at 2376, without at 2375."""
    names = {
        f"{ENGINE_NAME}:2376": ("127.0.0.1", tls_engine.port),
        f"{ENGINE_NAME}:2375": ("127.0.0.1", plain.port),
    }
    server = ConnectProxy(names)
    with server:
        yield server


def behind(tls: Tls | None, host: str = ENGINE_NAME, **environ: str) -> Engine:
    """A client of the engine that only the proxy reaches."""
    return Engine(f"tcp://{host}", tls=tls, environ=environ, timeout=10)


def test_an_engine_with_tls_is_reached_through_a_tunnel(
    tls_engine: TlsEngine, proxy: ConnectProxy
) -> None:
    with behind(tls_engine.tls, HTTPS_PROXY=f"http://{proxy.address}") as engine:
        engine.system.ping()
        assert list(engine.containers.list()) is not None
        engine.system.events().close()
    # The pool's one, and the stream's.
    assert proxy.asked_for == [f"{ENGINE_NAME}:2376"] * 2


def test_the_engines_name_is_verified_behind_the_proxy(
    tls_engine: TlsEngine, proxy: ConnectProxy
) -> None:
    tls = replace(tls_engine.tls, hostname="other.test")
    engine = behind(tls, HTTPS_PROXY=f"http://{proxy.address}")
    with engine, pytest.raises(ConnectionFailed, match=r"not valid for 'other\.test'"):
        engine.system.ping()


def test_an_engine_without_tls_is_reached_through_a_tunnel(proxy: ConnectProxy) -> None:
    environ = {"HTTP_PROXY": f"http://{proxy.address}", "HTTPS_PROXY": "http://127.0.0.1:1"}
    with behind(None, **environ) as engine:
        engine.system.ping()
    assert proxy.asked_for == [f"{ENGINE_NAME}:2375"]


@pytest.mark.parametrize(
    "name", ["https_proxy", "ALL_PROXY"], ids=["in small letters", "of all schemes"]
)
def test_the_variables_may_be_called(name: str, tls_engine: TlsEngine, proxy: ConnectProxy) -> None:
    with behind(tls_engine.tls, **{name: f"http://{proxy.address}"}) as engine:
        engine.system.ping()
    assert proxy.asked_for


def test_the_environment_of_the_process_is_not_asked_where_another_is_given(
    tls_engine: TlsEngine, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    with behind(tls_engine.tls) as engine, pytest.raises(ConnectionFailed) as caught:
        engine.system.ping()
    assert "proxy" not in str(caught.value)
    with Engine(f"tcp://{ENGINE_NAME}", tls=tls_engine.tls, timeout=10) as engine:
        engine.system.ping()
    assert proxy.asked_for == [f"{ENGINE_NAME}:2376"]


def test_a_proxy_may_want_a_password(tls_engine: TlsEngine) -> None:
    names = {f"{ENGINE_NAME}:2376": ("127.0.0.1", tls_engine.port)}
    login = "Basic " + base64.b64encode(b"me:s3cr3t/@").decode()
    with ConnectProxy(names, login) as proxy:
        environ = {"HTTPS_PROXY": f"http://me:s3cr3t%2F%40@{proxy.address}"}
        with behind(tls_engine.tls, **environ) as engine:
            engine.system.ping()
        environ = {"HTTPS_PROXY": f"http://me:s3cr3t@{proxy.address}"}
        with behind(tls_engine.tls, **environ) as engine, pytest.raises(ConnectionFailed) as caught:
            engine.system.ping()
    assert f"through the proxy {proxy.address}" in str(caught.value)
    assert "407" in str(caught.value)
    assert "s3cr3t" not in repr(caught.value)


@pytest.mark.parametrize("value", [ENGINE_NAME, ".test", "*", f"other, {ENGINE_NAME}:2376"])
@pytest.mark.pitfall(21)
def test_no_proxy_names_the_exceptions(
    value: str, tls_engine: TlsEngine, proxy: ConnectProxy
) -> None:
    environ = {"HTTPS_PROXY": f"http://{proxy.address}", "NO_PROXY": value}
    with behind(tls_engine.tls, **environ) as engine, pytest.raises(ConnectionFailed) as caught:
        engine.system.ping()
    assert "proxy" not in str(caught.value)
    assert proxy.asked_for == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.8.7", "[::1]", "LOCALHOST"])
@pytest.mark.pitfall(21)
def test_an_engine_on_the_loopback_address_needs_no_proxy(host: str, proxy: ConnectProxy) -> None:
    engine = behind(None, f"{host}:1", HTTP_PROXY=f"http://{proxy.address}")
    with engine, pytest.raises(ConnectionFailed, match="nobody listens there"):
        engine.system.ping()
    assert proxy.asked_for == []


@pytest.mark.pitfall(21)
def test_a_socket_needs_no_proxy(engine_host: str) -> None:
    names = ("HTTP_PROXY", "ALL_PROXY", "http+unix_proxy", "all_proxy")
    with Engine(engine_host, environ=dict.fromkeys(names, "http://127.0.0.1:1")) as engine:
        engine.system.ping()


def test_a_proxy_that_does_not_know_the_engine_is_named(proxy: ConnectProxy) -> None:
    engine = behind(None, "other.test", HTTP_PROXY=f"http://{proxy.address}")
    with engine, pytest.raises(ConnectionFailed, match="502") as caught:
        engine.system.ping()
    assert f"through the proxy {proxy.address}" in str(caught.value)


def test_a_proxy_that_is_not_there_is_named() -> None:
    engine = behind(None, HTTP_PROXY="http://127.0.0.1:1")
    with engine, pytest.raises(ConnectionFailed, match=r"through the proxy 127\.0\.0\.1:1"):
        engine.system.ping()


@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1", "https://127.0.0.1:1"])
def test_other_proxies_are_refused(value: str) -> None:
    with behind(None, HTTP_PROXY=value) as engine:
        for call in (engine.system.ping, engine.system.info):
            with pytest.raises(InvalidInput, match="is no http:// proxy"):
                call()


def test_a_proxy_that_ends_in_the_middle_of_its_head_is_an_error() -> None:
    class Broken(Relay):
        def greet(self, client: object) -> None:
            os.write(client.fileno(), b"HTTP/1.1 2")  # type: ignore[attr-defined]

    with Broken(("127.0.0.1", 0)) as proxy:
        engine = behind(None, HTTP_PROXY=f"http://{proxy.address}")
        with engine, pytest.raises(ConnectionFailed):
            engine.system.ping()


def test_an_ipv6_engine_is_asked_for_in_brackets(proxy: ConnectProxy) -> None:
    engine = behind(None, "[2001:db8::1]:2375", HTTP_PROXY=f"http://{proxy.address}")
    with engine, pytest.raises(ConnectionFailed):
        engine.system.ping()
    assert proxy.asked_for == ["[2001:db8::1]:2375"]
