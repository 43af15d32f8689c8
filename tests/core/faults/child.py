"""One call in a process of its own, which then counts what the call has left behind.

Run as `python -m tests.core.faults.child CALL HOST`; it prints an `Outcome` as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError

_SILENCE = 0.5


def _read_archive(engine: Engine) -> None:
    with engine.containers.get_archive("web", "/") as archive:
        for _piece in archive:
            pass


def _read_lines(engine: Engine) -> None:
    with engine.containers.logs("web", tty=False, follow=True) as output:
        for _line in output.lines():
            pass


def _read_output(engine: Engine) -> None:
    with engine.exec.start("e1") as output:
        output.read()


CALLS: dict[str, Callable[[Engine], object]] = {
    "info": lambda engine: engine.system.info(),
    "stop": lambda engine: engine.containers.stop("web"),
    "wait": lambda engine: engine.containers.wait("web"),
    "wait a moment": lambda engine: engine.containers.wait("web", timeout=_SILENCE),
    "pull": lambda engine: engine.images.pull("busybox"),
    "archive": _read_archive,
    "lines": _read_lines,
    "exec": _read_output,
    "exec with input": lambda engine: engine.exec.run("web", ["cat"], stdin=b"x" * (1 << 24)),
}


@dataclass
class Outcome:
    """What came of a call.

    Attributes:
        error: the name of the error's class.
        ours: whether it is an error of ours.
        message: what it says.
        seconds: how long the call took.
        mebibytes: by how much the process's peak of memory has grown.
        left: descriptors, threads and processes beyond those of before, by their sort.
        usable: whether the same client can make a further call.
    """

    error: str
    ours: bool
    message: str
    seconds: float
    mebibytes: float
    left: dict[str, int]
    usable: bool


def _census() -> dict[str, int]:
    tasks = list(Path("/proc/self/task").iterdir())
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": len(tasks),
        "processes": sum(len((task / "children").read_text().split()) for task in tasks),
    }


def _peak() -> float:
    """Return the largest resident size so far, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def run(call: str, host: str) -> Outcome:
    """Make a first call that goes well, then the one in question, then another."""
    error: BaseException | None = None
    with Engine(host, api_version="1.41", environ={}, timeout=_SILENCE) as engine:
        engine.system.info()
        engine.close()
        before, peak = _census(), _peak()
        begin = time.monotonic()
        try:
            CALLS[call](engine)
        except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # told to the test
            error = exc
        seconds, grown = time.monotonic() - begin, _peak() - peak
        usable = engine.system.info() == {}
    after = _census()
    return Outcome(
        error=type(error).__name__,
        ours=isinstance(error, EngineError),
        message=str(error),
        seconds=seconds,
        mebibytes=grown,
        left={sort: after[sort] - before[sort] for sort in before if after[sort] != before[sort]},
        usable=usable,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(run(*sys.argv[1:]))))
