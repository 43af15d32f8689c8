"""docs/benchmarks-swarm.md: the tables of a run, and what it ran on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.collection.page import markdown, rows

from .measuring import TASKS_EACH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.collection.measuring import Measured

    from .measuring import Use

__all__ = ["PAGE", "page", "rows_of_uses"]

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks-swarm.md"

_INTRODUCTION = """\
<!-- Made by `make bench-swarm`. Change tests/benchmarks/swarm/page.py, not this file. -->

# Benchmarks of a swarm

A swarm of three nodes, each of them an engine in a container of one machine.
"""
_USES = """\
## More and more services

All services are one stack, each with {each} tasks. The tasks of up to {running} services run, those
of the others wait for a node that never comes: managers keep them and tell of them like others.
Requests are those of one task or inventory besides version negotiation, as a proxy in front of the
manager saw them. Times are medians of {rounds}, with all that `ansible-playbook` and
`ansible-inventory` do, less what they take with nothing to do. Linear growth is 1: the time grows
as the services do.
"""
_ONE = """\
## One service that is as wanted

`swarm_service` beside `docker_swarm_service`, as in [the benchmarks of the
collection](benchmarks-collection.md).
"""


def rows_of_uses(uses: Sequence[Use]) -> list[list[str]]:
    """Lay out what was asked for with each number of services, with a heading."""
    sizes = sorted({size for use in uses for size in use.requests})
    head = ["what is done"]
    head += [f"requests, {size} services" for size in sizes]
    head += [f"ms, {size} services" for size in sizes]
    found = [[*head, "growth", "target", ""]]
    for use in uses:
        as_many = len(set(use.requests.values())) == 1
        met = as_many and (len(sizes) == 1 or use.growth <= 1)
        found.append(
            [
                use.title,
                *(str(use.requests[size]) for size in sizes),
                *(f"{use.seconds[size] * 1000:.0f}" for size in sizes),
                f"{use.growth:.2f}",
                "as many requests, growth ≤ 1",
                "met" if met else "missed",
            ]
        )
    return found


def page(
    one: Measured | None,
    uses: Sequence[Use],
    rounds: int,
    surroundings: Sequence[str],
    *,
    running: int,
) -> str:
    """Write the page."""
    said = "a single round" if rounds == 1 else f"{rounds} rounds"
    parts = [_INTRODUCTION, "\n".join(f"- {line}" for line in surroundings) + "\n"]
    if one is not None:
        parts += [_ONE, markdown(rows([one]))]
    if uses:
        parts.append(_USES.format(each=TASKS_EACH, running=running, rounds=said))
        parts.append(markdown(rows_of_uses(uses)))
    return "\n".join(parts)
