"""Servers that bring something now and then, and servers that never come to the point.

A timeout for each read does not see the former, and no bound of a line's length the latter.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Timeout
from pytest_engine.core.runtime.engine import EngineRuntime
from pytest_engine.core.runtime.options import ContainerExecOptions
from tests.core.scripted import ONE_ANSWER, Read, Slowly, Step, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.conftest import Serve
    from tests.core.faults.conftest import Try

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
_LINE = b"X-More: " + b"x" * 1000 + b"\r\n"

_SLOW_HEADS: dict[str, tuple[Step, ...]] = {
    "a status": (b"HTTP/1.1 200 ", Slowly(b"x")),
    "headers": (_OK, Slowly(b"X-More: x\r\n")),
    "interim answers": (Slowly(_CONTINUE),),
    "hints": (Slowly(_HINTS),),
}
_SLOW_BODIES: dict[str, tuple[Step, ...]] = {
    "a body": (_OK + b"Content-Length: 1000\r\n\r\n{", Slowly(b" ")),
    "a body without length": (_OK + b"Connection: close\r\n\r\n{", Slowly(b" ")),
    "chunks": (_CHUNKED, Slowly(b"1\r\n{\r\n")),
    "the length of a chunk": (_CHUNKED, Slowly(b"0")),
    "the extension of a chunk": (_CHUNKED + b"5;", Slowly(b"x")),
    "trailers": (_CHUNKED + b"2\r\n{}\r\n0\r\n", Slowly(b"X-More: x\r\n")),
}
_FLOODS: dict[str, tuple[Step, ...]] = {
    "interim answers": (_CONTINUE * 1000, Read.FOREVER),
    "hints": (_HINTS * 1000, Read.FOREVER),
    "long headers": (b"HTTP/1.1 200 OK\r\n", _LINE * 50, Read.FOREVER),
    "extensions of chunks": (_CHUNKED, (b"1;" + b"x" * 60000 + b"\r\n{\r\n") * 10, Read.FOREVER),
    "trailers": (_CHUNKED + b"2\r\n{}\r\n0\r\n", _LINE * 100, Read.FOREVER),
}
_SMALL = ("interim answers", "hints")
_SILENCE = 0.2
_HEAD_CALLS: dict[str, Callable[[Engine], object]] = {
    "a short call": lambda engine: engine.system.info(),
    "a short call that may take its time": lambda engine: engine.containers.stop("web"),
    "a stream": lambda engine: engine.images.pull("busybox"),
    "an upgrade": lambda engine: engine.exec.start("e1"),
}
_BODY_CALLS: dict[str, Callable[[Engine], object]] = {
    "a short call": lambda engine: engine.system.info(),
    "a short call that may take its time": lambda engine: engine.containers.stop("web"),
    "a stream with a timeout": lambda engine: engine.containers.wait("web", timeout=_SILENCE),
}


def _fail_slowly(call: Callable[[Engine], object], steps: Sequence[Step], serve: Serve) -> Timeout:
    """Make a call that is answered in a trickle, and return what it raises."""
    server = serve((Read.REQUEST, *steps))
    with Engine(server.host, api_version="1.41", environ={}, timeout=_SILENCE) as engine:
        begin = time.monotonic()
        with pytest.raises(Timeout) as caught:
            call(engine)
        assert time.monotonic() - begin < 10 * _SILENCE
    return caught.value


@pytest.mark.parametrize("fault", _SLOW_HEADS)
@pytest.mark.parametrize("call", _HEAD_CALLS)
def test_a_head_that_trickles_is_a_timeout(call: str, fault: str, serve: Serve) -> None:
    error = _fail_slowly(_HEAD_CALLS[call], _SLOW_HEADS[fault], serve)
    assert "its head was not there within 0.2 s" in str(error)


@pytest.mark.parametrize("fault", _SLOW_BODIES)
@pytest.mark.parametrize("call", _BODY_CALLS)
def test_a_short_body_that_trickles_is_a_timeout(call: str, fault: str, serve: Serve) -> None:
    _fail_slowly(_BODY_CALLS[call], _SLOW_BODIES[fault], serve)


@pytest.mark.parametrize("fault", [_SLOW_HEADS["headers"], _SLOW_BODIES["chunks"]])
@pytest.mark.parametrize("call", ["info", "wait a moment"])
def test_an_answer_that_trickles_leaves_nothing_behind(
    call: str, fault: Sequence[Step], attempt: Try
) -> None:
    outcome = attempt(call, (Read.REQUEST, *fault))
    assert (outcome.error, outcome.ours) == ("Timeout", True), outcome.message
    assert (outcome.left, outcome.usable) == ({}, True)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (call, fault)
        for call in ("info", "pull")
        for fault in _FLOODS
        # A stream that brings a byte now and then goes on.
        if (call, fault) != ("pull", "extensions of chunks")
    ],
)
def test_an_answer_that_never_comes_to_the_point_is_given_up(
    call: str, fault: str, attempt: Try
) -> None:
    outcome = attempt(call, (Read.REQUEST, *_FLOODS[fault]))
    # Small answers take so long to read that a busy machine runs out of time first.
    errors = {"ConnectionLost", "Timeout"} if fault in _SMALL else {"ConnectionLost"}
    assert outcome.error in errors, outcome.message
    assert outcome.ours
    assert len(outcome.message) < 500
    assert (outcome.left, outcome.usable) == ({}, True)
    assert outcome.mebibytes < 300


def test_the_body_of_a_long_answer_may_take_longer_than_the_timeout(serve: Serve) -> None:
    # 80 KiB/s: slow, but no fault.
    piece = b" " * 8192
    server = serve(
        (
            Read.REQUEST,
            _OK + b"Content-Length: %d\r\n\r\n{}" % (10 * len(piece) + 2),
            Slowly(piece, times=10),
        )
    )
    with Engine(server.host, api_version="1.41", environ={}, timeout=0.3) as engine:
        assert engine.system.info() == {}


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_call_that_waits_gets_an_answer_that_begins_late(pieces: int, serve: Serve) -> None:
    # The engine sends the head at once, and the body when the container has ended.
    body = b'{"StatusCode": 7}'
    cut = [body[place : place + -(-len(body) // pieces)] for place in range(0, len(body), 6)]
    chunks = [b"%x\r\n%s\r\n" % (len(one), one) for one in cut[:pieces]]
    slowly = [Slowly(chunk, times=1) for chunk in chunks]
    server = serve(
        (Read.REQUEST, _CHUNKED, Slowly(b"", times=8), *slowly, b"0\r\n\r\n"), ONE_ANSWER
    )
    with Engine(server.host, api_version="1.41", environ={}, timeout=0.2) as engine:
        assert engine.containers.wait("web") == {"StatusCode": 7}


def test_a_call_that_may_take_its_time_may_do_so_after_its_head(serve: Serve) -> None:
    # What was left of the head's time must not bound the body's beginning.
    head = _OK + b"Content-Length: 2\r\n\r\n"
    late = Slowly(b"", times=8)
    server = serve((Read.REQUEST, head[:20], Slowly(head[20:], times=1), late, b"{}"))
    with Engine(server.host, api_version="1.41", environ={}, timeout=0.2) as engine:
        engine.containers.stop("web")


_TRUE = ContainerExecOptions(cmd=["true"], attach_stdout=True)
_COMMANDS: dict[str, tuple[Callable[[Engine], object], str]] = {
    "silence": (
        lambda engine: engine.exec.run("web", ["true"], timeout=_SILENCE),
        "true in container web was silent for 0.2 s",
    ),
    "time": (
        lambda engine: engine.exec.run("web", ["true"], time_limit=_SILENCE),
        "true in container web did not end within 0.2 s",
    ),
    "time with input": (
        lambda engine: engine.exec.run("web", ["cat"], stdin=b"x", timeout=9, time_limit=_SILENCE),
        "cat in container web did not end within 0.2 s",
    ),
    "runtime": (
        lambda engine: EngineRuntime(engine).container_exec("web", _TRUE, timeout=_SILENCE),
        "true in container web was silent for 0.2 s",
    ),
}


@pytest.mark.parametrize("command", _COMMANDS)
def test_the_time_of_a_command_counts_before_the_engine_begins_to_answer(
    command: str, serve: Serve
) -> None:
    call, told = _COMMANDS[command]
    over = threading.Event()
    server = serve((Read.REQUEST, answer(b'{"Id": "e1"}')), (Read.REQUEST, over))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        with pytest.raises(Timeout, match=told):
            call(engine)
        over.set()


def test_an_engine_that_is_slow_with_a_command_of_any_length_is_a_timeout(serve: Serve) -> None:
    created = (Read.REQUEST, answer(b'{"Id": "e1"}'), Read.AGAIN)
    server = serve(created, (Read.REQUEST, b"H", Slowly(b"T")))
    with Engine(server.host, api_version="1.41", environ={}, timeout=_SILENCE) as engine:
        with pytest.raises(Timeout, match="its head was not there within"):
            engine.exec.run("web", ["true"])
        with pytest.raises(Timeout, match="its head was not there within"):
            EngineRuntime(engine).container_exec("web", _TRUE)


def test_a_stream_may_be_as_slow_as_it_likes(serve: Serve) -> None:
    event = b'{"Type": "container", "timeNano": 1}\n'
    chunk = b"%x\r\n%s\r\n" % (len(event), event)
    server = serve((Read.REQUEST, _CHUNKED, Slowly(chunk, times=8), b"0\r\n\r\n"))
    with Engine(server.host, api_version="1.41", environ={}, timeout=0.3) as engine:
        assert len(list(engine.system.events())) == 8
