"""The process whose memory is measured: one contestant, one stream.

`python -m tests.benchmarks.peak CONTESTANT HOST STREAM FACTS` prints KiB; FACTS is JSON that says
what of the stage is there.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from .cases.streams import STREAMS
from .clients import open_client


class Given:
    """What a stage has, without the stage: names of what was made in another process."""

    def __init__(self, facts: dict[str, str]) -> None:
        self.idle = facts["idle"]
        self.short_lines = facts.get("short_lines", "")
        self.long_lines = facts.get("long_lines", "")
        self.archive = Path(facts.get("archive", ""))
        self.archived = facts.get("archived", "")
        self._scale = float(facts["scale"])

    def scaled(self, amount: int) -> int:
        return max(1, int(amount * self._scale))


def _kib(field: str) -> int:
    found = re.search(
        rf"^{field}:\s+([0-9]+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE
    )
    if found is None:
        raise RuntimeError(f"/proc/self/status has no {field}.")
    return int(found[1])


def _peak(contestant: str, host: str, stream: str, facts: str) -> int:
    """Measure in this process and return KiB."""
    given = Given(json.loads(facts))
    client = open_client(contestant, host)
    # With connections open and everything imported, so that the stream alone is counted.
    client.inspect(given.idle, 3)
    client.run(given.idle, ["true"])
    # The peak begins anew (proc(5), clear_refs).
    Path("/proc/self/clear_refs").write_text("5")
    idle = _kib("VmRSS")
    STREAMS[stream][2](given, client)  # type: ignore[arg-type]  # the part of a stage that it needs
    peak = _kib("VmHWM")
    client.close()
    return peak - idle


if __name__ == "__main__":
    sys.stdout.write(str(_peak(*sys.argv[1:])))
