"""Answers that are late, cut or no answers at all, over real sockets."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import (
    ApiError,
    ConnectionFailed,
    ConnectionLost,
    EngineError,
    ServerError,
    Timeout,
)
from tests.core.scripted import ALWAYS, PATIENCE, Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CUT = [
    b"",
    b"HTTP/1.1 20",
    b"HTTP/1.1 200 OK\r\nContent-",
    _HEAD + b"Content-Length: 10\r\n\r\n",
    _HEAD + b"Content-Length: 10\r\n\r\n[1, 2",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[1,",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n",
]
_NO_HTTP = [
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x00\xff" * 1000,
    b"220 mail ESMTP\r\n" * 500,
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 99999 OK\r\n\r\n",
    b"x" * 200000,
    b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 5000,
    b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200000,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello",
]


def _engine(host: str, timeout: float = PATIENCE) -> Engine:
    return Engine(host, api_version="1.41", environ={}, timeout=timeout)


@pytest.mark.parametrize("begin", _CUT)
def test_an_answer_that_is_cut_is_a_lost_connection(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost) as caught:
        engine.system.info()
    assert "GET /v1.41/info" in str(caught.value)
    assert caught.value.endpoint == server.host


@pytest.mark.parametrize("begin", _CUT)
@pytest.mark.pitfall(11)
def test_a_stream_that_is_cut_is_a_lost_connection(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        b"".join(engine.containers.get_archive("web", "/"))


@pytest.mark.parametrize("garbage", _NO_HTTP)
def test_what_is_no_http_is_a_lost_connection_in_bounded_time(garbage: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, garbage))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        engine.system.info()


@pytest.mark.parametrize("garbage", _NO_HTTP)
def test_a_stream_of_what_is_no_http_is_a_lost_connection(garbage: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, garbage))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        b"".join(engine.containers.get_archive("web", "/"))


def test_a_head_without_end_is_given_up(serve: Serve) -> None:
    server = serve(
        (Read.REQUEST, b"HTTP/1.1 200 OK\r\n", *[b"X-More: x\r\n"] * 1000, threading.Event())
    )
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        engine.system.info()


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff", b"[" * 200000])
def test_an_answer_that_is_no_json_is_a_lost_connection(body: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(body)))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost, match="not JSON"):
        engine.system.info()


@pytest.mark.parametrize("begin", [b"", _HEAD + b"Content-Length: 5\r\n\r\n["])
def test_an_engine_that_stays_silent_is_a_timeout_of_ours(begin: bytes, serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, begin, silence))
    with _engine(server.host, timeout=0.2) as engine, pytest.raises(Timeout) as caught:
        engine.system.info()
    silence.set()
    assert str(caught.value) == (
        f"GET /v1.41/info: the engine at {server.host} stayed silent for 0.2 s. "
        "It may be busy; a longer timeout may help."
    )


def test_an_engine_that_begins_to_answer_and_falls_silent_is_a_timeout(serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, b"HTTP/1.1 200 OK\r\n", silence))
    with _engine(server.host, timeout=0.2) as engine, pytest.raises(Timeout) as caught:
        engine.system.info()
    silence.set()
    assert str(caught.value) == (
        f"GET /v1.41/info: the engine at {server.host} began to answer, but its head was not "
        "there within 0.2 s. Look at the connection, and whether an engine is at its other end."
    )


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: a\r\n\r\n"])
@pytest.mark.pitfall(14)
def test_a_wait_that_takes_too_long_is_a_timeout_of_ours(begin: bytes, serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, begin, silence))
    with _engine(server.host) as engine, pytest.raises(Timeout) as caught:
        engine.containers.wait("web", timeout=0.2)
    silence.set()
    assert str(caught.value) == "Container web did not reach not-running within 0.2 s."


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.containers.stop("web"),
        lambda engine: engine.containers.restart("web"),
        lambda engine: engine.containers.remove("web", volumes=True),
        lambda engine: engine.containers.wait("web"),
        lambda engine: list(engine.containers.get_archive("web", "/")),
        lambda engine: list(engine.system.events()),
        lambda engine: engine.images.pull("busybox"),
    ],
)
@pytest.mark.pitfall(14)
@pytest.mark.pitfall(15)
def test_what_may_take_its_time_has_no_timeout(call: object, serve: Serve) -> None:
    late = threading.Event()
    server = serve((Read.REQUEST, late, answer(b"{}")))
    # Longer than the timeout of short calls.
    timer = threading.Timer(1.5, late.set)
    timer.start()
    with _engine(server.host, timeout=1) as engine:
        call(engine)  # type: ignore[operator]
    timer.join()


@pytest.mark.pitfall(12)
def test_an_error_in_the_middle_of_a_stream_of_progress_is_raised(serve: Serve) -> None:
    body = b'{"status": "Pulling"}\r\n{"errorDetail": {"message": "no"}, "error": "no"}\r\n'
    server = serve((Read.REQUEST, answer(body)))
    with (
        _engine(server.host) as engine,
        pytest.raises(EngineError, match="Cannot pull busybox: no"),
    ):
        engine.images.pull("busybox")


def test_the_reason_of_a_refused_stream_is_read(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b'{"message": "broken"}', "500 Internal Server Error")))
    with _engine(server.host) as engine, pytest.raises(ServerError, match=r"broken \(HTTP 500\)"):
        engine.system.events()


def test_a_redirection_is_an_error_and_not_a_success(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"", "301 Moved Permanently", location="/v1.41/info")))
    with _engine(server.host) as engine, pytest.raises(ApiError, match="HTTP 301"):
        engine.containers.remove("web")
    assert len(server.requests) == 1


def test_a_redirected_stream_is_an_error_and_not_a_success(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"", "301 Moved Permanently", location="/v1.41/info")))
    with _engine(server.host) as engine, pytest.raises(ApiError, match="HTTP 301"):
        engine.containers.put_archive("web", "/", b"")


def test_an_upload_that_is_refused_early_still_shows_the_reason(serve: Serve) -> None:
    refusal = answer(
        b'{"message": "no space left"}', "507 Insufficient Storage", connection="close"
    )
    server = serve((Read.HEAD, refusal))
    pieces = (b"x" * 65536 for _ in range(1000))
    with _engine(server.host) as engine, pytest.raises(ServerError, match="no space left"):
        engine.containers.put_archive("web", "/", pieces)


@pytest.mark.pitfall(24)
def test_an_upload_whose_source_fails_raises_that_and_leaves_no_socket(serve: Serve) -> None:
    def pieces() -> object:
        yield b"x"
        raise ValueError("the source is broken")

    server = serve((Read.REQUEST, answer(b"{}")))
    with _engine(server.host) as engine, pytest.raises(ValueError, match="the source is broken"):
        engine.containers.put_archive("web", "/", pieces())  # type: ignore[arg-type]


def test_an_upload_from_an_iterable_arrives_whole(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"{}")))
    with _engine(server.host) as engine:
        engine.containers.put_archive("web", "/", iter([b"a" * 100000, b"", b"b"]))
    assert server.requests[0].body == b"a" * 100000 + b"b"


def test_a_request_says_who_asks(serve: Serve) -> None:
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
    assert server.requests[0].headers["user-agent"].startswith("pytest-engine/")


def test_nobody_at_the_socket_is_an_error_that_says_what_to_do(tmp_path: object) -> None:
    with _engine(f"unix://{tmp_path}/none.sock") as engine:
        with pytest.raises(ConnectionFailed) as caught:
            engine.system.info()
        with pytest.raises(ConnectionFailed) as streamed:
            engine.system.events()
    expected = (
        f"Cannot connect to the engine at unix://{tmp_path}/none.sock (from argument): there is "
        "no such socket. Start the engine, or set DOCKER_HOST to where it listens."
    )
    assert (str(caught.value), str(streamed.value)) == (expected, expected)
    assert not isinstance(caught.value, ConnectionLost)


@pytest.mark.pitfall(11)
@pytest.mark.parametrize(
    "call",
    [
        lambda engine: list(engine.system.events()),
        lambda engine: engine.images.pull("busybox"),
    ],
)
def test_a_stream_of_json_that_ends_between_two_values_is_cut_as_well(
    call: Callable[[Engine], object], serve: Serve
) -> None:
    value = b'{"status": "Pulling", "timeNano": 1}\n'
    chunk = b"%x\r\n%s\r\n" % (len(value), value)
    server = serve((Read.REQUEST, _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        call(engine)


@pytest.mark.pitfall(42)
def test_a_list_takes_one_request_however_long_it_is(serve: Serve) -> None:
    listed = [{"Id": f"{number:064x}", "Names": [f"/c{number}"]} for number in range(100)]
    server = serve((Read.REQUEST, answer(json.dumps(listed).encode()), Read.AGAIN))
    with _engine(server.host) as engine:
        assert engine.containers.list(all=True) == listed
    assert [request.method for request in server.requests] == ["GET"]
