"""How long it took to pull, create, start, wait for and remove what fixtures are: the summary."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

__all__ = ["STEPS", "Durations", "show_durations"]

STEPS = ("pull", "build", "create", "start", "wait", "remove")


class Durations:
    """The steps that were taken so far, in any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._clock = clock
        self._lock = threading.Lock()
        self._steps: list[tuple[str, str, float]] = []

    @contextmanager
    def step(self, fixture: str, step: str) -> Iterator[None]:
        """Take the time of a step, also of one that fails."""
        began = self._clock()
        try:
            yield
        finally:
            taken = (fixture, step, self._clock() - began)
            with self._lock:
                self._steps.append(taken)

    def packed(self) -> list[tuple[str, str, float]]:
        """Return fixture, step and seconds of each: values that a worker can send."""
        with self._lock:
            return list(self._steps)


def show_durations(
    reporter: pytest.TerminalReporter, taken: Iterable[tuple[str, str, float, str]], count: int
) -> None:
    """Write which fixtures took longest; what happened at the same time is added up, too.

    Args:
        taken: fixture, step, seconds and worker (or nothing) of each.
        count: how many fixtures; 0: all.
    """
    rows = _rows(taken)
    if not rows:
        return
    shown = rows[:count] if count else rows
    title = f"containers: slowest {len(shown)} fixtures" if count else "containers: durations"
    reporter.write_sep("=", title)
    steps = [step for step in STEPS if any(step in row.seconds for row in rows)]
    reporter.write_line(_line(["total", *steps], "fixture"))
    for row in shown:
        cells = [_cell(row.total), *(_cell(row.seconds.get(step)) for step in steps)]
        times = f" ({row.times} times)" if row.times > 1 else ""
        reporter.write_line(_line(cells, f"{row.fixture}{times}"))
    if len(shown) < len(rows):
        reporter.write_line(f"({len(rows) - len(shown)} more; --engine-durations=0 shows all)")


class _Row(NamedTuple):
    fixture: str
    seconds: dict[str, float]
    times: int

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def _rows(taken: Iterable[tuple[str, str, float, str]]) -> list[_Row]:
    seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    times: dict[tuple[str, str], int] = defaultdict(int)
    for fixture, step, took, worker in taken:
        name = f"{fixture} [{worker}]" if worker else fixture
        seconds[name][step] += took
        times[name, step] += 1
    rows = [
        # Not by what may be tried twice.
        _Row(name, steps, times.get((name, "remove"), 1))
        for name, steps in seconds.items()
    ]
    return sorted(rows, key=lambda row: -row.total)


def _cell(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}s"


def _line(cells: Iterable[str], last: str) -> str:
    return "".join(f"{cell:>9}" for cell in cells) + f"  {last}"
