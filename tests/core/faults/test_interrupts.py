"""Ctrl-C, in the middle of a call and of a stream."""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING

import pytest

from tests.core.scripted import Read, Step, answer

if TYPE_CHECKING:
    from tests.core.faults.conftest import Try

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_FRAME = struct.pack(">BxxxL", 1, 5) + b"hello"


@pytest.mark.parametrize(
    ("call", "begin"),
    [
        ("info", b""),
        ("info", _OK + b'Content-Length: 100\r\n\r\n{"a'),
        ("info", _CHUNKED + b'64\r\n{"a'),
        ("wait", _CHUNKED),
        ("pull", _CHUNKED + b'd\r\n{"status": 1}\r\n'),
        ("archive", _OK + b"Content-Length: 100000\r\n\r\nxx"),
        ("lines", _OK + b"Connection: close\r\n\r\n" + _FRAME),
        ("exec", b"HTTP/1.1 101 UPGRADED\r\n\r\n" + _FRAME),
    ],
)
def test_an_interrupt_ends_a_call_and_leaves_nothing_behind(
    call: str, begin: bytes, attempt: Try
) -> None:
    silence = threading.Event()
    outcome = attempt(call, (Read.REQUEST, begin, silence), interrupt_after=1)
    silence.set()
    assert outcome.error == "KeyboardInterrupt", outcome.message
    assert (outcome.left, outcome.usable) == ({}, True)


def test_an_interrupt_ends_a_command_that_does_not_take_its_input(attempt: Try) -> None:
    silence = threading.Event()
    created: tuple[Step, ...] = (Read.REQUEST, answer(b'{"Id": "e1"}', connection="close"))
    started: tuple[Step, ...] = (Read.REQUEST, b"HTTP/1.1 101 UPGRADED\r\n\r\n" + _FRAME, silence)
    outcome = attempt("exec with input", created, started, interrupt_after=2)
    silence.set()
    assert outcome.error == "KeyboardInterrupt", outcome.message
    assert (outcome.left, outcome.usable) == ({}, True)
