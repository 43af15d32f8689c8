"""Which proxy an environment means, and one that takes its time."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.errors import ConnectionFailed, InvalidInput
from pytest_engine.core.transport.dial import open_dialer
from pytest_engine.core.transport.proxy import find_proxy
from tests.core.scripted import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _find(host: str, **environ: str) -> str | None:
    proxy = find_proxy(parse_endpoint(host), environ)
    return None if proxy is None else str(proxy)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HTTP_PROXY": ""}, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "proxy:3128"),
        ({"HTTP_PROXY": " http://proxy:3128/ "}, "proxy:3128"),
        ({"HTTP_PROXY": "proxy:3128"}, "proxy:3128"),
        ({"HTTP_PROXY": "HTTP://proxy"}, "proxy:80"),
        ({"HTTP_PROXY": "http://[::1]:3128"}, "::1:3128"),
        ({"HTTP_PROXY": "http://me:pass@proxy:3128"}, "proxy:3128"),
        ({"http_proxy": "http://small", "HTTP_PROXY": "http://big"}, "small:80"),
        ({"http_proxy": "", "HTTP_PROXY": "http://big"}, "big:80"),
        ({"ALL_PROXY": "http://all", "HTTP_PROXY": "http://one"}, "one:80"),
        ({"ALL_PROXY": "http://all", "HTTPS_PROXY": "http://one"}, "all:80"),
        ({"REQUEST_METHOD": "GET", "HTTP_PROXY": "http://a.stranger"}, None),
        ({"REQUEST_METHOD": "GET", "http_proxy": "http://proxy"}, "proxy:80"),
    ],
)
@pytest.mark.pitfall(21)
def test_the_proxy_is_the_one_that_the_environment_names(
    environ: Mapping[str, str], expected: str | None
) -> None:
    assert _find("tcp://engine.test:2375", **environ) == expected


@pytest.mark.parametrize(
    ("host", "exceptions"),
    [
        ("engine.test", "*"),
        ("engine.test", "engine.test"),
        ("ENGINE.test", "engine.TEST"),
        ("engine.test", "test"),
        ("engine.test", ".test"),
        ("engine.test", "*.test"),
        ("engine.test", "other, ,engine.test:2375"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3:2375"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::/32"),
        ("[2001:db8::1]", "[2001:db8::1]:2375"),
        ("127.0.0.1", ""),
        ("localhost", ""),
    ],
)
@pytest.mark.pitfall(21)
def test_an_engine_may_be_excepted(host: str, exceptions: str) -> None:
    proxy = "http://proxy"
    assert _find(f"tcp://{host}:2375", HTTP_PROXY=proxy, NO_PROXY=exceptions) is None
    assert _find(f"tcp://{host}:2375", HTTP_PROXY=proxy, no_proxy=exceptions) is None


@pytest.mark.parametrize(
    ("host", "exceptions"),
    [
        ("engine.test", ""),
        ("engine.test", ","),
        ("engine.test", "gine.test"),
        ("engine.test", ".engine.test"),
        ("engine.test", "*.engine.test"),
        ("engine.test", "engine.test:2376"),
        ("engine.test", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2"),
        ("10.1.2.3", "11.0.0.0/8"),
        ("10.1.2.3", "2001:db8::/32"),
        ("[2001:db8::1]", "[2001:db8::1]:2376"),
    ],
)
@pytest.mark.pitfall(21)
def test_other_engines_are_not_excepted(host: str, exceptions: str) -> None:
    environ = {"HTTP_PROXY": "http://proxy", "NO_PROXY": exceptions}
    assert _find(f"tcp://{host}:2375", **environ) == "proxy:80"


@pytest.mark.parametrize(
    "value", ["http://", "http://a:b:c", "http://u:s3cr3t@[", "http://a:99999"]
)
def test_a_proxy_without_address_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(InvalidInput, match="is no address") as caught:
        _find("tcp://engine.test", HTTP_PROXY=value)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.fixture
def trickling() -> Iterator[str]:
    """A proxy whose answer comes byte by byte, and never ends."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _address = listener.accept()
            # The client may have enough.
            with client, contextlib.suppress(OSError):
                client.sendall(b"HTTP/1.1 200 ")
                while not ended.wait(0.05):
                    client.sendall(b"x")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        thread.join(PATIENCE)


def test_a_proxy_that_trickles_is_given_up(trickling: str) -> None:
    dialer = open_dialer(parse_endpoint("tcp://engine.test"), {"HTTP_PROXY": trickling})
    begin = time.monotonic()
    with pytest.raises(ConnectionFailed, match=f"through the proxy {trickling}: timed out"):
        dialer.dial(0.3)
    assert time.monotonic() - begin < 3
