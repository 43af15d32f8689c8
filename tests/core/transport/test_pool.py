"""Connections: how many there are, who has them, and what happens when one goes away."""

from __future__ import annotations

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
def test_a_post_whose_answer_is_cut_is_never_sent_again(begin: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, begin))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost):
        engine.containers.create({"Image": "a"})
    assert len(server.requests) == 1


def test_answers_are_asked_for_uncompressed(serve: Serve) -> None:
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        engine.system.info()
        for _ in engine.containers.get_archive("web", "/"):
            pass
    encodings = [request.headers["accept-encoding"] for request in server.requests]
    assert encodings == ["identity", "identity"]


def test_no_proxy_of_the_environment_comes_between(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "http+unix_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = serve(ALWAYS)
    with _engine(server.host) as engine:
        assert engine.system.info() == {}


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


def test_after_a_fork_the_child_has_a_connection_of_its_own(serve: Serve) -> None:
    server = serve((Read.REQUEST, Read.ECHO, Read.AGAIN))
    command = [sys.executable, "-W", "error", "-c", _FORKING, server.host]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert server.connections == 2
