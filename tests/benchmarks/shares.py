"""Where the time goes in a case that misses its target: functions or imports, and their shares."""

from __future__ import annotations

import cProfile
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .clients import OURS, open_client

if TYPE_CHECKING:
    from .rounds import Case
    from .stage import Stage

__all__ = ["time_shares"]

_SHOWN = 10


def time_shares(case: Case, stage: Stage) -> list[tuple[str, float]]:
    """Profile our client in a case.

    A profiler makes calls of Python functions look dearer than they are, beside those of
    functions in C such as `recv_into`, whose time is mostly that of the engine.

    Returns:
        (function, its share of the time, without what it calls), the largest first, and packages
        where imports are measured; nothing for what cannot be profiled.
    """
    if case.program:
        return _import_shares(case.program.format(host=stage.host))
    if case.own_process and case.profiled is None:
        return []
    measure = case.profiled or case.measure
    profile = cProfile.Profile()
    client = open_client(OURS, stage.host)
    try:
        measure(stage, OURS, client)
        profile.runcall(measure, stage, OURS, client)
    finally:
        client.close()
    profile.create_stats()
    # (file, line, function) -> (calls, primitive calls, own time, cumulated time, callers)
    stats: dict[Any, Any] = profile.stats
    whole = sum(facts[2] for facts in stats.values()) or 1.0
    found = [
        (_readable(file, function), facts[2] / whole)
        for (file, _line, function), facts in stats.items()
    ]
    return sorted(found, key=lambda item: -item[1])[:_SHOWN]


def _readable(file: str, function: str) -> str:
    if file == "~":
        return function.strip("{}<>").replace("built-in method ", "").replace("method ", "")
    return f"{Path(file).parent.name}/{Path(file).name}: {function}"


def _import_shares(program: str) -> list[tuple[str, float]]:
    command = [sys.executable, "-X", "importtime"]
    bare = _imported([*command, "-c", "pass"])
    own: Counter[str] = Counter()
    for name, took in _imported([*command, "-c", program]).items():
        if name not in bare:
            own[_package(name)] += took
    whole = sum(own.values()) or 1
    return [(f"import {name}", took / whole) for name, took in own.most_common(_SHOWN)]


def _imported(command: list[str]) -> dict[str, int]:
    """Return module -> microseconds of its own."""
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
    found = re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$", done.stderr, re.MULTILINE)
    return {name: int(took) for took, name in found}


def _package(name: str) -> str:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return "the standard library"
    # Of our own, which part.
    return ".".join(name.split(".")[:3]) if top == "pytest_engine" else top
