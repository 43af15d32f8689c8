"""docs/benchmarks-plugin.md: the table of a run, and what it ran on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .projects import CONTESTANTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measuring import Measured

__all__ = ["PAGE", "ROUNDS", "page", "rows"]

# Fewer of them say little.
ROUNDS = 7
PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks-plugin.md"

_INTRODUCTION = """\
<!-- Made by `make bench-plugin`. Change tests/benchmarks/plugin/page.py, not this file. -->

# Benchmarks of the pytest plugin

Runs of pytest whose tests talk to containers: with this plugin, with testcontainers-python, with
pytest-docker-tools, and with the Engine API by hand, in turn, on one engine. In each container is
a web server that listens 0.3 s after its start; a container is ready when it has answered.

Values are medians of {rounds} rounds. In brackets is the ratio that the target is about, made
within each round, and its median. Less is better.
"""
_PROVISIONAL = """\
This run was a short one, on a machine that had other work: look at the ratios, and not closely.
"""
_NOTES = """\
- By hand means: create, start, one look at the port, questions every 5 ms until there is an answer,
  remove; ten of them in ten threads. It cleans up only after tests that end well.
- The wait for one container begins when imports and the first connection are over. That for ten
  begins when the tests have been collected, so this plugin's imports are part of it.
- `prestart=2` keeps the containers of the next two tests ready; the target for fresh containers is
  about it.
- A run that uses nothing of it: the plugin is loaded, or, for testcontainers, which has none,
  imported by `conftest.py`. It is the difference between the fastest of 20 runs with it and the
  fastest of 20 without, made in turn. All are compiled already, as installed packages are.
- testcontainers runs without its Ryuk container, which it would start besides.
- Requests are the difference between a run with two containers and one with one.
"""


def rows(results: Sequence[Measured]) -> list[list[str]]:
    """Lay the results out, with a heading."""
    return [
        ["", "unit", *CONTESTANTS, "target", ""],
        *(
            [
                result.case.title,
                result.case.unit,
                *(_cell(result, name) for name in CONTESTANTS),
                result.case.goal,
                "met" if result.is_met else "missed",
            ]
            for result in results
        ),
    ]


def page(results: Sequence[Measured], rounds: int, surroundings: Sequence[str]) -> str:
    """Write the page."""
    return "\n".join(
        [
            _INTRODUCTION.format(rounds=rounds),
            *([] if rounds >= ROUNDS else [_PROVISIONAL]),
            "\n".join(f"- {line}" for line in surroundings) + "\n",
            _markdown(rows(results)),
            _NOTES,
        ]
    )


def _cell(result: Measured, contestant: str) -> str:
    value = result.value(contestant)
    if value is None:
        return ""
    text = f"{value:.0f}" if result.case.unit != "s" else f"{value:.2f}"
    ratio = result.ratio(contestant)
    return text if ratio is None else f"{text} ({ratio:.2f})"


def _markdown(table: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "|" + "---|" * len(table[0]))
    return "\n".join(lines) + "\n"
