"""Sockets with odd paths, TCP, and addresses at which nobody is."""

from __future__ import annotations

import contextlib
import socket
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.errors import ConnectionFailed, ConnectionLost
from pytest_engine.core.transport.tcp import TcpDialer
from tests.core.scripted import ALWAYS, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.core.conftest import Serve


@pytest.mark.parametrize(
    "name", ["a b", "50%", "a#b", "a?b", "a:b@c", "a+b", "[a]", "UPPER", "\u00fc", "%2F", "~;&=*"]
)
@pytest.mark.pitfall(20)
def test_a_socket_may_be_called_anything(name: str, serve: Serve) -> None:
    server = serve(ALWAYS, name=name)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        assert engine.system.info() == {}
        assert list(engine.containers.get_archive("web", "/")) == [b"{}"]


@pytest.fixture(params=["127.0.0.1", "::1"])
def tcp(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve two connections, which have to name it, with one answer each, and give the address."""
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as listener:

        def accept() -> None:
            for _ in range(2):
                sock, _address = listener.accept()
                with sock:
                    named = f"\r\nHost: {address}\r\n".encode() in sock.recv(65536)
                    status = "200 OK" if named else "421 Misdirected Request"
                    sock.sendall(answer(b"{}", status, connection="close"))

        host, port = listener.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"tcp://{address}"
        thread.join()


def test_an_engine_may_listen_on_tcp(tcp: str) -> None:
    with Engine(tcp, api_version="1.41", environ={}) as engine:
        assert engine.system.info() == {}
        assert list(engine.containers.get_archive("web", "/")) == [b"{}"]


def test_a_peer_that_is_gone_is_noticed_while_nothing_is_sent(tcp: str) -> None:
    endpoint = parse_endpoint(tcp)
    for _ in range(2):
        with TcpDialer(endpoint, {}).dial(5) as sock:
            sock.sendall(b"GET")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30


def _both_ways(host: str) -> list[str]:
    """Return the messages of a short call and of a stream to where nobody is."""
    messages = []
    with Engine(host, api_version="1.41", environ={}, timeout=5) as engine:
        for call in (engine.system.info, engine.system.events):
            with pytest.raises(ConnectionFailed) as caught:
                call()
            assert not isinstance(caught.value, ConnectionLost)
            assert caught.value.endpoint == engine.endpoint.url
            messages.append(str(caught.value))
    return messages


def test_a_port_where_nobody_listens_is_an_error_that_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for message in _both_ways(f"tcp://127.0.0.1:{port}"):
        assert "nobody listens there. Start the engine" in message


def test_a_socket_that_is_left_over_is_an_error_that_says_so(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "s"))
    for message in _both_ways(f"unix://{tmp_path}/s"):
        assert "nobody listens there. Start the engine" in message


def test_a_file_that_is_no_socket_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "s").touch()
    assert not stat.S_ISSOCK((tmp_path / "s").stat().st_mode)
    for message in _both_ways(f"unix://{tmp_path}/s"):
        assert f"Cannot connect to the engine at unix://{tmp_path}/s" in message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70, "-"])
def test_a_host_that_does_not_exist_is_an_error(host: str) -> None:
    for message in _both_ways(f"tcp://{host}:1"):
        assert "Cannot connect to the engine at tcp://" in message
        assert "Check the address and the network in between." in message


@pytest.fixture
def full(tmp_path: Path) -> Iterator[socket.socket]:
    """Listen at `s` below the test's folder with a queue that is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(tmp_path / "s"))
        listener.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                sock = stack.enter_context(socket.socket(socket.AF_UNIX))
                sock.settimeout(0)
                sock.connect(str(tmp_path / "s"))
        yield listener


def test_an_engine_that_is_busy_is_waited_for(full: socket.socket, tmp_path: Path) -> None:
    def accept() -> None:
        with contextlib.ExitStack() as stack:
            while True:
                sock = stack.enter_context(full.accept()[0])
                # Those that fill the queue say nothing.
                sock.settimeout(0.2)
                with contextlib.suppress(socket.timeout):
                    if sock.recv(65536):
                        sock.sendall(answer(b"{}"))
                        return

    timer = threading.Timer(0.2, accept)
    timer.start()
    with Engine(f"unix://{tmp_path}/s", api_version="1.41", environ={}) as engine:
        assert engine.system.info() == {}
    timer.join()


@pytest.mark.usefixtures("full")
def test_an_engine_that_stays_busy_is_an_error_that_says_so(tmp_path: Path) -> None:
    engine = Engine(f"unix://{tmp_path}/s", api_version="1.41", environ={}, timeout=0.2)
    with engine, pytest.raises(ConnectionFailed, match="it takes no more connections"):
        engine.system.info()
