"""What comes beside an answer: before it, behind it, and in place of it.

The worst that can come of it is that one call gets the answer to another.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost
from tests.core.scripted import ALWAYS, PATIENCE, Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_STRAY = answer(b'{"Id": "of somebody else"}')
_STAT = base64.b64encode(
    b'{"name":"a","size":1,"mode":420,"mtime":"2024-01-01T00:00:00Z","linkTarget":""}'
).decode()


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={}, timeout=PATIENCE)


_FIRST: dict[str, tuple[Callable[[Engine], object], bytes]] = {
    "an answer": (lambda engine: engine.system.info(), answer(b"{}")),
    "an answer that is longer than its length": (
        lambda engine: engine.system.info(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{} ",
    ),
    "an answer in chunks": (
        lambda engine: engine.system.info(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ),
    "nothing to say": (
        lambda engine: engine.containers.start("web"),
        answer(b"", "204 No Content"),
    ),
    "nothing to say, with a body": (
        lambda engine: engine.containers.start("web"),
        answer(b"{}", "204 No Content"),
    ),
    "nothing to do, with a body": (
        lambda engine: engine.containers.start("web"),
        answer(b"{}", "304 Not Modified"),
    ),
    "a head, with a body": (
        lambda engine: engine.containers.archive_info("web", "/a"),
        answer(b"{}", X_Docker_Container_Path_Stat=_STAT),
    ),
}


@pytest.mark.parametrize("name", _FIRST)
def test_what_comes_behind_an_answer_is_no_answer(name: str, serve: Serve) -> None:
    call, first = _FIRST[name]
    server = serve((Read.REQUEST, first + _STRAY, Read.AGAIN), (Read.REQUEST, Read.ECHO))
    with _engine(server.host) as engine:
        call(engine)
        assert engine.containers.inspect("ours")["Id"] == "ours"
    assert server.connections == 2


def test_a_connection_without_anything_behind_the_answer_is_kept(serve: Serve) -> None:
    head = answer(b"", X_Docker_Container_Path_Stat=_STAT)
    chunks = _FIRST["an answer in chunks"][1]
    server = serve(
        (Read.REQUEST, answer(b"", "204 No Content"), Read.REQUEST, head, Read.REQUEST, chunks)
    )
    with _engine(server.host) as engine:
        engine.containers.start("web")
        engine.containers.archive_info("web", "/a")
        engine.system.info()
    assert server.connections == 1


@pytest.mark.parametrize("status", ["204 No Content", "200 OK"])
def test_a_call_that_may_take_its_time_ends_with_an_answer_without_a_body(
    status: str, serve: Serve
) -> None:
    # The server keeps the connection, as engines do, for longer than anybody waits.
    closes = threading.Event()
    server = serve((Read.REQUEST, answer(b"", status), closes))
    began = time.monotonic()
    with _engine(server.host) as engine:
        engine.plugins.create("registry.example/listener:1", b"an archive")
        assert time.monotonic() - began < PATIENCE / 2
        closes.set()


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nContent-Length: 7\r\n\r\n" * 3,
    ],
)
def test_interim_answers_are_skipped(interim: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, interim + answer(b'{"ID": "a"}'), Read.AGAIN))
    with _engine(server.host) as engine:
        assert [engine.system.info(), engine.system.info()] == [{"ID": "a"}] * 2
        assert b"".join(engine.containers.get_archive("web", "/")) == b'{"ID": "a"}'
    assert server.connections == 2


_UNREADABLE = {
    b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n": "another protocol",
    answer(b"x", content_encoding="gzip"): "encoded as 'gzip'",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx": "'gzip, chunked'",
    b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}": "is no header",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n": "ended within its head",
}


@pytest.mark.parametrize("begin", _UNREADABLE)
def test_an_answer_that_cannot_be_understood_is_refused(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin), ALWAYS)
    with _engine(server.host) as engine:
        with pytest.raises(ConnectionLost, match="cannot be read") as caught:
            engine.system.info()
        assert engine.system.info() == {}
    assert _UNREADABLE[begin] in str(caught.value)
    assert caught.value.endpoint == server.host


@pytest.mark.parametrize("begin", [one for one in _UNREADABLE if b" 101 " not in one])
def test_a_stream_that_cannot_be_understood_is_refused(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost, match="cannot be read"):
        engine.containers.get_archive("web", "/")


def test_the_answer_to_a_head_may_say_how_its_body_would_be_encoded(serve: Serve) -> None:
    head = answer(b"", X_Docker_Container_Path_Stat=_STAT, content_encoding="gzip")
    server = serve((Read.REQUEST, head))
    with _engine(server.host) as engine:
        assert engine.containers.archive_info("web", "/a").name == "a"


def test_extensions_of_chunks_and_trailers_are_skipped(serve: Serve) -> None:
    body = b'4;a="b;c"\r\n{"a"\r\n003 \r\n:1}\r\n0;x\r\nX-Trailer: a\r\nX-More: b\r\n\r\n'
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    server = serve((Read.REQUEST, head + body, Read.AGAIN))
    with _engine(server.host) as engine:
        assert [engine.system.info(), engine.system.info()] == [{"a": 1}] * 2
        assert b"".join(engine.containers.get_archive("web", "/")) == b'{"a":1}'
    assert server.connections == 2


def test_an_answer_without_length_may_be_empty(serve: Serve) -> None:
    server = serve((Read.REQUEST, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"))
    with _engine(server.host) as engine:
        assert b"".join(engine.containers.get_archive("web", "/")) == b""


@pytest.mark.pitfall(18)
def test_a_post_that_a_kept_connection_loses_is_never_sent_again(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"{}"), Read.REQUEST), ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        with pytest.raises(ConnectionLost):
            engine.containers.create({"Image": "a"})
        assert engine.system.info() == {}
    assert [request.method for request in server.requests] == ["GET", "POST", "GET"]
