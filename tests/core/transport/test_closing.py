"""Closing while others are at work: by several threads at once, and by a signal's handler."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from tests.core.scripted import ALWAYS, PATIENCE, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.conftest import Serve

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_EVENT = b'25\r\n{"Type": "container", "timeNano": 1}\n\r\n'


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={}, timeout=PATIENCE)


@pytest.mark.pitfall(16)
def test_several_threads_may_close_what_another_reads(serve: Serve) -> None:
    silence = threading.Event()
    together = threading.Barrier(8)
    server = serve((Read.REQUEST, _HEAD + _EVENT, silence))

    def close(_: int) -> None:
        together.wait(PATIENCE)
        events.close()

    with _engine(server.host) as engine, ThreadPoolExecutor(9) as threads:
        events = engine.system.events()
        reading = iter(events)
        assert next(reading)["Type"] == "container"
        rest = threads.submit(list, reading)
        assert list(threads.map(close, range(8))) == [None] * 8
        assert rest.result(PATIENCE) == []
        silence.set()


@pytest.mark.pitfall(25)
def test_a_client_that_several_threads_close_goes_on_serving_others(serve: Serve) -> None:
    server = serve(ALWAYS)
    ended = threading.Event()

    def close(_: int) -> None:
        while not ended.wait(0.001):
            engine.close()

    def call(_: int) -> bool:
        return all(engine.system.info() == {} for _turn in range(20))

    with _engine(server.host) as engine, ThreadPoolExecutor(6) as threads:
        closing = [threads.submit(close, number) for number in range(2)]
        calling = [threads.submit(call, number) for number in range(4)]
        try:
            assert [one.result(PATIENCE) for one in calling] == [True] * 4
        finally:
            ended.set()
        assert [one.result(PATIENCE) for one in closing] == [None] * 2


@pytest.fixture
def alarm() -> Iterator[None]:
    """Put back what handles the alarm."""
    before = signal.getsignal(signal.SIGALRM)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
def test_a_signals_handler_may_close_what_it_interrupts(serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, _HEAD + _EVENT, silence))
    with _engine(server.host) as engine:
        events = engine.system.events()
        reading = iter(events)
        next(reading)
        signal.signal(signal.SIGALRM, lambda _number, _frame: events.close())
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        rest = list(reading)
        # Not after the server has lost its patience.
        assert (rest, server.ended.is_set()) == ([], False)
        silence.set()
