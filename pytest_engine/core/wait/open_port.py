"""Wait for a port that really answers."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from .condition import Leaf, Situation, Watcher
from .connect import connected, why_not
from .datagram import Answering
from .reach import Address, address_of, own_address
from .target import unreachable

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["OpenPort", "port"]

# How long an accepted connection has to stay open before silence counts as an answer. The
# engine's proxy gives up within a millisecond where nothing listens, seconds where the
# container's network hangs.
_SILENCE = 0.5
# How long a service may think about what it was sent before it is asked again.
_PATIENCE = 2.0


@dataclass(frozen=True)
class OpenPort(Leaf):
    """A service listens on a TCP port of the container, or answers there."""

    number: int
    send: bytes | None = None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"port({self.number}{'' if self.send is None else f', send={self.send!r}'})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to connect."""
        watcher = Watcher("its first try has not ended")
        reachable = address_of(facts, self.number) or own_address(facts, self.number)
        if facts.is_running and reachable is None:
            watcher.give_up(unreachable(facts, self.number))
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        facts = situation.facts
        published = address_of(facts, self.number)
        own = own_address(facts, self.number)
        if own is not None:
            # No proxy is in between: whoever accepts here is the service itself.
            reason = _connect(own, situation, self.send, silence=None)
            if reason is not None or published in (None, own):
                return reason
        if published is None:
            return unreachable(facts, self.number)
        silence = None if own is not None else _SILENCE
        return _connect(published, situation, None if own else self.send, silence=silence)


def _connect(
    address: Address, situation: Situation, send: bytes | None, *, silence: float | None
) -> str | None:
    """Connect; with `silence`, also see whether the other side keeps the connection."""
    try:
        with connected(address, situation, silence or 0) as sock:
            if send is not None:
                return _ask(sock, address, situation, send)
            if silence is None:
                return None
            if _stays_open(sock):
                # A silence that the end of the wait has cut short says nothing.
                is_over = not situation.remaining()
                return f"{address}: the time was over too early to tell" if is_over else None
    except OSError as exc:
        return f"{address}: {why_not(exc)}"
    return f"{address} accepts and closes at once: nothing listens behind the engine's proxy yet"


def _ask(sock: socket.socket, address: Address, situation: Situation, send: bytes) -> str | None:
    sock.settimeout(min(_PATIENCE, situation.remaining() or 0.01))
    sock.sendall(send)
    return None if sock.recv(1) else f"{address}: the connection was closed without an answer"


def _stays_open(sock: socket.socket) -> bool:
    try:
        return bool(sock.recv(1))
    except socket.timeout:
        return True


def port(number: int, protocol: str = "tcp", *, send: bytes | None = None) -> Leaf:
    """Wait until a service listens on a port of the container, or answers there.

    The engine's proxy accepts connections to a published port as soon as the container
    has started; that does not count. Nothing is run in the container, so its image needs
    no shell. A port that is not published counts as well where the container's own
    address can be reached from here.

    Nobody accepts anything over UDP. Without `send`, a port of it counts when two datagrams
    to the container's own address, a second apart, are not refused; where that address
    cannot be reached, `send` is needed.

    Args:
        number: the port in the container.
        protocol: `tcp` or `udp`.
        send: what to send to the service; whatever it answers will do.

    Raises:
        InvalidInput: there is no such port or protocol.
    """
    is_number = isinstance(number, int)  # not everybody checks types
    if not is_number or isinstance(number, bool) or not 0 < number < 65536:
        raise InvalidInput(f"wait.port: {number!r} is no port number.")
    if send is not None and not isinstance(send, bytes):
        raise InvalidInput(f"wait.port: send is bytes, not {type(send).__name__}.")
    if protocol == "udp":
        return Answering(number, send)
    if protocol != "tcp":
        raise InvalidInput(f"wait.port: protocol is 'tcp' or 'udp', not {protocol!r}.")
    return OpenPort(number, send)
