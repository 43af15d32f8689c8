"""Short calls: how long one takes, and what it costs of the CPU."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from tests.benchmarks.clients import CONTESTANTS
from tests.benchmarks.rounds import Case, Goal, Sample

if TYPE_CHECKING:
    from tests.benchmarks.clients import Client
    from tests.benchmarks.rounds import Measure
    from tests.benchmarks.stage import Stage

__all__ = ["CASES"]

_WORKERS = 32
# A work repeats a call so many times.
_Work = Callable[["Stage", "Client", int], None]


def _timed(work: _Work, times: int, unit: float, calls_each: int = 1) -> Measure:
    """Measure the time of one call (in parts of a second) and its CPU."""

    def measure(stage: Stage, _contestant: str, client: Client | None) -> Sample:
        assert client is not None
        repeated = stage.scaled(times)
        # What the stage makes when it is asked for the first time does not count.
        work(stage, client, 1)
        cpu, began = time.process_time(), time.perf_counter()
        work(stage, client, repeated)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Sample(took / repeated * unit, cpu / (repeated * calls_each) * 1e6)

    return measure


def _ping(_stage: Stage, client: Client, times: int) -> None:
    client.ping(times)


def _inspect(stage: Stage, client: Client, times: int) -> None:
    client.inspect(stage.idle, times)


def _list(stage: Stage, client: Client, times: int) -> None:
    client.list(stage.hundred, times)


def _run_true(stage: Stage, client: Client, times: int) -> None:
    for _ in range(times):
        client.run(stage.idle, ["true"])


def _inspect_at_once(stage: Stage, client: Client, times: int) -> None:
    client.inspect_at_once(stage.idle, _WORKERS, times)


def _case(name: str, title: str, unit: str, measure: Measure, limit: float) -> Case:
    return Case(name, title, unit, measure, Goal(limit), tuple(CONTESTANTS))


_INSPECT = _timed(_inspect, 300, 1e6)


CASES = (
    _case("ping", "ping", "µs", _timed(_ping, 400, 1e6), 1.5),
    _case("inspect", "inspect a container", "µs", _INSPECT, 1.6),
    _case("list", "list 100 containers", "ms", _timed(_list, 20, 1e3), 1.1),
    _case("exec", "exec of `true`", "ms", _timed(_run_true, 5, 1e3), 1.1),
    Case(
        "threads",
        "32 threads, an inspect in each",
        "ms",
        _timed(_inspect_at_once, 100, 1e3, _WORKERS),
        Goal(2.0),
        tuple(CONTESTANTS),
        profiled=_INSPECT,
    ),
)
