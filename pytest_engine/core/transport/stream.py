"""Long answers and upgraded connections: one socket of their own each.

`http.client` parses the head. What the engine sent together with the head waits in
the response's buffer, so everything is read through that buffer and never from the
socket below it; a client that reads the socket loses the first bytes now and then.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import json
import os
import socket
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, TypeVar, Union, cast

from ..errors import ConnectionLost, EngineError, InvalidInput, Timeout
from .incoming import Response, TooSlow, Unreadable, ran_out

if TYPE_CHECKING:
    from email.message import Message
    from types import TracebackType

__all__ = ["Body", "Stream", "at_least"]

Body = Union[bytes, BinaryIO, Iterable[bytes], None]
_AS_IT_IS = (bytes, bytearray, memoryview, type(None))
_T = TypeVar("_T")

_CHUNK = 65536
# What is read of a file at once when it is sent, as one chunk. With 64 KiB an archive took a
# seventh longer; with 1 MiB it took longer, too, and four times as much memory.
_BLOCK = 262144
# No answer of an engine that is read as a whole comes near.
_LONGEST_WHOLE = 1 << 26


# Sockets take 0 for not waiting at all, and then answer with another error than a timeout.
_LEAST_WAIT = 0.001


def at_least(timeout: float | None) -> float | None:
    """Return a timeout that a socket keeps, for one that may be 0."""
    return None if timeout is None else max(timeout, _LEAST_WAIT)


class Stream:
    """An open answer: read from it as it comes, write to it when it was upgraded.

    A context manager; `close` may be called from any thread and wakes a reader.

    Attributes:
        status: the HTTP status code (101 or 200 for an upgraded connection).
        headers: the headers; look-ups ignore case.
    """

    def __init__(
        self,
        sock: socket.socket,
        connection: http.client.HTTPConnection,
        response: Response,
        what: str,
    ) -> None:
        """Take over an open connection; use `Stream.open`."""
        self._sock = sock
        self._process = os.getpid()
        self._connection = connection
        self._response = response
        self._what = what
        self._closing = threading.Event()
        self._ended = False
        self._timeout = sock.gettimeout()
        self._failed: Exception | None = None
        self.status = response.status
        self.headers: Message = response.headers
        # http.client takes an answer of status 101 as one without a body, and one
        # of an older engine (200, no length) as one that ends with the connection.
        self._raw: io.BufferedReader | None = response.fp if response.status == 101 else None
        # Counted here, because `read1` does so only in newer versions of Python.
        self._left: int | None = None if self._raw is not None else response.length

    @classmethod
    def open(
        cls,
        sock: socket.socket,
        url: str,
        method: str,
        target: str,
        *,
        body: Body,
        headers: Mapping[str, str],
        patience: float,
    ) -> Stream:
        """Send a request over a connected socket and read the head of the answer."""
        # Queries may hold secrets, such as those of a build.
        what = f"{method} {target.partition('?')[0]} at {url}"
        timeout = sock.gettimeout()
        connection = http.client.HTTPConnection("localhost", blocksize=_BLOCK)
        connection.auto_open = 0
        connection.sock = sock
        connection.response_class = functools.partial(Response, patience=patience)  # type: ignore[assignment]  # it is called, and no more
        try:
            _send(connection, method, target, body, headers)
            response = connection.getresponse()
            sock.settimeout(timeout)
        except EngineError:
            # Of what was to be sent; some are of the classes below as well.
            _close(sock, connection)
            raise
        except TooSlow as exc:
            _close(sock, connection)
            raise Timeout(f"{what}: the engine began to answer, but {exc}.") from exc
        except Unreadable as exc:
            _close(sock, connection)
            raise ConnectionLost(
                f"{what}: the answer cannot be read: {exc}.", endpoint=url
            ) from exc
        except (OSError, http.client.HTTPException) as exc:
            _close(sock, connection)
            if ran_out(exc):
                raise Timeout(f"{what}: the engine stayed silent for {timeout:g} s.") from exc
            raise ConnectionLost(
                f"{what}: the connection ended before the answer began ({exc!r}).", endpoint=url
            ) from exc
        except BaseException:
            _close(sock, connection)
            raise
        return cls(sock, connection, cast("Response", response), what)

    def read(self, size: int = _CHUNK) -> bytes:
        """Return what has arrived, at most `size` bytes; wait if nothing has.

        Returns:
            The bytes; empty at the end of the answer, and after `close`.

        Raises:
            ConnectionLost: the connection ended before the answer did.
            Timeout: nothing came within the stream's timeout.
        """
        # Only what comes in chunks may come without bringing anything.
        if self._response.chunked:
            self._response.expect_piece(size)
        return self._take(size)

    def __iter__(self) -> Iterator[bytes]:
        """Iterate over the bytes as they arrive, until the answer ends."""
        while True:
            data = self.read()
            if not data:
                return
            yield data

    def read_whole(self) -> bytes:
        """Read to the end of an answer that is short by its nature.

        Raises:
            ConnectionLost: it goes on and on, or the connection ended too early.
            Timeout: nothing came within the stream's timeout, or too little for a short answer.
        """
        if not (self._ended or self.was_closed()):
            self._attempt(self._response.expect_whole, _LONGEST_WHOLE)
        return b"".join(iter(lambda: self._take(_CHUNK), b""))

    def read_json(self) -> Any:
        """Read to the end and decode what came as one JSON value.

        Raises:
            ConnectionLost: it is no JSON, or the connection ended too early.
        """
        data = self.read_whole()
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as exc:
            raise ConnectionLost(f"{self._what}: the answer is not JSON: {data[:80]!r}.") from exc

    def write(self, data: bytes, *, patient: bool = False) -> None:
        """Write to an upgraded connection.

        Args:
            data: the bytes.
            patient: wait for as long as the stream is open, whatever its timeout is.

        Raises:
            InvalidInput: it is not bytes.
            ConnectionLost: the other side has closed the connection, or takes nothing
                within the stream's timeout.
        """
        try:
            rest = memoryview(data).cast("B")
        except TypeError as exc:
            # Not shown: it may be a secret.
            raise InvalidInput(
                f"{self._what}: what is written has to be bytes, not {data.__class__.__name__}."
            ) from exc
        send: Callable[[memoryview], int] = self._sock.send
        if patient:
            # Over TLS only the socket knows what has gone out when the time is over.
            send = getattr(self._sock, "send_patiently", None) or self._send_patiently
        try:
            # Not `sendall`, which wants all of it to go within the timeout.
            while rest:
                rest = rest[send(rest[:_BLOCK]) :]
        except OSError as exc:
            raise ConnectionLost(f"{self._what}: cannot write ({exc}).") from exc

    def close_write(self) -> None:
        """Say that nothing more will be written; reading goes on."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def settimeout(self, timeout: float | None) -> None:
        """Set how many seconds the next reads may wait; None: for ever."""
        timeout = at_least(timeout)
        self._sock.settimeout(timeout)
        self._response.silence = self._timeout = timeout

    def was_closed(self) -> bool:
        """Tell whether `close` was called, and not the answer ended by itself."""
        return self._closing.is_set()

    def close(self) -> None:
        """Close the connection; a reader in another thread ends as at the end of the answer.

        After a fork each process has the connection; a child that closes it leaves its
        parent's open.
        """
        self._closing.set()
        self._let_go()

    def _send_patiently(self, data: memoryview) -> int:
        while True:
            try:
                return self._sock.send(data)
            except socket.timeout:
                # The time is the readers'; nothing of it has gone out.
                if self.was_closed():
                    raise

    def _take(self, size: int) -> bytes:
        if self._ended or self.was_closed():
            return b""
        if self._failed is not None:
            why = f"reading it failed before ({self._failed!r})"
            raise ConnectionLost(f"{self._what}: {why}.") from self._failed
        read = (self._raw or self._response).read1
        data = self._attempt(read, size if self._left is None else min(size, self._left))
        if not data:
            self._ended = True
            self._let_go()
            if self._left and not self.was_closed():
                raise ConnectionLost(f"{self._what}: {self._left} bytes of the answer are missing.")
            return b""
        if self._left is not None:
            self._left -= len(data)
        return data

    def _attempt(self, operation: Callable[[int], _T], size: int) -> _T | None:
        """Read; None: the stream was closed meanwhile."""
        try:
            return operation(size)
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as exc:
            # Closing from another thread tears the buffers down under a reader, in
            # whatever state it is; that is an end, not a loss.
            if self.was_closed():
                return None
            # Python's buffers do not go on after a timeout either, and seem to be at their end.
            self._failed = exc
            self._let_go()
            if ran_out(exc):
                slow = isinstance(exc, TooSlow)
                reason = str(exc) if slow else f"nothing came for {self._timeout:g} s"
                raise Timeout(f"{self._what}: {reason}.") from exc
            if isinstance(exc, Unreadable):
                raise ConnectionLost(f"{self._what}: the answer cannot be read: {exc}.") from exc
            raise ConnectionLost(
                f"{self._what}: the connection ended in the middle of the answer ({exc!r})."
            ) from exc

    def _let_go(self) -> None:
        wake = self._process == os.getpid()
        _close(self._sock, self._connection, self._response, wake=wake)

    def __enter__(self) -> Stream:
        """Return the stream itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: Body,
    headers: Mapping[str, str],
) -> None:
    sock = connection.sock
    offset, size = _find_extent(body)
    # An engine that refuses an upload answers and closes before it has read all of it;
    # the answer says why, so it is still worth reading.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if not size:
            given = body if isinstance(body, _AS_IT_IS) else _read_out(body)
            connection.request(method, target, body=given, headers=dict(headers))
            return
        # From the file to the socket, where nothing has to be encrypted without a way through
        # here; and without the frames of a body of unknown length, which cost an engine more
        # than anything here does.
        connection.request(method, target, headers={**headers, "Content-Length": str(size)})
        if sock.sendfile(body, offset, size) < size:  # type: ignore[arg-type]
            raise InvalidInput(f"{body!r:.80} became shorter while it was sent.")


def _read_out(body: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """Read what is to be sent, so that its errors are not taken for the connection's.

    Raises:
        InvalidInput: it cannot be read.
    """
    pieces = body if not hasattr(body, "read") else iter(functools.partial(body.read, _BLOCK), b"")
    try:
        yield from pieces
    except EngineError:
        # Of another engine, for instance, whose answer it is.
        raise
    except OSError as exc:
        raise InvalidInput(f"What was to be sent cannot be read: {exc}.") from exc


def _find_extent(body: Body) -> tuple[int, int]:
    """Where a file begins that can be sent as it is, and its bytes from there; else nothing."""
    # Files that decompress have a descriptor, too, but not of what is read from them.
    if not isinstance(getattr(body, "raw", body), io.FileIO):
        return 0, 0
    found = os.fstat(body.fileno())  # type: ignore[union-attr]
    if not stat.S_ISREG(found.st_mode):
        return 0, 0
    offset = body.tell()  # type: ignore[union-attr]
    return offset, max(0, found.st_size - offset)


def _close(
    sock: socket.socket,
    connection: http.client.HTTPConnection,
    response: http.client.HTTPResponse | None = None,
    *,
    wake: bool = True,
) -> None:
    # shutdown wakes a thread that is reading; closing the descriptor alone does not. But it
    # ends the connection in every process that has it.
    if wake:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
    sock.close()
    for part in (connection, response):
        # A reader in another thread may hold the buffer's lock; so may this one, when it is a
        # signal's handler that closes. What then stays open closes when the reader has ended.
        with contextlib.suppress(OSError, ValueError, AttributeError, RuntimeError):
            if part is not None:
                part.close()
