"""Servers that send nonsense, too much or too little: what is left behind is counted.

That each is an error of ours is seen in tests/core/transport as well; here it is seen in a
process of its own that nothing is left over, that memory is bounded, and that the same
client goes on.
"""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING

import pytest

from tests.core.scripted import Read, Step

if TYPE_CHECKING:
    from tests.core.faults.conftest import Try

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_UNTIL_CLOSED = _OK + b"Connection: close\r\n\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_MUCH = b"x" * 65536
# What a value or an answer may take, and what comes with it.
_BOUND = 300.0

_FAULTS: dict[str, tuple[Step, ...]] = {
    "nothing": (),
    "garbage": (b"\x00\xff" * 1000,),
    "half a head": (_OK + b"Content-",),
    "half a body": (_OK + b'Content-Length: 100\r\n\r\n{"a": 1',),
    "half a chunk": (_CHUNKED + b'64\r\n{"a": 1',),
    "a length beyond all memory": (_OK + b"Content-Length: 1" + b"0" * 18 + b"\r\n\r\n{",),
    "a length beyond all numbers": (_OK + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\n{",),
    "a chunk beyond all numbers": (_CHUNKED + b"f" * 30 + b"\r\n{",),
}
_ENDLESS: dict[str, tuple[Step, ...]] = {
    "a head of many lines": (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n" * 1000, Read.FOREVER),
    "a head of one line": (b"HTTP/1.1 200 OK\r\nX-Long: ", _MUCH, Read.FOREVER),
    "a value": (_UNTIL_CLOSED + b'{"a": "', _MUCH, Read.FOREVER),
    "a value in chunks": (_CHUNKED + b'6\r\n{"a":"\r\n', b"10000\r\n%s\r\n" % _MUCH, Read.FOREVER),
    "a reason": (b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n", _MUCH, Read.FOREVER),
}


@pytest.mark.parametrize("fault", _FAULTS)
@pytest.mark.parametrize("call", ["info", "wait", "pull", "archive"])
def test_a_broken_answer_leaves_nothing_behind(call: str, fault: str, attempt: Try) -> None:
    outcome = attempt(call, (Read.REQUEST, *_FAULTS[fault]))
    assert (outcome.error, outcome.ours) == ("ConnectionLost", True), outcome.message
    assert (outcome.left, outcome.usable) == ({}, True)
    assert outcome.mebibytes < 8


@pytest.mark.parametrize("fault", _ENDLESS)
@pytest.mark.parametrize("call", ["info", "wait", "pull"])
def test_an_answer_without_end_is_given_up_in_bounded_memory(
    call: str, fault: str, attempt: Try
) -> None:
    outcome = attempt(call, (Read.REQUEST, *_ENDLESS[fault]))
    assert (outcome.error, outcome.ours) == ("ConnectionLost", True), outcome.message
    assert len(outcome.message) < 2000
    assert (outcome.left, outcome.usable) == ({}, True)
    assert outcome.mebibytes < _BOUND


def test_a_line_without_end_is_given_up_in_bounded_memory(attempt: Try) -> None:
    frame = struct.pack(">BxxxL", 1, len(_MUCH)) + _MUCH
    outcome = attempt("lines", (Read.REQUEST, _UNTIL_CLOSED, frame, Read.FOREVER))
    assert (outcome.ours, outcome.left, outcome.usable) == (True, {}, True)
    assert "a line of more than" in outcome.message
    assert outcome.mebibytes < _BOUND


@pytest.mark.parametrize("call", ["info", "wait a moment"])
@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n", _CHUNKED + b"64\r\n{"])
def test_an_engine_that_stalls_leaves_nothing_behind(call: str, begin: bytes, attempt: Try) -> None:
    silence = threading.Event()
    outcome = attempt(call, (Read.REQUEST, begin, silence))
    silence.set()
    assert (outcome.error, outcome.ours) == ("Timeout", True), outcome.message
    assert outcome.seconds < 5
    assert (outcome.left, outcome.usable) == ({}, True)
