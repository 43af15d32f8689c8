"""Connections: how many there are, who has them, and what happens when one goes away."""

from __future__ import annotations

import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost
from tests.core.scripted import ALWAYS, ONE_ANSWER, PATIENCE, Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={})


@pytest.mark.pitfall(1)
def test_one_connection_serves_all_paths(serve: Serve) -> None:
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        for number in range(20):
            engine.containers.inspect(f"c{number}")
            engine.volumes.inspect(f"v{number}")
    assert (server.connections, len(server.requests)) == (1, 40)


def test_making_an_engine_connects_to_nothing(serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, environ={}) as engine:
        assert repr(engine) == f"Engine('{server.host}')"
    assert server.connections == 0


def test_an_engine_that_was_closed_connects_anew(serve: Serve) -> None:
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        engine.close()
        engine.system.info()
    assert server.connections == 2


@pytest.mark.pitfall(25)
def test_32_threads_get_their_own_answers_over_at_most_32_connections(serve: Serve) -> None:
    # The answer names what was asked for, so that a mixed-up connection shows.
    barrier = threading.Barrier(32)
    server = serve((Read.REQUEST, Read.ECHO, Read.AGAIN))

    def work(number: int) -> bool:
        barrier.wait(PATIENCE)
        return all(
            engine.containers.inspect(f"c{number}-{turn}")["Id"] == f"c{number}-{turn}"
            for turn in range(10)
        )

    with _engine(server.host) as engine, ThreadPoolExecutor(32) as threads:
        assert all(threads.map(work, range(32)))
    assert len(server.requests) == 320
    assert server.connections <= 32


@pytest.mark.pitfall(18)
def test_an_idle_connection_that_the_engine_closed_is_noticed(serve: Serve) -> None:
    server = serve(ONE_ANSWER, ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        assert server.ended.wait(PATIENCE)
        engine.containers.start("web")
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_after_an_answer_that_was_cut_the_next_call_works(serve: Serve) -> None:
    server = serve((Read.REQUEST, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), ALWAYS)
    with _engine(server.host) as engine:
        with pytest.raises(ConnectionLost):
            engine.system.info()
        assert engine.system.info() == {}


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"])
@pytest.mark.pitfall(18)
def test_a_post_whose_answer_is_cut_is_never_sent_again(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        engine.containers.create({"Image": "a"})
    assert len(server.requests) == 1


@pytest.mark.pitfall(45)
def test_answers_are_asked_for_uncompressed(serve: Serve) -> None:
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        for _ in engine.containers.get_archive("web", "/"):
            pass
    encodings = [request.headers["accept-encoding"] for request in server.requests]
    assert encodings == ["identity", "identity"]


@pytest.mark.pitfall(21)
def test_no_proxy_of_the_environment_comes_between(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "http+unix_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        assert engine.system.info() == {}


@pytest.mark.pitfall(25)
def test_cookies_of_an_answer_are_not_sent_back(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"{}", set_cookie="a=b"), Read.AGAIN))
    with _engine(server.host) as engine:
        engine.system.info()
        engine.system.info()
    assert "cookie" not in server.requests[1].headers


_FORKING = """
import os, sys
from pytest_engine.core.client import Engine

engine = Engine(sys.argv[1], api_version="1.41", environ={})
assert engine.containers.inspect("before")["Id"] == "before"
child = os.fork()
name = "parent" if child else "child"
for turn in range(50):
    assert engine.containers.inspect(f"{name}{turn}")["Id"] == f"{name}{turn}", name
engine.close()
if child:
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.pitfall(2)
def test_after_a_fork_the_child_has_a_connection_of_its_own(serve: Serve) -> None:
    server = serve((Read.REQUEST, Read.ECHO, Read.AGAIN))
    command = [sys.executable, "-W", "error", "-c", _FORKING, server.host]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert server.connections == 2


_FORKING_A_STREAM = """
import os, sys
from pytest_engine.core.client import Engine

output = Engine(sys.argv[1], api_version="1.41", environ={}).exec.start("e1")
frames = iter(output)
assert next(frames) == ("stdout", b"first")
child = os.fork()
if not child:
    output.close()
    os._exit(0)
assert os.waitpid(child, 0) == (child, 0)
output.write(b"still here")
output.close_stdin()
assert list(frames) == [("stdout", b"second")]
output.close()
"""


@pytest.mark.pitfall(2)
def test_a_stream_that_a_child_closes_stays_open_for_its_parent(serve: Serve) -> None:
    head = b"HTTP/1.1 101 UPGRADED\r\n\r\n"
    first, second = (struct.pack(">BxxxL", 1, len(data)) + data for data in (b"first", b"second"))
    server = serve((Read.REQUEST, head + first, Read.END, second))
    command = [sys.executable, "-W", "error", "-c", _FORKING_A_STREAM, server.host]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert server.received == [b"still here"]


@pytest.mark.pitfall(23)
def test_more_threads_than_idle_connections_neither_wait_nor_warn(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    # All of them are in a call at the same time before any gets its answer.
    together = threading.Barrier(49)
    asked = threading.Event()
    server = serve((Read.REQUEST, asked, answer(b"{}"), Read.AGAIN))

    def work(_: int) -> object:
        together.wait(PATIENCE)
        return engine.system.info()

    def let_go() -> None:
        together.wait(PATIENCE)
        server.wait_for_requests(48)
        asked.set()

    releasing = threading.Thread(target=let_go)
    releasing.start()
    with _engine(server.host) as engine, ThreadPoolExecutor(48) as threads:
        assert list(threads.map(work, range(48))) == [{}] * 48
    releasing.join()
    assert server.connections == 48
    assert caplog.messages == []
