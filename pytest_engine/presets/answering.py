"""Wait for a service to answer in its own protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_engine.core.wait import Leaf, Watcher, port
from pytest_engine.core.wait.connect import connected, why_not
from pytest_engine.core.wait.reach import address_of, own_address

if TYPE_CHECKING:
    from pytest_engine.core.wait.condition import Situation
    from pytest_engine.core.wait.facts import Facts

__all__ = ["Answer", "answer"]

# How long a service that listens may think about its answer.
_PATIENCE = 5.0
_MOST = 65536
_SHOWN = 80


@dataclass(frozen=True)
class Answer(Leaf):
    """A service answers what is said to it with what is expected."""

    number: int
    say: bytes
    expect: bytes

    def __str__(self) -> str:
        """Write it without what is said, which may have a password in it."""
        return f"answer({self.number}, expect={self.expect!r})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to ask."""
        watcher = port(self.number).watcher(facts)
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        facts = situation.facts
        address = address_of(facts, self.number) or own_address(facts, self.number)
        if address is None:
            return "it is not published"
        heard = b""
        try:
            with connected(address, situation, _PATIENCE) as sock:
                if self.say:
                    sock.sendall(self.say)
                while not re.search(self.expect, heard, re.DOTALL) and len(heard) < _MOST:
                    data = sock.recv(4096)
                    if not data:
                        break
                    heard += data
        except OSError as exc:
            return f"{address}: {why_not(exc)}" + _shown(heard)
        if re.search(self.expect, heard, re.DOTALL):
            return None
        return f"{address} closed the connection" + _shown(heard)


def answer(port: int, *, say: bytes = b"", expect: bytes) -> Answer:
    """Wait until a service answers in its own protocol.

    A port that is open says little: a database listens while it still recovers, and
    refuses whoever comes. This asks the question that its client libraries ask.

    Args:
        port: the TCP port in the container.
        say: what is sent after connecting; empty: the service speaks first.
        expect: a regular expression that is searched for in what comes back.
    """
    return Answer(port, say, expect)


def _shown(heard: bytes) -> str:
    return f" after {heard[:_SHOWN]!r}" if heard else ""
