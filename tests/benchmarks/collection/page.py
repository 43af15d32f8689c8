"""docs/benchmarks-collection.md: the tables of a run, and what it ran on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .cases import ENTRIES, HOSTS, LEAST, OURS, OWN, TARGETS, THEIRS
from .measuring import LOOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .measuring import Listed, Measured

__all__ = ["PAGE", "markdown", "page", "rows", "rows_of_inventories", "rows_of_many"]

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks-collection.md"
_LIMIT_OF_MANY = 0.15
_LIMIT_OF_INVENTORIES = 0.5

_INTRODUCTION = """\
<!-- Made by `make bench-collection`. Change tests/benchmarks/collection/page.py, not this file. -->

# Benchmarks of the collection

Tasks that have nothing to do, by the modules of `pytest_engine.engine` and by those of
`community.docker`: with the same options, in one run, by the same Ansible and Python, in turn.

Times are those of one task more: a loop of {loop} less a loop of one, by {more}. They and the CPU's
are the median of {rounds}, and so is each ratio, which is made within its round. A payload
is what Ansible sends to a target for the task. Requests are those of one task, as a proxy in front
of the engine saw them.

A task on the controller itself runs in Ansible's own process, as long as that makes no difference;
so do the times of `pytest_engine.engine` here. `{own}` is what the same task takes where it has a
process of its own, as on every other machine: there it has to be packed, sent, and imported anew.

`{least}` is a module that does nothing: it imports `requests` and `requests-unixsocket`, as every
module of both collections has to, and ends. Its ratio to `community.docker` is the one that a
process for each task on these libraries cannot get below.
"""
_MANY = """\
## Many containers

`containers` with {entries} entries that are as wanted, and a loop of `container` over the same
ones; each task with a process of its own, as on another machine, and with all that
`ansible-playbook` does besides.
"""
_INVENTORIES = """\
## The inventory of many containers

`ansible-inventory --graph` with {hosts} containers, by `containers` and by `docker_containers`,
less what it takes for a single host that is named on the command line.
"""


def rows(results: Sequence[Measured]) -> list[list[str]]:
    """Lay the results of the cases out, with a heading."""
    head = ["module", "", "unit", OURS, THEIRS, "ratio", "target", ""]
    found = [[*head, OWN, "ratio", LEAST, "ratio"]]
    for result in results:
        for name, target in TARGETS.items():
            ours, theirs = result.values[OURS][name], result.values[THEIRS][name]
            least, own = result.values[LEAST][name], result.values[OWN].get(name)
            ratio = result.ratios.get(name)
            met: bool | None = None
            goal = ""
            if name == "requests":
                goal, met = f"≤ {result.case.requests}", ours <= result.case.requests
            elif target.limit is not None and ratio is not None:
                goal, met = f"≤ {target.limit:g} x", ratio <= target.limit
            found.append(
                [
                    f"`{result.case.name}`",
                    target.title,
                    target.unit,
                    f"{ours:.0f}",
                    f"{theirs:.0f}",
                    "" if ratio is None else f"{ratio:.2f}",
                    goal,
                    _verdict(met),
                    "" if own is None else f"{own:.0f}",
                    "" if own is None else f"{result.own_ratios[name]:.2f}",
                    f"{least:.0f}",
                    "" if ratio is None else f"{least / theirs:.2f}",
                ]
            )
    return found


def rows_of_many(seconds: tuple[float, float]) -> list[list[str]]:
    """Lay out what `containers` took, and the loop beside it."""
    at_once, looped = seconds
    ratio = at_once / looped
    met = _verdict(ratio <= _LIMIT_OF_MANY)
    head = ["unit", "`containers`", "loop of `container`", "ratio", "target", ""]
    goal = f"≤ {_LIMIT_OF_MANY:g} x"
    return [head, ["s", f"{at_once:.1f}", f"{looped:.1f}", f"{ratio:.2f}", goal, met]]


def rows_of_inventories(results: Sequence[Listed]) -> list[list[str]]:
    """Lay out what the inventories took."""
    found = [["what is asked for", "unit", OURS, THEIRS, "ratio", "target", ""]]
    for result in results:
        ours, theirs = (f"{result.seconds[whose] * 1000:.0f}" for whose in (OURS, THEIRS))
        goal = f"≤ {_LIMIT_OF_INVENTORIES:g} x"
        met = _verdict(result.ratio <= _LIMIT_OF_INVENTORIES)
        found.append([result.asked, "ms", ours, theirs, f"{result.ratio:.2f}", goal, met])
    return found


def page(
    results: Sequence[Measured],
    many: tuple[float, float] | None,
    inventories: Sequence[Listed],
    rounds: int,
    surroundings: Sequence[str],
) -> str:
    """Write the page."""
    said = "a single round" if rounds == 1 else f"{rounds} rounds"
    parts = [
        _INTRODUCTION.format(loop=LOOP, more=LOOP - 1, rounds=said, least=LEAST, own=OWN),
        "\n".join(f"- {line}" for line in surroundings) + "\n",
        markdown(rows(results)),
    ]
    if many is not None:
        parts += [_MANY.format(entries=ENTRIES), markdown(rows_of_many(many))]
    if inventories:
        parts += [_INVENTORIES.format(hosts=HOSTS), markdown(rows_of_inventories(inventories))]
    return "\n".join(parts)


def _verdict(met: bool | None) -> str:  # noqa: FBT001  # what is said of it
    return "" if met is None else "met" if met else "missed"


def markdown(table: Sequence[Sequence[str]]) -> str:
    """Write a table, whose first row is its head."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "|" + "---|" * len(table[0]))
    return "\n".join(lines) + "\n"
