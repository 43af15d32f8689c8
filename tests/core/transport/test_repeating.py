"""Connections that end just when they are used again: what goes out once more, and what does not.

An engine that was restarted, or a proxy that has lost patience, ends what is idle. The pool
notices that before it uses a connection, unless it happens at the same moment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed, ConnectionLost
from tests.core.scripted import ALWAYS, PATIENCE, Read, Step, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_CALLS: dict[str, Callable[[Engine], object]] = {
    "GET": lambda engine: engine.containers.inspect("web"),
    "POST": lambda engine: engine.containers.rename("web", "a"),
    "PUT": lambda engine: engine._transport.request("PUT", "/v1.41/x", body=b"x"),  # noqa: SLF001
    "DELETE": lambda engine: engine.containers.remove("web"),
}
_OK = answer(b"{}")
# It reads a second request, and ends.
_LOSING: tuple[Step, ...] = (Read.REQUEST, _OK, Read.REQUEST)


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={}, timeout=PATIENCE)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.pitfall(18)
def test_what_only_reads_goes_out_once_more(method: str, serve: Serve) -> None:
    server = serve(_LOSING, ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        answered = engine._transport.request(method, "/v1.41/x")  # noqa: SLF001
    assert answered.status == 200
    assert [request.method for request in server.requests] == ["GET", method, method]
    assert server.connections == 2


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_goes_out_a_third_time(method: str, serve: Serve) -> None:
    server = serve(_LOSING, (Read.REQUEST,))
    with _engine(server.host) as engine:
        engine.system.info()
        with pytest.raises(ConnectionLost):
            engine._transport.request(method, "/v1.41/x")  # noqa: SLF001
    assert len(server.requests) == 3


def test_what_a_new_connection_loses_is_not_repeated(serve: Serve) -> None:
    server = serve((Read.REQUEST,), ALWAYS)
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        engine.system.info()
    assert len(server.requests) == 1


def test_what_was_answered_in_part_is_not_repeated(serve: Serve) -> None:
    server = serve((Read.REQUEST, _OK, Read.REQUEST, b"HTTP/1.1 200 OK\r\nContent"), ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        with pytest.raises(ConnectionLost):
            engine.system.info()
    assert len(server.requests) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.pitfall(18)
def test_what_changes_something_is_not_repeated(method: str, serve: Serve) -> None:
    server = serve(_LOSING, ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        with pytest.raises(ConnectionLost):
            _CALLS[method](engine)
        assert engine.system.info() == {}
    assert [request.method for request in server.requests] == ["GET", method, "GET"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.pitfall(18)
def test_what_did_not_go_out_goes_out_over_a_new_connection(method: str, serve: Serve) -> None:
    released = threading.Event()
    # The connection seems open, but not a byte gets through.
    server = serve((Read.REQUEST, Read.DEAF, _OK, released), ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        _CALLS[method](engine)
        released.set()
    assert [request.method for request in server.requests] == ["GET", method]
    assert server.connections == 2


@pytest.mark.pitfall(18)
def test_an_engine_that_does_not_come_back_is_a_failed_connection(serve: Serve) -> None:
    server = serve(_LOSING)
    with _engine(server.host) as engine:
        engine.system.info()
        server.path.unlink()
        with pytest.raises(ConnectionFailed, match="there is no such socket"):
            engine.system.info()
