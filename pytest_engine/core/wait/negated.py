"""Wait until something does not hold, or no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .condition import Condition, Leaf, Situation, Unclear, Watcher

if TYPE_CHECKING:
    from .condition import Probe
    from .facts import Facts

__all__ = ["Negated"]


@dataclass(frozen=True)
class Negated(Leaf):
    """What is tried out does not hold."""

    part: Leaf

    is_tried = True

    def __str__(self) -> str:
        """Write it with its operator."""
        return f"~{self.part}"

    def __invert__(self) -> Condition:
        """Return what was negated."""
        return self.part

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to try it out."""
        inner = self.part.watcher(facts)
        watcher = Watcher(inner.detail)
        watcher.is_foreign = inner.is_foreign
        if inner.impossible:
            # Nobody can tell whether it holds, so nobody can tell that it does not.
            watcher.give_up(inner.detail)
        if inner.probe is not None:
            watcher.probe = _Inverted(inner.probe)
        return watcher


@dataclass(frozen=True)
class _Inverted:
    probe: Probe

    def __call__(self, situation: Situation) -> str | None:
        reason = self.probe(situation)
        if reason is None:
            return "it holds"
        return reason if isinstance(reason, Unclear) else None
