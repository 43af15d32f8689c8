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

    A name may have several addresses, of which the service may have but one: `localhost` is
    often `::1` first. All are tried, in their order.

    Args:
        address: where to connect to.
        situation: the wait.
        timeout: seconds that a later read may take.
        kind: streams (TCP) or datagrams (UDP).

    Raises:
        OSError: nobody accepts there; what the last of several addresses said.
    """
    with contextlib.ExitStack() as held:
        sock = _first(address, situation, kind, held)
        sock.settimeout(min(timeout, situation.remaining() or 0.01))
        yield sock


def _first(
    address: Address, situation: Situation, kind: int, held: contextlib.ExitStack
) -> socket.socket:
    """Connect to the first address that accepts; `held` lets go of the socket."""
    failure = OSError("it has no address")
    for family, _kind, protocol, _name, target in socket.getaddrinfo(*address, type=kind):
        try:
            with contextlib.ExitStack() as attempt:
                sock = attempt.enter_context(socket.socket(family, kind, protocol))
                attempt.enter_context(situation.holding(Shutdown(sock)))
                sock.settimeout(min(_CONNECT_TIMEOUT, situation.remaining() or 0.01))
                sock.connect(target)
                held.enter_context(attempt.pop_all())
                return sock
        except OSError as exc:
            failure = exc
    raise failure


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
