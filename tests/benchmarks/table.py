"""The table: what the results say, for a terminal and for a page alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clients import BARE, CONTESTANTS, OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rounds import Case, Result

__all__ = ["cpu_rows", "goal_text", "plain", "rows"]


def rows(results: Sequence[Result]) -> list[list[str]]:
    """Return the table with its head: a value for each contestant, with its ratio in brackets."""
    head = ["", "unit", *CONTESTANTS, "target", ""]
    return [
        head,
        *(
            [
                result.case.title,
                result.case.unit,
                *(_cell(result, name) for name in CONTESTANTS),
                goal_text(result.case),
                {True: "met", False: "missed", None: ""}[result.met],
            ]
            for result in results
        ),
    ]


def cpu_rows(results: Sequence[Result]) -> list[list[str]]:
    """Return the table of CPU for a call, of those cases in which that says something."""
    head = ["CPU of the client for one", *(f"{name}, µs" for name in CONTESTANTS)]
    found = []
    for result in results:
        bare = result.cpu(BARE)
        if bare:
            cells = []
            for name in CONTESTANTS:
                cpu = result.cpu(name)
                ratio = "" if cpu is None or name == BARE else f" ({cpu / bare:.2f})"
                cells.append("" if cpu is None else f"{cpu:.0f}{ratio}")
            found.append([result.case.title, *cells])
    return [head, *found]


def goal_text(case: Case) -> str:
    """Say what a case is to reach."""
    goal = case.goal
    if goal is None:
        return ""
    sign = "≥" if goal.at_least else "≤"
    if goal.against is None:
        return f"{sign} {goal.limit:g} {case.unit}"
    return f"{sign} {goal.limit:g} x" + ("" if goal.against == BARE else f" {goal.against}")


def plain(table: Sequence[Sequence[str]]) -> str:
    """Lay a table out for a terminal."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table
    )


def _cell(result: Result, contestant: str) -> str:
    value = result.value(contestant)
    if value is None:
        return ""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    goal = result.case.goal
    against = BARE if goal is None else goal.against
    if against is None or contestant in (BARE, against):
        return text
    ratio = result.ratio(contestant, against)
    # Of who is compared with somebody else than the bare socket, ours alone is asked about.
    if ratio is None or (against != BARE and contestant != OURS):
        return text
    return f"{text} ({ratio:.2f})"
