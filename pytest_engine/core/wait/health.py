"""Wait for a container's healthcheck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .condition import Leaf, Watcher

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["Healthy", "healthy"]


@dataclass(frozen=True)
class Healthy(Leaf):
    """The container's healthcheck has succeeded."""

    def __str__(self) -> str:
        """Write it as it was asked for."""
        return "healthy()"

    def watcher(self, facts: Facts) -> Watcher:
        """Start from the health that the engine tells now."""
        watcher = _HealthWatcher()
        health = facts.state.get("Health")
        if health is None or health.get("Status") == "none":
            watcher.give_up(
                "the container has no healthcheck; give it one, or wait for something else"
            )
        else:
            watcher.on_health(health.get("Status", "starting"))
        return watcher


class _HealthWatcher(Watcher):
    reads_events = True

    def on_health(self, status: str) -> None:
        # An unhealthy container may recover, so this waits on.
        self.held = status == "healthy"
        self.detail = f"it is {status}"

    def on_restart(self) -> None:
        self.on_health("starting")

    def on_exit(self, exit_code: int) -> None:
        del exit_code
        self.held = False
        self.give_up(f"{self.detail}, and the container has ended")


def healthy() -> Healthy:
    """Wait until the container's healthcheck has succeeded.

    The engine runs the check for the first time one interval after the start: with the
    default interval that is 30 seconds, so state a short one (`Healthcheck(interval=...)`).
    """
    return Healthy()
