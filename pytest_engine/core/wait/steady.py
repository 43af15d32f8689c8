"""Wait until the container has run for a while without being started again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..moment import parse_moment
from .condition import Leaf, Situation, Watcher, check_time

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["Stable", "stable"]


@dataclass(frozen=True)
class Stable(Leaf):
    """The container has been running for so many seconds."""

    seconds: float

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return f"stable({self.seconds:g})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to count, from the container's start where its clock is the one here."""
        return _StableWatcher(self.seconds, _age(facts))


class _StableWatcher(Watcher):
    # What it watches for is a start; the time itself passes in the probe.
    reads_events = True

    def __init__(self, seconds: float, age: float) -> None:
        super().__init__(f"it has not run for {seconds:g} s yet")
        self._seconds = seconds
        self._since = time.monotonic() - age
        self.probe = self._probe

    def on_restart(self) -> None:
        super().on_restart()
        self._since = time.monotonic()
        self.detail = f"it was started again, and has not run for {self._seconds:g} s since"

    def _probe(self, situation: Situation) -> str | None:
        facts = situation.facts
        while not situation.stopping.is_set():
            left = self._since + self._seconds - time.monotonic()
            if left <= 0:
                break
            situation.stopping.wait(left)
        # Between its end and its next start, no event tells of a start.
        state = situation.container.inspect().get("State", {})
        is_same = state.get("StartedAt") == facts.state.get("StartedAt")
        if is_same and state.get("Running") and not state.get("Restarting"):
            return None
        return "it does not run" if is_same else self.detail


def stable(seconds: float) -> Stable:
    """Wait until the container has been running for so long without being started again.

    For services that come up and fall over a moment later, and are started again by their
    restart policy. One without a policy that ends fails the wait at once, as in any wait.

    Args:
        seconds: how long. For an engine on this host the time before the wait counts, too.
    """
    check_time(seconds, "wait.stable")
    return Stable(seconds)


def _age(facts: Facts) -> float:
    """Tell for how long it has run, as far as the clocks can be compared."""
    started = facts.state.get("StartedAt")
    if not (started and facts.is_running and facts.endpoint.scheme == "unix"):
        return 0.0
    return max(0.0, time.time() - parse_moment(started) / 1e9)
