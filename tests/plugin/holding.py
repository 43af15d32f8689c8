"""An engine that lets one request wait, or is behind an impatient proxy, and a silent registry."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import TYPE_CHECKING

from tests.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Holding", "holding", "impatience", "silence"]

_PATIENCE = 120.0
_TIMED_OUT = b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Holding(RequestLog):
    """Forwards all requests to an engine but one, which waits.

    Attributes:
        reached: set when that request has come.
        released: to be set when it may go on.
    """

    def __init__(self, engine_host: str, pattern: str) -> None:
        """Hold the first request whose first line a pattern finds something in."""
        self.reached = threading.Event()
        self.released = threading.Event()
        self._pattern = re.compile(pattern)
        super().__init__(engine_host)

    def _note(self, data: bytes) -> None:
        line = data.partition(b"\r\n")[0].decode("latin-1")
        if not self.reached.is_set() and self._pattern.search(line):
            self.reached.set()
            self.released.wait(_PATIENCE)


@contextlib.contextmanager
def holding(engine_host: str, pattern: str) -> Iterator[Holding]:
    """Run the proxy for a block."""
    proxy = Holding(engine_host, pattern)
    try:
        yield proxy
    finally:
        proxy.released.set()
        proxy.close()


class Impatient(RequestLog):
    """Answers one request itself, with status 504, and hands it to the engine later."""

    def __init__(self, engine_host: str, pattern: str, release: str) -> None:
        """Do so with the first request that `pattern` fits, once one has come that `release` fits.

        Args:
            engine_host: the engine.
            pattern: looked for in the first line of requests.
            release: likewise.
        """
        self._pattern, self._release = re.compile(pattern), re.compile(release)
        self._released, self._answered = threading.Event(), threading.Event()
        self._upstream_of_it: socket.socket | None = None
        self._is_over = False
        super().__init__(engine_host)

    def close(self) -> None:
        """End all connections and threads; what was not handed to the engine is not any more."""
        self._is_over = True
        self._released.set()
        self._answered.set()
        super().close()

    def _pump(self, source: socket.socket, target: socket.socket, requests: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                line = data.partition(b"\r\n")[0].decode("latin-1")
                if not requests:
                    if source is self._upstream_of_it:
                        self._answered.set()
                elif self._upstream_of_it is None and self._pattern.search(line):
                    self._upstream_of_it = target
                    data = self._refused(source, data)
                    self._released.wait(_PATIENCE)
                    if self._is_over:
                        break
                    target.sendall(data)
                    # Engines may give up what nobody waits for any more.
                    self._answered.wait(_PATIENCE)
                    break
                else:
                    self._note(data)
                    if self._release.search(line):
                        self._released.set()
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    @staticmethod
    def _refused(client: socket.socket, data: bytes) -> bytes:
        """Read the rest of a request and answer it; returns all of it."""
        length = int(next(iter(re.findall(rb"(?i)\r\ncontent-length: *(\d+)", data)), b"0"))
        while len(data.partition(b"\r\n\r\n")[2]) < length:
            data += client.recv(65536)
        client.sendall(_TIMED_OUT)
        client.shutdown(socket.SHUT_WR)
        return data


@contextlib.contextmanager
def impatience(engine_host: str, pattern: str, release: str) -> Iterator[Impatient]:
    """Run the impatient proxy for a block."""
    proxy = Impatient(engine_host, pattern, release)
    try:
        yield proxy
    finally:
        proxy.close()


@contextlib.contextmanager
def silence() -> Iterator[tuple[str, threading.Event]]:
    """Run a registry that accepts connections and says nothing.

    Yields:
        Its address, and what is set when somebody has connected.
    """
    asked = threading.Event()
    guests: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    guests.append(server.accept()[0])
                    asked.set()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for guest in guests:
                guest.close()
