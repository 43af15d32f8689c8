"""Which API version is spoken, and what is no engine at all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import (
    ConnectionFailed,
    Incompatible,
    InvalidInput,
    PermissionDenied,
    ServerError,
)
from tests.core.scripted import ALWAYS, ONE_ANSWER, PATIENCE, PONG, Read, Step, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve


def _speaking(version: str) -> tuple[Step, ...]:
    return (Read.REQUEST, answer(b"OK", api_version=version), *ONE_ANSWER, *ONE_ANSWER)


@pytest.mark.pitfall(17)
def test_the_version_is_asked_for_once_by_the_first_call(serve: Serve) -> None:
    server = serve(_speaking("1.41"))
    with Engine(server.host, environ={}) as engine:
        engine.system.info()
        engine.system.info()
    targets = [request.target for request in server.requests]
    assert targets == ["/_ping", "/v1.41/info", "/v1.41/info"]


@pytest.mark.pitfall(17)
@pytest.mark.pitfall(25)
def test_threads_that_begin_together_ask_once(serve: Serve) -> None:
    barrier = threading.Barrier(8)
    server = serve(_speaking("1.41"), ALWAYS)

    def work(_: int) -> str:
        barrier.wait(PATIENCE)
        return engine.api_version

    with Engine(server.host, environ={}) as engine, ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(8))) == {"1.41"}
    assert [request.target for request in server.requests] == ["/_ping"]


def test_a_question_that_failed_is_asked_again_by_the_next_call(serve: Serve) -> None:
    server = serve((Read.REQUEST,), _speaking("1.41"))
    with Engine(server.host, environ={}) as engine:
        with pytest.raises(ConnectionFailed):
            engine.system.info()
        assert engine.system.info() == {}


@pytest.mark.pitfall(17)
def test_a_newer_engine_is_spoken_to_in_the_newest_version_that_we_know(serve: Serve) -> None:
    server = serve(_speaking("1.99"))
    with Engine(server.host, environ={}) as engine:
        assert engine.api_version == "1.55"


def test_versions_are_compared_as_numbers(serve: Serve) -> None:
    server = serve(_speaking("1.100"))
    with Engine(server.host, environ={}) as engine:
        assert engine.api_version == "1.55"


@pytest.mark.parametrize("version", ["1.40", "1.5", "0.9"])
@pytest.mark.pitfall(17)
def test_an_engine_that_is_too_old_is_refused_with_what_it_takes(
    version: str, serve: Serve
) -> None:
    server = serve(_speaking(version))
    with Engine(server.host, environ={}) as engine, pytest.raises(Incompatible) as caught:
        engine.system.info()
    assert str(caught.value) == (
        f"The engine at {server.host} speaks API {version}; the oldest that is supported is "
        "1.41 (Docker Engine 20.10)."
    )


def test_a_version_that_is_stated_is_not_asked_for(serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, api_version="v1.43", environ={}) as engine:
        engine.system.info()
    assert [request.target for request in server.requests] == ["/v1.43/info"]


def test_the_version_of_the_environment_is_not_asked_for(serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, environ={"DOCKER_API_VERSION": "1.44"}) as engine:
        engine.system.info()
    assert [request.target for request in server.requests] == ["/v1.44/info"]


def test_the_argument_wins_over_the_environment(serve: Serve) -> None:
    server = serve(ALWAYS)
    environ = {"DOCKER_API_VERSION": "1.44"}
    with Engine(server.host, api_version="1.43", environ=environ) as engine:
        assert engine.api_version == "1.43"


@pytest.mark.parametrize("version", ["1", "one", "1.x", "1.\u00b2", "-1.41", "1.41.2", "9" * 5000])
def test_a_version_that_is_none_is_refused_at_once(version: str) -> None:
    with pytest.raises(InvalidInput, match=r"no API version like 1\.41"):
        Engine("unix:///a", api_version=version, environ={})


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"OK"),
        answer(b"OK", api_version=""),
        answer(b"OK", api_version="newest"),
        answer(b"<html>", "404 Not Found"),
        answer(b"", "301 Moved", location="/"),
    ],
)
def test_something_else_than_an_engine_is_told_from_one(reply: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, reply))
    with Engine(server.host, environ={}) as engine, pytest.raises(ConnectionFailed) as caught:
        engine.system.info()
    assert "no container engine" in str(caught.value)
    assert caught.value.endpoint == server.host


def test_an_engine_in_trouble_says_so(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b'{"message": "no disk"}', "500 Internal Server Error")))
    with Engine(server.host, environ={}) as engine, pytest.raises(ServerError, match="no disk"):
        engine.system.info()


def test_a_guard_before_the_engine_says_so(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"who are you?", "403 Forbidden")))
    with Engine(server.host, environ={}) as engine, pytest.raises(PermissionDenied, match="who"):
        engine.system.info()


def test_the_pong_of_the_scripts_is_one_of_an_engine(serve: Serve) -> None:
    server = serve((Read.REQUEST, PONG, *ALWAYS))
    with Engine(server.host, environ={}) as engine:
        engine.system.ping()
    assert [request.target for request in server.requests] == ["/_ping", "/v1.41/_ping"]


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    with pytest.raises(InvalidInput, match="timeout: "):
        Engine("unix:///a", timeout=timeout, environ={})


@pytest.mark.pitfall(26)
def test_an_engine_cannot_be_pickled_and_says_what_to_do() -> None:
    import pickle

    with pytest.raises(TypeError, match=r"pass Engine\.endpoint\.url and make another"):
        pickle.dumps(Engine("unix:///a", environ={}))
