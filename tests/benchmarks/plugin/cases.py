"""What is measured, and what it is to reach."""

from __future__ import annotations

from dataclasses import dataclass

from .projects import BARE, OURS, PEERS, PRESTART

__all__ = ["CASES", "TIMES", "Case"]

# How many tests have a container of their own.
TIMES = 50


@dataclass(frozen=True)
class Case:
    """One thing that is measured.

    Attributes:
        name: how it is chosen, and which tests it runs.
        title: what it is called in the table.
        unit: of its values.
        contestants: who takes part.
        against: whom ours is compared with: `bare`, the best `peer`, or None where its own
            value is asked about.
        limit: what the ratio, or the value, is to be at most.
        ours: which of ours is to reach it.
    """

    name: str
    title: str
    unit: str
    contestants: tuple[str, ...]
    against: str | None
    limit: float
    ours: str = OURS

    @property
    def goal(self) -> str:
        """Say what is to be reached."""
        if self.against is None:
            return f"≤ {self.limit:g}{f' {self.unit}' if self.unit else ''}"
        return f"≤ {self.limit:g} x {'the best peer' if self.against == 'peer' else BARE}"


CASES = (
    Case(
        "one",
        "one container, from the begin of its set-up to the first answer",
        "s",
        (BARE, OURS, *PEERS),
        "bare",
        1.1,
    ),
    Case(
        "ten",
        "ten containers of session scope, until all have answered",
        "s",
        (BARE, OURS, *PEERS),
        "bare",
        1.3,
    ),
    Case(
        "fifty",
        f"{TIMES} tests with a fresh container each, the whole run",
        "s",
        (BARE, OURS, PRESTART, *PEERS),
        "peer",
        0.5,
        ours=PRESTART,
    ),
    Case(
        "empty",
        "a run that uses nothing of it, more than one without it",
        "ms",
        (OURS, *PEERS),
        None,
        10,
    ),
    Case(
        "calls",
        "requests for one container more",
        "",
        (BARE, OURS, *PEERS),
        None,
        5,
    ),
)
