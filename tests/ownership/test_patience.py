"""Engines that take their time with a removal, and engines that have fallen silent."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost, Timeout
from pytest_engine.ownership.patience import Patience
from tests.core.scripted import Read, ScriptedServer, answer
from tests.stubborn import StubbornEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SILENCE = 0.2


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[StubbornEngine]:
    with StubbornEngine(tmp_path / "e.sock") as engine:
        yield engine


@pytest.fixture
def engine(stubborn: StubbornEngine) -> Iterator[Engine]:
    with Engine(stubborn.host, api_version="1.44", environ={}, timeout=_SILENCE) as engine:
        yield engine


def test_what_is_wrong_with_a_removal_comes_out(engine: Engine) -> None:
    def remove() -> None:
        raise ConnectionLost("The engine was restarted.")

    with pytest.raises(ConnectionLost):
        Patience().wait_for(engine, remove)


def test_a_removal_may_take_long_while_the_engine_answers_a_ping(
    engine: Engine, stubborn: StubbornEngine
) -> None:
    done = threading.Event()
    told: list[str] = []

    def remove() -> None:
        # It has been asked more than once.
        while len(stubborn.asked) < 2:
            assert not done.wait(0.05)
        done.set()

    Patience(silence=_SILENCE, wordless=0).wait_for(engine, remove, lambda: told.append("waiting"))
    assert done.is_set()
    assert told == ["waiting"]


def test_a_ping_that_is_refused_is_answered(tmp_path: Path) -> None:
    script = (Read.REQUEST, answer(b'{"message": "no"}', "403 Forbidden"), Read.AGAIN)
    with ScriptedServer(tmp_path / "refusing.sock", [script]) as server:
        with Engine(server.host, api_version="1.44", environ={}) as engine:
            Patience(silence=_SILENCE).wait_for(engine, lambda: server.wait_for_requests(2))
        assert {request.target for request in server.requests} == {"/v1.44/_ping"}


def test_where_there_is_no_thread_for_it_it_is_removed_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    removed: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        Patience().wait_for(engine, lambda: removed.append("one"))
    assert removed == ["one"]


def test_but_not_for_ever(engine: Engine) -> None:
    patience, over = Patience(silence=_SILENCE, longest=1), threading.Event()

    def hang() -> None:
        over.wait(30)

    with pytest.raises(Timeout, match=r"not gone after 1 s"):
        patience.wait_for(engine, hang)
    # Others may go.
    patience.wait_for(engine, lambda: None)
    over.set()


def test_an_engine_that_is_silent_is_not_asked_again_until_it_answers(
    engine: Engine, stubborn: StubbornEngine
) -> None:
    patience, over = Patience(silence=_SILENCE), threading.Event()
    answered, gone = threading.Event(), threading.Event()

    def hang() -> None:
        over.wait(30)
        answered.set()

    stubborn.deaf = ".*"
    with pytest.raises(Timeout, match=r"does not answer any more: GET /v1.44/_ping: "):
        patience.wait_for(engine, hang)
    with pytest.raises(Timeout, match="It was not tried"):
        patience.wait_for(engine, gone.set)
    assert not gone.is_set()
    over.set()
    assert answered.wait(30)
    while not gone.wait(0.05):
        with contextlib.suppress(Timeout):
            patience.wait_for(engine, gone.set)
