"""An engine that lets one request wait, and a registry that says nothing."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import TYPE_CHECKING

from tests.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Holding", "holding", "silence"]

_PATIENCE = 120.0


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
