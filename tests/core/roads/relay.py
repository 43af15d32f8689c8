"""Small servers on the loopback address that pass connections on to an engine."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["ConnectProxy", "Relay"]

# A host and a port, or the path of a unix socket.
Target = Union[tuple[str, int], str]
_PATIENCE = 20.0


class Relay:
    """Passes every connection on to one target; a context manager.

    Attributes:
        port: where it listens, on 127.0.0.1.
        connections: how many came so far.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Relay:
        self._spawn(self._accept)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            for sock in (self._listener, *self._open):
                # Closing alone does not wake a thread that waits.
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._listener.close()

    def greet(self, _client: socket.socket) -> Target | None:
        """Decide where to; None refuses."""
        return self._target

    def _spawn(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._spawn(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            with self._lock:
                self._open.append(client)
            target = self.greet(client)
            if target is None:
                return
            family = socket.AF_UNIX if isinstance(target, str) else socket.AF_INET
            with socket.socket(family) as server:
                server.connect(target)
                with self._lock:
                    self._open.append(server)
                back = self._spawn(_pump, server, client)
                _pump(client, server)
                back.join()


class ConnectProxy(Relay):
    """An HTTP proxy that makes tunnels (RFC 9110 9.3.6), to names that it alone knows.

    Args:
        names: `host:port` -> where that is.
        authorization: the `Proxy-Authorization` without which it refuses.

    Attributes:
        asked_for: the `host:port` of every tunnel that was asked for.
    """

    def __init__(self, names: Mapping[str, tuple[str, int]], authorization: str = "") -> None:
        super().__init__(("127.0.0.1", 0))
        self._names = names
        self._authorization = authorization
        self.asked_for: list[str] = []

    def greet(self, client: socket.socket) -> Target | None:
        """Read the request for a tunnel, and answer it."""
        head = b""
        # Byte by byte: what follows is the tunnel's.
        while not head.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            if not byte:
                return None
            head += byte
        request, *lines = head.decode().rstrip().split("\r\n")
        method, authority, _version = request.split(" ")
        self.asked_for.append(authority)
        headers = {name.lower(): text for name, _, text in (ln.partition(": ") for ln in lines)}
        target = self._names.get(authority)
        if self._authorization and headers.get("proxy-authorization") != self._authorization:
            status, target = "407 Proxy Authentication Required", None
        elif method != "CONNECT" or target is None:
            status, target = "502 Bad Gateway", None
        else:
            status = "200 Connection established"
        client.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
        return target


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on until the source ends, and then end that direction of the sink."""
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
