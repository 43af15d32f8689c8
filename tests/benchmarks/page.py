"""docs/benchmarks.md: the tables of a run, and what it ran on."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from . import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .rounds import Result
    from .stage import Stage

__all__ = ["PAGE", "Surroundings", "write_page"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
_PACKAGES = ("requests", "urllib3", "requests-unixsocket", "docker", "aiodocker", "aiohttp")

_INTRODUCTION = """\
<!-- Made by `make bench`. Change tests/benchmarks/page.py, not this file. -->

# Benchmarks

This client beside a bare `http.client` connection that is kept open, docker-py's low-level client
and aiodocker: on the same unix socket, in one run, in turn. The bare socket reads bytes and leaves
them; it decodes neither JSON nor frames. So a ratio of 1 is what nobody reaches who does.

Every value is the median of {rounds} rounds. In brackets is the ratio to the bare socket, made
within each round, and its median; with times and memory less is better, with MB/s more.
"""
_NOTES = """\
- Archives go to and come from a file system in memory, so that no disk is measured.
- Events are measured from the stamp that the engine gives them to the decoded event.
- Memory is that of a process that does nothing else: the peak of its resident memory during the
  stream, above what it was before. aiodocker gives an archive as a whole only.
- Imports are processes that start beside a bare interpreter, whose time is taken off.
"""


class Surroundings:
    """What a run ran on: read at its begin and its end, since the load may change."""

    def __init__(self, stage: Stage) -> None:
        version = stage.engine.system.version()
        self._lines = [
            f"{os.cpu_count()} CPUs ({_processor()}), {platform.system()} {platform.release()}",
            f"{platform.python_implementation()} {platform.python_version()}, {_packages()}",
            f"Docker Engine {version['Version']}, API {version['ApiVersion']}",
        ]
        self._load = os.getloadavg()[0]

    def lines(self) -> list[str]:
        """Say it, one fact in a line."""
        load = f"load average {self._load:.1f} at the begin, {os.getloadavg()[0]:.1f} at the end"
        return [*self._lines, f"{load} (one process of the run itself included)"]


def write_page(
    path: Path,
    results: Sequence[Result],
    shares: Mapping[str, Sequence[tuple[str, float]]],
    rounds: int,
    surroundings: Sequence[str],
) -> None:
    """Write the page.

    Args:
        shares: name of a case that missed its target -> functions and their shares.
    """
    parts = [
        _INTRODUCTION.format(rounds=rounds),
        "\n".join(f"- {line}" for line in surroundings) + "\n",
        _markdown(table.rows(results)),
        _NOTES,
        "## CPU\n",
        _markdown(table.cpu_rows(results)),
        "## What misses its target\n",
        *(_missed(result, shares.get(result.case.name, ())) for result in results),
    ]
    if all(result.met is not False for result in results):
        parts.append("Nothing in this run.\n")
    path.write_text("\n".join(part for part in parts if part), encoding="utf-8")


def _missed(result: Result, shares: Sequence[tuple[str, float]]) -> str:
    reached = result.reached
    if result.met is not False or reached is None:
        return ""
    text = f"### {result.case.title}\n\n{reached:.2f}, to be {table.goal_text(result.case)}.\n"
    if shares:
        text += "\nWhere our client spends the time, each without what it calls or imports:\n\n"
        text += _markdown([["what", "share"], *([f"`{n}`", f"{s:.0%}"] for n, s in shares)])
    return text


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"


def _packages() -> str:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.machine()
