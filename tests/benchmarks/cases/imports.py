"""Imports: what a program pays before its first call, above starting the interpreter."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.benchmarks.clients import OURS
from tests.benchmarks.rounds import Case, Goal, Sample

if TYPE_CHECKING:
    from tests.benchmarks.clients import Client
    from tests.benchmarks.rounds import Measure
    from tests.benchmarks.stage import Stage

__all__ = ["CASES"]

# How often a program is started for one sample, each time beside a bare interpreter.
_PAIRS = 5
_IMPORT = {
    OURS: "import pytest_engine",
    "docker-py": "import docker",
    "aiodocker": "import aiodocker",
}
# The call loads the HTTP libraries, which docker-py's import has loaded before any call.
_IMPORT_AND_CALL = {
    **_IMPORT,
    OURS: "from pytest_engine import Engine; Engine({host!r}, environ={{}}).system.ping()",
}


def _environment() -> dict[str, str]:
    # Whoever installs a package has it compiled; told to keep no bytecode, a program would compile
    # ours anew each time, beside the others' from an installation.
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def _start_up(program: str) -> float:
    # Without a timeout, for with one `subprocess` looks for the end only now and then.
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=_environment())
    return (time.perf_counter() - began) * 1e3


def _above_bare(programs: dict[str, str]) -> Measure:
    def measure(stage: Stage, contestant: str, _client: Client | None) -> Sample:
        program = programs[contestant].format(host=stage.host)
        pairs = ((_start_up("pass"), _start_up(program)) for _ in range(_PAIRS))
        return Sample(statistics.median(started - bare for bare, started in pairs))

    return measure


def _case(name: str, title: str, programs: dict[str, str], goal: Goal) -> Case:
    return Case(
        name,
        title,
        "ms",
        _above_bare(programs),
        goal,
        tuple(programs),
        own_process=True,
        program=programs[OURS],
    )


CASES = (
    _case("import", "import", _IMPORT, Goal(15.0, against=None)),
    _case(
        "first-call",
        "import and first call (docker-py, aiodocker: import alone)",
        _IMPORT_AND_CALL,
        Goal(0.6, against="docker-py"),
    ),
)
