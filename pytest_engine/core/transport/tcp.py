"""The road by TCP, plain or with TLS, and through a proxy where the environment names one."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .dial import connection_failed
from .proxy import find_proxy
from .tls import make_context, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..endpoint import Endpoint

__all__ = ["TcpDialer"]


# Seconds of silence after which the other side is asked whether it is there, seconds between two
# such questions, and how many stay without an answer before the connection counts as lost.
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


class TcpDialer:
    """Connects by TCP, through a proxy and with TLS where that is wanted."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._environ = environ
        self._context = None if endpoint.tls is None else make_context(endpoint.tls)

    def dial(self, timeout: float | None) -> socket.socket:
        """Connect; see `Dialer`."""
        endpoint = self._endpoint
        proxy = find_proxy(endpoint, self._environ)
        try:
            if proxy is None:
                sock = socket.create_connection((endpoint.host, endpoint.port), timeout)
            else:
                sock = proxy.connect(endpoint.host, endpoint.port, timeout)
        except (OSError, UnicodeError) as exc:
            raise connection_failed(endpoint, exc, proxy) from exc
        try:
            # Small requests on a connection that both sides write to: never hold them back.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _keep_alive(sock)
            if self._context is None or endpoint.tls is None:
                return sock
            return wrap(self._context, sock, endpoint.tls.hostname or endpoint.host)
        except (OSError, ValueError) as exc:
            sock.close()
            raise connection_failed(endpoint, exc) from exc

    def explain(self, exc: BaseException) -> str:
        """Say what may be behind the loss of a connection."""
        # With TLS 1.3 the engine looks at the client's certificate after the handshake,
        # so a refusal comes as the answer to the first request.
        if self._context is not None and "alert" in str(exc):
            return " The engine asks for a client certificate that it knows; name one."
        return ""

    def close(self) -> None:
        """Do nothing: connections leave nothing behind."""


def _keep_alive(sock: socket.socket) -> None:
    """Have the system notice that the other side is gone, also while nothing is sent.

    Much is waited for without a limit: the end of a container, the next event or line.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        # Not every system has them all.
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
