"""Events: how long it takes from something that happens until a listener has it."""

from __future__ import annotations

import queue
import statistics
import threading
import time
from typing import TYPE_CHECKING

from tests.benchmarks.clients import CONTESTANTS, PATIENCE, open_client
from tests.benchmarks.rounds import Case, Goal, Sample
from tests.benchmarks.stage import IMAGE

if TYPE_CHECKING:
    from tests.benchmarks.clients import Client
    from tests.benchmarks.stage import Stage

__all__ = ["CASES"]

_EVENTS = 100


def _latency(stage: Stage, contestant: str, _client: Client | None) -> Sample:
    """Measure the median time from the engine's own stamp to the decoded event."""
    arrived: queue.Queue[int] = queue.Queue()
    wanted = stage.scaled(_EVENTS)

    def listen() -> None:
        client = open_client(contestant, stage.host)
        events = client.tag_events()
        for _ in range(wanted + 1):
            event = next(events)
            arrived.put(time.time_ns() - int(event["timeNano"]))
        events.close()  # type: ignore[attr-defined]  # all of them are generators
        client.close()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    _tag_until_heard(stage, arrived)
    latencies = []
    for _ in range(wanted):
        _tag(stage)
        latencies.append(arrived.get(timeout=PATIENCE))
    listener.join(PATIENCE)
    return Sample(statistics.median(latencies) / 1000)


def _listen_here(stage: Stage, contestant: str, _client: Client | None) -> Sample:
    """Listen in this thread, for a profiler to see it; the time includes that between events."""
    enough = threading.Event()

    def tag() -> None:
        while not enough.wait(0.001):
            _tag(stage)

    tagging = threading.Thread(target=tag, daemon=True)
    tagging.start()
    client = open_client(contestant, stage.host)
    events = client.tag_events()
    began = time.perf_counter()
    for _ in range(stage.scaled(_EVENTS)):
        next(events)
    took = time.perf_counter() - began
    enough.set()
    tagging.join()
    events.close()  # type: ignore[attr-defined]  # all of them are generators
    client.close()
    return Sample(took * 1e6)


def _tag(stage: Stage) -> None:
    stage.engine.images.tag(IMAGE, f"{IMAGE}:latest")


def _tag_until_heard(stage: Stage, arrived: queue.Queue[int]) -> None:
    """Make events until the listener hears one, which is when it listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _tag(stage)
        try:
            arrived.get(timeout=0.5)
        except queue.Empty:
            continue
        return
    raise RuntimeError("No event arrives.")


CASES = (
    Case(
        "events",
        "event, from its stamp to its listener",
        "µs",
        _latency,
        Goal(1.1),
        tuple(CONTESTANTS),
        own_process=True,
        profiled=_listen_here,
    ),
)
