"""Connections that become the process's own input and output, on a server that is scripted."""

from __future__ import annotations

import contextlib
import struct
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost, Timeout
from tests.core.scripted import PATIENCE, Read, answer

if TYPE_CHECKING:
    from pytest_engine.core.api.output import OutputStream
    from tests.core.conftest import Serve

_UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
_PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
_CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
_OLD = b"HTTP/1.0 200 OK\r\n\r\n"
_HEADS = [_UPGRADED, _PLAIN, _CLOSING, _OLD]


def _frame(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(payload)) + payload


def _sockets() -> set[str]:
    """Return the sockets that this process has open."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(str(entry.readlink()))
    return {target for target in found if target.startswith("socket:")}


def _start(host: str) -> OutputStream:
    return Engine(host, api_version="1.41", environ={}).exec.start("e1")


@pytest.mark.parametrize("head", _HEADS)
@pytest.mark.pitfall(3)
@pytest.mark.pitfall(4)
def test_output_in_the_same_segment_as_the_head_is_not_lost(head: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, head + _frame(1, b"first") + _frame(2, b"second")))
    with _start(server.host) as output:
        assert output.read() == (b"first", b"second")


@pytest.mark.parametrize("head", _HEADS)
def test_output_may_be_cut_anywhere(head: bytes, serve: Serve) -> None:
    data = head + _frame(1, b"first") + _frame(2, b"second")
    server = serve((Read.REQUEST, *(data[place : place + 1] for place in range(len(data)))))
    with _start(server.host) as output:
        assert output.read() == (b"first", b"second")


@pytest.mark.parametrize("head", _HEADS)
def test_no_output_is_no_error(head: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, head))
    with _start(server.host) as output:
        assert output.read() == (b"", b"")


@pytest.mark.parametrize("head", _HEADS)
@pytest.mark.pitfall(5)
def test_the_input_can_be_ended_while_the_output_goes_on(head: bytes, serve: Serve) -> None:
    server = serve((Read.REQUEST, head, Read.END, _frame(1, b"thanks")))
    with _start(server.host) as output:
        output.write(b"some ")
        output.write(b"input")
        output.close_stdin()
        assert output.read() == (b"thanks", b"")
    assert server.received == [b"some input"]


@pytest.mark.pitfall(4)
def test_the_connection_is_asked_for_by_an_upgrade(serve: Serve) -> None:
    server = serve((Read.REQUEST, _UPGRADED))
    with _start(server.host) as output:
        output.read()
    headers = server.requests[0].headers
    assert (headers["connection"], headers["upgrade"]) == ("Upgrade", "tcp")


@pytest.mark.pitfall(7)
def test_output_that_is_cut_inside_a_frame_is_a_lost_connection(serve: Serve) -> None:
    server = serve((Read.REQUEST, _UPGRADED + _frame(1, b"first") + b"\x01\x00"))
    with _start(server.host) as output, pytest.raises(ConnectionLost, match="middle of a frame"):
        output.read()


def test_writing_to_a_side_that_is_gone_is_a_lost_connection(serve: Serve) -> None:
    server = serve((Read.REQUEST, _UPGRADED))
    with _start(server.host) as output:
        assert server.ended.wait(PATIENCE)
        with pytest.raises(ConnectionLost, match="cannot write"):
            output.write(b"x" * (1 << 24))


def test_closing_wakes_a_patient_writer(serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, _UPGRADED, silence))
    output = _start(server.host)
    output.settimeout(0.05)
    failed: list[str] = []

    def write() -> None:
        try:
            output.write(b"x" * (1 << 24), patient=True)
        except ConnectionLost as exc:
            failed.append(str(exc))

    writer = threading.Thread(target=write)
    writer.start()
    # Several of its timeouts.
    writer.join(0.3)
    assert writer.is_alive()
    output.close()
    writer.join(PATIENCE)
    silence.set()
    assert len(failed) == 1
    assert "cannot write" in failed[0]


def test_the_end_of_a_terminals_input_waits_as_the_input_did(serve: Serve) -> None:
    busy = threading.Event()
    server = serve((Read.REQUEST, _UPGRADED, busy, Read.END))
    output = Engine(server.host, api_version="1.41", environ={}).exec.start("e1", tty=True)
    output.settimeout(0.05)
    # More than the connection holds.
    with pytest.raises(ConnectionLost, match="cannot write"):
        output.write(b"x" * (1 << 24))
    output.write(b"", patient=True)
    ending = threading.Thread(target=output.close_stdin)
    ending.start()
    # Several of its timeouts.
    ending.join(0.3)
    busy.set()
    ending.join(PATIENCE)
    output.close()
    assert server.ended.wait(PATIENCE)
    assert server.received[0].endswith(b"x\x04")


@pytest.mark.pitfall(14)
def test_silence_is_a_timeout_where_one_is_asked_for(serve: Serve) -> None:
    silence = threading.Event()
    server = serve((Read.REQUEST, _UPGRADED + _frame(1, b"a"), silence))
    with _start(server.host) as output:
        output.settimeout(0.2)
        with pytest.raises(Timeout, match=r"nothing came for 0\.2 s"):
            output.read()
    silence.set()


@pytest.mark.parametrize(
    "head",
    [
        *_HEADS,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n" + _frame(1, b"x") + b"\r\n",
    ],
)
@pytest.mark.pitfall(24)
def test_closing_from_another_thread_wakes_a_reader_and_leaves_nothing(
    head: bytes, serve: Serve
) -> None:
    silence = threading.Event()
    server = serve(
        (Read.REQUEST, head + _frame(1, b"first")[: 0 if b"chunked" in head else None], silence)
    )
    before = _sockets()
    output = _start(server.host)
    reading, result = threading.Event(), []

    def read() -> None:
        for item in output:
            result.append(item)
            reading.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(PATIENCE)
    begin = time.monotonic()
    output.close()
    reader.join(1)
    # Without being woken the reader holds the buffer, and closing waits for it.
    assert time.monotonic() - begin < PATIENCE / 2
    assert not reader.is_alive()
    assert len(result) == 1
    silence.set()
    assert server.ended.wait(PATIENCE)
    assert _sockets() <= before


@pytest.mark.pitfall(16)
def test_events_end_when_another_thread_closes_them(serve: Serve) -> None:
    silence = threading.Event()
    event = b'{"Type": "container"}\n'
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(event)
    server = serve((Read.REQUEST, head + event + b"\r\n", silence))
    seen = threading.Event()
    with Engine(server.host, api_version="1.41", environ={}).system.events() as events:

        def follow() -> None:
            for _ in events:
                seen.set()

        reader = threading.Thread(target=follow)
        reader.start()
        assert seen.wait(PATIENCE)
        begin = time.monotonic()
        events.close()
        reader.join(1)
        assert time.monotonic() - begin < PATIENCE / 2
        assert not reader.is_alive()
    silence.set()


def test_closing_twice_is_closing_once(serve: Serve) -> None:
    server = serve((Read.REQUEST, _UPGRADED))
    output = _start(server.host)
    output.close()
    output.close()
    assert output.read() == (b"", b"")


def test_each_stream_has_a_connection_of_its_own(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"{}"), Read.AGAIN))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.system.info()
        with engine.system.events(), engine.system.events():
            engine.system.info()
        assert server.connections == 3


@pytest.mark.parametrize(
    ("version", "content_type", "expected"),
    [
        ("1.42", "application/vnd.docker.raw-stream", b"raw"),
        ("1.42", "application/vnd.docker.multiplexed-stream", b"framed"),
    ],
)
@pytest.mark.pitfall(8)
def test_newer_engines_say_themselves_whether_output_is_in_frames(
    version: str, content_type: str, expected: bytes, serve: Serve
) -> None:
    body = b"raw" if "raw" in content_type else _frame(1, b"framed")
    server = serve((Read.REQUEST, answer(body, content_type=content_type)))
    with Engine(server.host, api_version=version, environ={}) as engine:
        with engine.containers.logs("web") as output:
            assert output.read() == (expected, b"")
        assert len(server.requests) == 1


@pytest.mark.pitfall(8)
def test_older_engines_are_asked_whether_the_container_has_a_terminal(serve: Serve) -> None:
    inspected = (Read.REQUEST, answer(b'{"Config": {"Tty": true}}'))
    server = serve(inspected, (Read.REQUEST, answer(b"raw")))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        with engine.containers.logs("web") as output:
            assert output.read() == (b"raw", b"")
        assert len(server.requests) == 2


@pytest.mark.pitfall(9)
def test_output_of_a_terminal_is_handed_on_as_it_arrives(serve: Serve) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    seen = threading.Event()
    pieces = b"5\r\nhello\r\n", seen, b"6\r\n again\r\n0\r\n\r\n"
    server = serve((Read.REQUEST, head, *pieces))
    with Engine(server.host, api_version="1.42", environ={}).containers.logs("web") as output:
        chunks = iter(output)
        first = next(chunks)
        seen.set()
        assert [first, *chunks] == [("stdout", b"hello"), ("stdout", b" again")]
