"""Rounds: every contestant in turn, and what the medians say."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional

from .clients import BARE, OURS, open_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .clients import Client
    from .stage import Stage

__all__ = ["Case", "Goal", "Result", "Sample", "measure"]

# A case that takes longer than this, in seconds, is shown with the rounds that it has.
_LONGEST = 900.0


@dataclass(frozen=True)
class Sample:
    """What one contestant did in one round.

    Attributes:
        value: in the unit of the case.
        cpu: microseconds of this process's CPU for one call; None where that says nothing.
    """

    value: float
    cpu: float | None = None


@dataclass(frozen=True)
class Goal:
    """What a case is to reach.

    Attributes:
        limit: the value that is just good enough.
        at_least: whether more is better.
        against: the contestant that the ratio is made to; None: the value itself is meant.
    """

    limit: float
    at_least: bool = False
    against: str | None = BARE


@dataclass(frozen=True)
class Case:
    """One thing that is measured.

    Attributes:
        name: how it is chosen on the command line.
        title: what it is called in the table.
        unit: of its values.
        measure: measures one contestant once. It gets the stage, the contestant's name and its
            open client (None where `own_process`).
        goal: what is to be reached; None: it is shown without.
        contestants: who takes part.
        own_process: whether the measured work runs in processes or threads of its own, with
            clients of its own.
        profiled: what is profiled instead where the target is missed, because a profiler does
            not look into other threads.
        program: what is looked at for its imports where the target is missed.
    """

    name: str
    title: str
    unit: str
    measure: Measure
    goal: Goal | None
    contestants: Sequence[str]
    own_process: bool = False
    profiled: Measure | None = None
    program: str = ""


Measure = Callable[["Stage", str, Optional["Client"]], Sample]


@dataclass
class Result:
    """The samples of a case: contestant -> one for each round."""

    case: Case
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def value(self, contestant: str) -> float | None:
        """Return the median, None for who did not take part."""
        samples = self.samples.get(contestant)
        return statistics.median(sample.value for sample in samples) if samples else None

    def cpu(self, contestant: str) -> float | None:
        """Return the median of the CPU for a call, in microseconds."""
        found = [s.cpu for s in self.samples.get(contestant, ()) if s.cpu is not None]
        return statistics.median(found) if found else None

    def ratio(self, contestant: str, against: str = BARE) -> float | None:
        """Return the median of the ratios within the rounds."""
        pairs = list(zip(self.samples.get(contestant, ()), self.samples.get(against, ())))
        ratios = [one.value / other.value for one, other in pairs if other.value]
        return statistics.median(ratios) if ratios else None

    @property
    def reached(self) -> float | None:
        """What the goal is about; None without a goal, or without whom it compares with."""
        goal = self.case.goal
        if goal is None:
            return None
        return self.value(OURS) if goal.against is None else self.ratio(OURS, goal.against)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing can be said."""
        goal, reached = self.case.goal, self.reached
        if goal is None or reached is None:
            return None
        return reached >= goal.limit if goal.at_least else reached <= goal.limit


def measure(
    case: Case, stage: Stage, there: Sequence[str], rounds: int, say: Callable[[str], None]
) -> Result:
    """Measure a case.

    Args:
        there: the contestants that are installed.
        rounds: how many rounds are wanted.
        say: gets a line for each round.
    """
    contestants = [name for name in case.contestants if name in there]
    result = Result(case, {name: [] for name in contestants})
    clients = {
        name: None if case.own_process else open_client(name, stage.host) for name in contestants
    }
    began = time.monotonic()
    try:
        for number in range(-1, rounds):
            # Whoever is first meets other leftovers of the round before than the others.
            first = number % len(contestants)
            for name in contestants[first:] + contestants[:first]:
                gc.collect()
                sample = case.measure(stage, name, clients[name])
                # The first round opens connections and warms caches, also the engine's.
                if number >= 0:
                    result.samples[name].append(sample)
            if number >= 0:
                say(_line(result, number + 1, rounds))
            if time.monotonic() - began > _LONGEST:
                break
    finally:
        for client in clients.values():
            if client is not None:
                client.close()
    return result


def _line(result: Result, number: int, rounds: int) -> str:
    values = ", ".join(f"{name} {of[-1].value:.4g}" for name, of in result.samples.items() if of)
    return f"{result.case.name} {number}/{rounds} ({result.case.unit}): {values}"
