"""Connections that are tried out, and given up as soon as the wait is over."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .condition import Situation
    from .reach import Address

__all__ = ["Shutdown", "connected", "why_not"]

# A service that is up accepts within a millisecond; an address that nobody has stays silent.
_CONNECT_TIMEOUT = 1.0


@contextlib.contextmanager
def connected(
    address: Address,
    situation: Situation,
    timeout: float,
    kind: int = socket.SOCK_STREAM,
) -> Iterator[socket.socket]:
    """Connect to an address; the end of the wait breaks off connecting and reading.

    Args:
        address: where to connect to.
        situation: the wait.
        timeout: seconds that a later read may take.
        kind: streams (TCP) or datagrams (UDP).

    Raises:
        OSError: nobody accepts there.
    """
    family, _kind, protocol, _name, target = socket.getaddrinfo(*address, type=kind)[0]
    with socket.socket(family, kind, protocol) as sock, situation.holding(Shutdown(sock)):
        sock.settimeout(min(_CONNECT_TIMEOUT, situation.remaining() or 0.01))
        sock.connect(target)
        sock.settimeout(min(timeout, situation.remaining() or 0.01))
        yield sock


def why_not(exc: Exception) -> str:
    """Say in a few words what went wrong on a connection."""
    if isinstance(exc, socket.timeout):
        return "no answer"
    return str(getattr(exc, "strerror", "") or str(exc) or type(exc).__name__)


class Shutdown:
    """Wakes a thread that connects or reads."""

    def __init__(self, sock: socket.socket) -> None:
        """Remember the socket."""
        self._sock = sock

    def close(self) -> None:
        """Wake it."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
