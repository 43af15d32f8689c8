"""Long answers and uploads: how much comes through in a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from tests.benchmarks.clients import CONTESTANTS
from tests.benchmarks.rounds import Case, Goal, Sample
from tests.benchmarks.stage import MIB

if TYPE_CHECKING:
    from tests.benchmarks.clients import Client
    from tests.benchmarks.rounds import Measure
    from tests.benchmarks.stage import Stage

__all__ = ["CASES", "STREAMS"]

_Work = Callable[["Stage", "Client"], None]


def _logs_short(stage: Stage, client: Client) -> None:
    client.logs(stage.short_lines)


def _logs_long(stage: Stage, client: Client) -> None:
    client.logs(stage.long_lines)


def _exec_output(stage: Stage, client: Client) -> None:
    size = str(stage.scaled(128 * MIB))
    client.exec_output(stage.idle, ["head", "-c", size, "/dev/zero"])


def _archive_in(stage: Stage, client: Client) -> None:
    client.put_archive(stage.idle, "/data", stage.archive)


def _archive_out(stage: Stage, client: Client) -> None:
    client.get_archive(stage.idle, stage.archived)


# Name -> title, MiB that it moves, work, goal.
STREAMS: dict[str, tuple[str, int, _Work, float]] = {
    "logs": ("logs, lines of 80 bytes", 64, _logs_short, 0.9),
    "logs-long": ("logs, lines of 8 KiB", 128, _logs_long, 0.9),
    "exec-output": ("output of an exec", 128, _exec_output, 0.9),
    "archive-in": ("archive in", 256, _archive_in, 0.9),
    "archive-out": ("archive out", 256, _archive_out, 0.95),
}


def _throughput(work: _Work, mib: int) -> Measure:
    """Measure MB/s of payload; framing around it counts for nobody."""

    def measure(stage: Stage, _contestant: str, client: Client | None) -> Sample:
        assert client is not None
        cpu, began = time.process_time(), time.perf_counter()
        work(stage, client)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Sample(stage.scaled(mib * MIB) / took / 1e6, cpu * 1e6)

    return measure


CASES = tuple(
    Case(
        name,
        f"{title}, {mib} MiB",
        "MB/s",
        _throughput(work, mib),
        Goal(limit, at_least=True),
        tuple(CONTESTANTS),
    )
    for name, (title, mib, work, limit) in STREAMS.items()
)
