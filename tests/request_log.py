"""A proxy in front of an engine that writes down which requests pass through it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUEST = re.compile(rb"(GET|POST|PUT|DELETE|HEAD) (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)*)\r\n")
_IDS = re.compile(r"/[0-9a-f]{64}\b")


# Method, target (path and query), and the headers.
Head = tuple[str, str, dict[str, str]]


class RequestLog:
    """Forwards connections to an engine's unix socket.

    Attributes:
        host: the proxy's own address, `tcp://127.0.0.1:...` unless it is bound elsewhere.
    """

    def __init__(self, engine_host: str, bind: str = "127.0.0.1") -> None:
        self._upstream = engine_host.removeprefix("unix://")
        self._server = socket.create_server((bind, 0))
        self.host = f"tcp://{bind}:{self._server.getsockname()[1]}"
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._heads: list[Head] = []
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def take(self) -> list[str]:
        """Return the requests since the last call: method and path, ids written as `/ID`."""
        with self._lock:
            taken, self._requests = self._requests, []
        return taken

    def take_heads(self) -> list[Head]:
        """Return the heads of the requests since the last call, as they were sent."""
        with self._lock:
            taken, self._heads = self._heads, []
        return taken

    def cut(self) -> None:
        """End the connections that there are, in the middle of what they tell."""
        with self._lock:
            sockets = list(self._sockets)
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End all connections and threads."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self.cut()
        for thread in self._threads:
            thread.join()
        for sock in (self._server, *self._sockets):
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            upstream.connect(self._upstream)
            pumps = [
                threading.Thread(target=self._pump, args=(client, upstream, True)),
                threading.Thread(target=self._pump, args=(upstream, client, False)),
            ]
            with self._lock:
                self._sockets += [client, upstream]
                self._threads += pumps
            for pump in pumps:
                pump.start()

    def _pump(self, source: socket.socket, target: socket.socket, requests: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if requests:
                    self._note(data)
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _note(self, data: bytes) -> None:
        # A client sends the head of a request in one piece, and nothing before it: what looks
        # like one further on is in a body, such as the texts of a program in an archive.
        match = _REQUEST.match(data)
        if match is None:
            return
        method, target, lines = (part.decode("latin-1") for part in match.groups())
        path = re.sub(r"^/v1\.\d+", "", target.partition("?")[0])
        headers = dict(line.split(": ", 1) for line in lines.splitlines())
        with self._lock:
            self._requests.append(f"{method} {_IDS.sub('/ID', path)}")
            self._heads.append((method, target, headers))


@contextlib.contextmanager
def request_log(engine_host: str, bind: str = "127.0.0.1") -> Iterator[RequestLog]:
    """Run the proxy for a block, on an address of this machine."""
    log = RequestLog(engine_host, bind)
    try:
        yield log
    finally:
        log.close()
