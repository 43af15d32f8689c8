"""Websockets over a connection to the engine, with the library `websocket-client`.

The engine attaches to containers this way, too; nothing else needs the library, so it is
an extra (`pip install 'pytest-engine[websocket]'`) and imported when it is used. It gets
connections that the transport has made, so that every road to the engine is one for it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Any

from ..errors import ConnectionLost, MissingLibrary, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websocket import WebSocket

    from .stream import Stream

__all__ = ["WebsocketStream", "websocket_headers"]

# RFC 6455, section 1.3: what a server adds to the client's key to show that it understood.
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Closing codes that are no failure: normal, going away, none given (RFC 6455, section 7.4.1).
_GOOD_CODES = (1000, 1001, 1005)
# The engine's messages are as long as what a process writes at once, 32 KiB.
_LONGEST_MESSAGE = 1 << 26
_CHUNK = 65536


def websocket_headers() -> dict[str, str]:
    """Make the headers of a request for a websocket.

    Raises:
        MissingLibrary: `websocket-client` is not installed.
    """
    _require_library()
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }


class WebsocketStream:
    """A websocket, read and written like an upgraded connection: only the bytes count.

    What is read may be cut otherwise than the other side's messages are.
    """

    def __init__(self, stream: Stream, headers: dict[str, str]) -> None:
        """Take over a connection.

        Args:
            stream: what the engine answered with.
            headers: the request's, by `websocket_headers`.

        Raises:
            ConnectionLost: the answer is not that of a websocket's server.
        """
        key = headers["Sec-WebSocket-Key"].encode()
        digest = hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest()
        if stream.headers.get("Sec-WebSocket-Accept") != base64.b64encode(digest).decode():
            stream.close()
            raise ConnectionLost("What answers does not speak the websocket protocol.")
        self._stream = stream
        self._socket = _Socket(stream)
        self._websocket = _open(self._socket)

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the bytes as they arrive, until the other side ends the websocket.

        Raises:
            ConnectionLost: the connection ended before that, or with an error.
            Timeout: nothing came within the stream's timeout.
        """
        from websocket import (
            ABNF,
            WebSocketConnectionClosedException,
            WebSocketException,
            WebSocketTimeoutException,
        )

        while True:
            try:
                frame = self._websocket.recv_frame()  # type: ignore[no-untyped-call]
            except WebSocketTimeoutException as exc:
                raise Timeout(str(exc.__context__ or exc)) from exc
            except WebSocketConnectionClosedException as exc:
                if self._stream.was_closed():
                    return
                raise ConnectionLost("The websocket's connection ended before it did.") from exc
            except WebSocketException as exc:
                self._stream.close()
                raise ConnectionLost(f"What came is no message of a websocket: {exc}.") from exc
            self._socket.left = _LONGEST_MESSAGE
            if frame.opcode == ABNF.OPCODE_CLOSE:
                self._finish(bytes(frame.data))
                return
            if frame.opcode == ABNF.OPCODE_PING:
                self._websocket.pong(frame.data)
            elif frame.opcode != ABNF.OPCODE_PONG and frame.data:
                yield bytes(frame.data)

    def write(self, data: bytes, *, patient: bool = False) -> None:
        """Send bytes; see `Stream.write`.

        While it waits, what another thread's reader has to answer waits as well.

        Raises:
            ConnectionLost: the other side has closed the connection.
        """
        self._socket.patient = patient
        try:
            self._websocket.send_bytes(data)
        finally:
            # Not so for what a reader answers to pings.
            self._socket.patient = False

    def close_write(self) -> None:
        """Say that nothing more will be written; what the other side still sends is read."""
        with contextlib.suppress(ConnectionLost):
            self._websocket.send_close()

    def settimeout(self, timeout: float | None) -> None:
        """Set how many seconds the next reads may wait; None: for ever."""
        self._stream.settimeout(timeout)

    def was_closed(self) -> bool:
        """Tell whether `close` was called, and not the websocket ended by itself."""
        return self._stream.was_closed()

    def close(self) -> None:
        """Close the connection; a reader in another thread ends as at the end."""
        self._stream.close()

    def _finish(self, data: bytes) -> None:
        # The other side waits for the same message, or has gone already.
        self.close_write()
        self._stream.close()
        code = int.from_bytes(data[:2], "big") if len(data) >= 2 else _GOOD_CODES[-1]
        if code not in _GOOD_CODES:
            reason = data[2:].decode("utf-8", "replace")
            raise ConnectionLost(f"The engine ended the websocket with code {code}: {reason}")


class _Socket:
    """As much of a socket as the library uses, on top of a stream with its buffer."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.left = _LONGEST_MESSAGE
        self.patient = False

    def recv(self, size: int) -> bytes:
        data = self._stream.read(min(size, _CHUNK))
        self.left -= len(data)
        if self.left < 0:
            raise ConnectionLost(f"A message is longer than {_LONGEST_MESSAGE >> 20} MiB.")
        return data

    def send(self, data: bytes) -> int:
        self._stream.write(data, patient=self.patient)
        return len(data)

    def gettimeout(self) -> None:
        """Say that it blocks; the stream's own timeout is the one that counts."""

    def close(self) -> None:
        """Leave the stream as it is: who reads it finds out that it has ended."""


def _open(sock: Any) -> WebSocket:
    from websocket import WebSocket

    websocket = WebSocket(skip_utf8_validation=True)
    websocket.sock = sock
    websocket.connected = True
    return websocket


def _require_library() -> None:
    try:
        import websocket  # noqa: F401  # asked for alone
    except ImportError as exc:
        raise MissingLibrary(
            f"The Python library websocket-client is missing or broken ({exc}). Install it for "
            "the Python that runs this: python -m pip install 'pytest-engine[websocket]'"
        ) from exc
