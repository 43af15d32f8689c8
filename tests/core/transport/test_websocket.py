"""Websockets, over a connection whose other end is held here."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.errors import ConnectionLost, Timeout
from pytest_engine.core.transport import Transport
from pytest_engine.core.transport.websocket import WebsocketStream, websocket_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(kind: int, data: bytes = b"", *, last: bool = True) -> bytes:
    """Write a frame as a server does (RFC 6455, section 5.2)."""
    first = kind | (0x80 if last else 0)
    if len(data) < 126:
        return bytes([first, len(data)]) + data
    return bytes([first, 127]) + len(data).to_bytes(8, "big") + data


def accepted(key: str) -> bytes:
    """Write a server's answer to a request with this key."""
    magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    digest = hashlib.sha1((key + magic).encode()).digest()  # noqa: S324
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}", "", ""]
    return "\r\n".join(lines).encode()


Open = Callable[..., "tuple[WebsocketStream, socket.socket]"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open websockets whose server sends things together with its answer, and give both ends."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        endpoint = parse_endpoint(f"unix://{tmp_path}/s")
        transport = Transport(endpoint, user_agent="tests", connect_timeout=20)

        def open_one(*sent: bytes, key: str | None = None) -> tuple[WebsocketStream, socket.socket]:
            headers = websocket_headers()

            def answer() -> None:
                far = stack.enter_context(listener.accept()[0])
                far.recv(65536)  # the request
                far.sendall(accepted(key or headers["Sec-WebSocket-Key"]) + b"".join(sent))
                ends.append(far)

            ends: list[socket.socket] = []
            server = threading.Thread(target=answer)
            server.start()
            stream = stack.enter_context(transport.stream("GET", "/ws", headers=headers))
            server.join()
            return WebsocketStream(stream, headers), ends[0]

        yield open_one


def unmasked(data: bytes) -> tuple[int, bytes]:
    """Take a short frame of a client apart: its kind, and what it holds."""
    mask, masked = data[2:6], data[6 : 6 + (data[1] & 0x7F)]
    return data[0] & 0xF, bytes(one ^ mask[index % 4] for index, one in enumerate(masked))


def test_messages_are_read_as_bytes_whatever_they_are_made_of(opened: Open) -> None:
    sent = [
        frame(TEXT, b"a"),
        frame(BINARY),
        frame(BINARY, b"b", last=False),
        frame(PONG, b"ignored"),
        frame(CONTINUED, b"c"),
        frame(TEXT, b"\xff is no text"),
        frame(CLOSE, b"\x03\xe8"),
    ]
    websocket, _far = opened(*sent)
    assert b"".join(websocket) == b"abc\xff is no text"


def test_a_long_message_is_read_whole(opened: Open) -> None:
    websocket, far = opened()
    sender = threading.Thread(target=far.sendall, args=(frame(BINARY, b"x" * (1 << 20)),))
    sender.start()
    assert next(iter(websocket)) == b"x" * (1 << 20)
    sender.join()


def test_what_is_written_arrives_as_one_message(opened: Open) -> None:
    websocket, far = opened()
    websocket.write(b"hello")
    assert unmasked(far.recv(100)) == (BINARY, b"hello")


def test_the_end_of_input_is_a_message_and_reading_goes_on(opened: Open) -> None:
    websocket, far = opened()
    websocket.close_write()
    assert unmasked(far.recv(100))[0] == CLOSE
    far.sendall(frame(BINARY, b"late") + frame(CLOSE))
    assert b"".join(websocket) == b"late"


def test_a_ping_is_answered(opened: Open) -> None:
    websocket, far = opened(frame(PING, b"?"), frame(CLOSE))
    assert list(websocket) == []
    assert unmasked(far.recv(100)) == (PONG, b"?")


def test_a_ping_is_answered_within_the_timeout_also_after_patient_writing(opened: Open) -> None:
    websocket, far = opened()
    websocket.write(b"x", patient=True)
    websocket.settimeout(0.2)

    def ping() -> None:
        with contextlib.suppress(OSError):
            while True:
                far.sendall(frame(PING, b"?" * 125))

    # The other side reads no answer.
    pinging = threading.Thread(target=ping)
    pinging.start()
    try:
        with pytest.raises(ConnectionLost, match="cannot write"):
            list(websocket)
    finally:
        websocket.close()
        pinging.join()


def test_an_end_for_a_reason_is_an_error_that_tells_it(opened: Open) -> None:
    websocket, _far = opened(frame(CLOSE, b"\x03\xf3out of order"))
    with pytest.raises(ConnectionLost, match="with code 1011: out of order"):
        list(websocket)


@pytest.mark.parametrize("begun", [b"", b"\x82", frame(BINARY, b"abc")[:-1]])
def test_a_connection_that_is_cut_is_an_error(begun: bytes, opened: Open) -> None:
    websocket, far = opened(begun)
    far.close()
    with pytest.raises(ConnectionLost, match="ended before it did"):
        list(websocket)


@pytest.mark.parametrize("garbage", [b"\x83\x00", b"\xf2\x00", b"\x88\x01\x00"])
def test_what_is_no_message_is_an_error(garbage: bytes, opened: Open) -> None:
    websocket, _far = opened(garbage)
    with pytest.raises(ConnectionLost, match="no message of a websocket"):
        list(websocket)


def test_a_message_without_an_end_is_an_error(opened: Open) -> None:
    websocket, far = opened(b"\x82\x7f" + (1 << 40).to_bytes(8, "big"))

    def send() -> None:
        with contextlib.suppress(OSError):
            while True:
                far.sendall(bytes(1 << 20))

    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(ConnectionLost, match="longer than 64 MiB"):
        list(websocket)
    websocket.close()
    sender.join()


def test_silence_is_a_timeout(opened: Open) -> None:
    websocket, _far = opened()
    websocket.settimeout(0.05)
    with pytest.raises(Timeout, match=r"GET /ws at unix://.*: nothing came for 0.05 s"):
        list(websocket)


def test_closing_ends_a_reader_in_another_thread(opened: Open) -> None:
    websocket, _far = opened(frame(BINARY, b"x"))
    reading, seen = threading.Event(), []

    def read() -> None:
        for data in websocket:
            seen.append(data)
            reading.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(20)
    websocket.close()
    reader.join(20)
    assert (reader.is_alive(), seen, websocket.was_closed()) == (False, [b"x"], True)


def test_an_answer_that_is_none_of_a_websocket_is_an_error(opened: Open) -> None:
    with pytest.raises(ConnectionLost, match="does not speak the websocket protocol"):
        opened(key="another")


def test_a_missing_library_is_an_error_that_says_how_to_install_it() -> None:
    program = (
        "import sys; sys.modules['websocket'] = None\n"
        "from pytest_engine.core.client import Engine\n"
        "from pytest_engine.core.errors import MissingLibrary\n"
        "try: Engine('unix:///nowhere', environ={}).containers.attach_websocket('web')\n"
        "except MissingLibrary as exc: print(exc)\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("The Python library websocket-client is missing or broken (")
    assert done.stdout.endswith("python -m pip install 'pytest-engine[websocket]'\n")


def test_nothing_else_imports_the_library() -> None:
    program = (
        "import sys; from pytest_engine.core.client import Engine\n"
        "Engine('unix:///nowhere', environ={}); print('websocket' in sys.modules)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
