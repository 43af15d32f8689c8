"""Peak memory of a stream, above what the client takes when it is idle, in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.benchmarks.clients import CONTESTANTS
from tests.benchmarks.rounds import Case, Goal, Sample

from .streams import STREAMS

if TYPE_CHECKING:
    from tests.benchmarks.clients import Client
    from tests.benchmarks.rounds import Measure
    from tests.benchmarks.stage import Stage

__all__ = ["CASES"]

_LIMIT = 4.0
_TIMEOUT = 300.0


# What each stream needs of the stage.
_NEEDS = {
    "logs": ("short_lines",),
    "logs-long": ("long_lines",),
    "exec-output": (),
    "archive-in": ("archive",),
    "archive-out": ("archived",),
}


def _peak(stream: str) -> Measure:
    def measure(stage: Stage, contestant: str, _client: Client | None) -> Sample:
        facts = {name: str(getattr(stage, name)) for name in ("idle", *_NEEDS[stream])}
        facts["scale"] = str(stage.scale)
        command = [sys.executable, "-m", "tests.benchmarks.peak", contestant, stage.host, stream]
        done = subprocess.run(
            [*command, json.dumps(facts)],
            stdout=subprocess.PIPE,
            text=True,
            timeout=_TIMEOUT,
            check=True,
        )
        return Sample(int(done.stdout) / 1024)

    return measure


CASES = tuple(
    Case(
        f"memory-{name}",
        f"peak memory above idle: {title}",
        "MiB",
        _peak(name),
        Goal(_LIMIT, against=None),
        tuple(CONTESTANTS),
        own_process=True,
    )
    for name, (title, _mib, _work, _limit) in STREAMS.items()
)
