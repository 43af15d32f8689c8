"""Wait for a UDP port on which somebody listens, or answers."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .condition import Leaf, Situation, Watcher
from .connect import connected, why_not
from .reach import Address, address_of, own_address
from .target import unreachable

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["Answering"]

# How long to listen for an answer, and for a refusal, which comes within a millisecond.
_PATIENCE = 1.0
_REFUSAL = 0.3
# Linux sends at most six refusals (ICMP's "port unreachable") to one address at once, and then
# one in a second (net.ipv4.icmp_ratelimit). So a silence counts when it is one again after that.
_REFUSAL_PAUSE = 1.1


@dataclass(frozen=True)
class Answering(Leaf):
    """A service listens on a UDP port of the container, or answers there."""

    number: int
    send: bytes | None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        send = "" if self.send is None else f", send={self.send!r}"
        return f"port({self.number}, 'udp'{send})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to send."""
        watcher = Watcher("its first try has not ended")
        problem = self._problem(facts) if facts.is_running else None
        if problem:
            watcher.give_up(problem)
        watcher.probe = self._probe
        return watcher

    def _problem(self, facts: Facts) -> str | None:
        if own_address(facts, self.number) is not None:
            return None
        if address_of(facts, self.number, "udp") is None:
            return unreachable(facts, self.number, "udp")
        if self.send is None:
            return (
                "the container's own address cannot be reached from here, and at a published "
                "UDP port the engine's proxy takes everything; state send=, so that the "
                "service answers"
            )
        return None

    def _probe(self, situation: Situation) -> str | None:
        facts = situation.facts
        own = own_address(facts, self.number)
        if self.send is not None:
            address = address_of(facts, self.number, "udp") or own
            return self._problem(facts) if address is None else self._ask(address, situation)
        if own is None:
            return self._problem(facts)
        for pause in (_REFUSAL_PAUSE, 0.0):
            refusal = _refusal(own, situation)
            if refusal is not None:
                return refusal
            situation.stopping.wait(min(pause, situation.remaining()))
        return None

    def _ask(self, address: Address, situation: Situation) -> str | None:
        try:
            with connected(address, situation, _PATIENCE, socket.SOCK_DGRAM) as sock:
                sock.settimeout(min(_PATIENCE, situation.remaining() or 0.01))
                sock.send(self.send or b"")
                sock.recv(1)
        except OSError as exc:
            return f"{address}: {why_not(exc)}"
        return None


def _refusal(address: Address, situation: Situation) -> str | None:
    try:
        with connected(address, situation, _REFUSAL, socket.SOCK_DGRAM) as sock:
            sock.send(b"")
            sock.recv(1)
    except socket.timeout:
        # A silence that the end of the wait has cut short says nothing.
        return None if situation.remaining() else f"{address}: the time was over too early to tell"
    except OSError as exc:
        return f"{address}: {why_not(exc)}"
    return None
