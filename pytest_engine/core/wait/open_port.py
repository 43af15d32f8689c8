"""Wait for a port that really answers."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from ..errors import InvalidInput
from .condition import Leaf, Situation, Watcher
from .connect import connected, why_not
from .facts import Address, Facts, address_of, own_address

__all__ = ["OpenPort", "port"]

# How long an accepted connection has to stay open before silence counts as an answer. The
# engine's proxy gives up within a millisecond where nothing listens, seconds where the
# container's network hangs.
_SILENCE = 0.5


@dataclass(frozen=True)
class OpenPort(Leaf):
    """A service listens on a TCP port of the container."""

    number: int

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"port({self.number})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to connect."""
        watcher = Watcher("not tried yet")
        reachable = address_of(facts, self.number) or own_address(facts, self.number)
        if facts.is_running and reachable is None:
            watcher.give_up(
                "it is not published, and the container's own address cannot be reached from here"
            )
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        facts = situation.facts
        published = address_of(facts, self.number)
        own = own_address(facts, self.number)
        if own is not None:
            # No proxy is in between: whoever accepts here is the service itself.
            reason = _connect(own, situation, silence=None)
            if reason is not None or published is None:
                return reason
            return _connect(published, situation, silence=None)
        if published is None:
            return "it is not published"
        return _connect(published, situation, silence=_SILENCE)


def _connect(address: Address, situation: Situation, *, silence: float | None) -> str | None:
    """Connect; with `silence`, also see whether the other side keeps the connection."""
    try:
        with connected(address, situation, silence or 0) as sock:
            if silence is None or _stays_open(sock):
                return None
    except OSError as exc:
        return f"{address}: {why_not(exc)}"
    return f"{address} accepts and closes at once: nothing listens behind the engine's proxy yet"


def _stays_open(sock: socket.socket) -> bool:
    try:
        return bool(sock.recv(1))
    except socket.timeout:
        return True


def port(number: int) -> OpenPort:
    """Wait until a service listens on a TCP port of the container.

    The engine's proxy accepts connections to a published port as soon as the container
    has started; that does not count. Nothing is run in the container, so its image needs
    no shell. A port that is not published counts as well where the container's own
    address can be reached from here.

    Args:
        number: the port in the container.
    """
    is_number = isinstance(number, int)  # not everybody checks types
    if not is_number or isinstance(number, bool) or not 0 < number < 65536:
        raise InvalidInput(f"wait.port: {number!r} is no port number.")
    return OpenPort(number)
