"""Measures a case in rounds, in each of which every contestant has its turn."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.request_log import request_log

from .projects import BARE, PEERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cases import Case
    from .running import Stage

__all__ = ["Measured", "measure"]

# How often runs that use nothing are made for one value.
_PAIRS = 20


@dataclass(frozen=True)
class Measured:
    """What was measured of one case.

    Attributes:
        rounds: for each round: contestant -> value, in the unit of the case.
    """

    case: Case
    rounds: list[dict[str, float]]

    def value(self, contestant: str) -> float | None:
        """Return the median; None for who did not take part."""
        if contestant not in self.case.contestants:
            return None
        return statistics.median(one[contestant] for one in self.rounds)

    def ratio(self, contestant: str) -> float | None:
        """Return the median of the ratios within the rounds; None where none is asked for."""
        if self.case.against is None or contestant not in self.case.contestants:
            return None
        return statistics.median(one[contestant] / self._reference(one) for one in self.rounds)

    @property
    def is_met(self) -> bool:
        """Whether ours reaches what it is to reach."""
        ours = self.case.ours
        reached = self.value(ours) if self.case.against is None else self.ratio(ours)
        return reached is not None and reached <= self.case.limit

    def _reference(self, one: dict[str, float]) -> float:
        if self.case.against == "bare":
            return one[BARE]
        return min(one[peer] for peer in PEERS)


def measure(
    case: Case, stage: Stage, rounds: int, times: int, say: Callable[[str], None]
) -> Measured:
    """Measure a case.

    Args:
        times: how many tests have a container of their own.
        say: gets a line for each round.
    """
    found: list[dict[str, float]] = []
    wanted = 1 if case.name == "calls" else rounds
    for number in range(wanted):
        # Whoever is first meets other leftovers of the round before than the others.
        first = number % len(case.contestants)
        taken = {}
        for contestant in case.contestants[first:] + case.contestants[:first]:
            taken[contestant] = _ONCE[case.name](stage, contestant, times)
        found.append(taken)
        values = ", ".join(f"{name} {value:.3g}" for name, value in taken.items())
        say(f"{case.name}, round {number + 1} of {wanted}: {values}")
    return Measured(case, found)


def _one(stage: Stage, contestant: str, times: int) -> float:
    del times
    return stage.run(contestant, "one").times["setup"]


def _ten(stage: Stage, contestant: str, times: int) -> float:
    del times
    return stage.run(contestant, "ten").times["loop"]


def _fifty(stage: Stage, contestant: str, times: int) -> float:
    return stage.run(contestant, "fifty", times=times).seconds


def _empty(stage: Stage, contestant: str, times: int) -> float:
    del times
    # The difference is a small part of either, and whatever else the machine does only adds: the
    # least of some runs is what they take by themselves.
    pairs = [
        (stage.run("", "empty").seconds, stage.run(contestant, "empty").seconds)
        for _ in range(_PAIRS)
    ]
    without = min(before for before, _ in pairs)
    return (min(seconds for _, seconds in pairs) - without) * 1000


def _calls(stage: Stage, contestant: str, times: int) -> float:
    del times
    counts = []
    for number in (1, 2):
        with request_log(stage.host) as log:
            stage.run(contestant, "fifty", times=number, host=log.host)
            counts.append(len(log.take()))
    return counts[1] - counts[0]


_ONCE = {"one": _one, "ten": _ten, "fifty": _fifty, "empty": _empty, "calls": _calls}
