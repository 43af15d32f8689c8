"""docs/reference/engines.md: its tables, and the list of what tests leave out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .versions import brought, taken

if TYPE_CHECKING:
    from .fact import Fact
    from .versions import Version

__all__ = [
    "PAGE",
    "SPOKEN",
    "left_out",
    "read_table",
    "write_left_out",
    "write_table",
    "write_versions",
]

_ROOT = Path(__file__).resolve().parents[2]
PAGE = _ROOT / "docs" / "reference" / "engines.md"
_TABLE = "measured"
_VERSIONS = "versions"
_TAKEN = "taken away"
_LEFT_OUT = "left out"
# The row that all else about versions follows from.
SPOKEN = "API that is spoken"

# Heading of a column -> title of a row -> what the engine does.
Table = Mapping[str, Mapping[str, str]]


def read_table(page: str) -> dict[str, dict[str, str]]:
    """Read the table out of the page: heading of a column -> title of a row -> cell."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in _between(page, _TABLE).splitlines()
        if line.startswith("|")
    ]
    headings = rows[0][1:]
    return {
        heading: {row[0]: row[number] for row in rows[2:] if row[number]}
        for number, heading in enumerate(headings, start=1)
    }


def write_table(page: str, facts: Iterable[Fact], table: Table) -> str:
    """Put a table into the page, in the place of the one that is there."""
    rows = [["", *table], ["---"] * (len(table) + 1)]
    topic = ""
    for fact in facts:
        if fact.topic != topic:
            topic = fact.topic
            rows.append([f"**{topic}**", *[""] * len(table)])
        rows.append([fact.title, *(column[fact.title] for column in table.values())])
    return _replaced(page, _TABLE, "\n".join(_line(row) for row in rows))


def write_versions(page: str, table: Table) -> str:
    """Put what came into the API, and what left it, into the page, beside who has it."""
    spoken = {heading: _parsed(column[SPOKEN]) for heading, column in table.items()}
    rows = [["API", "brought", *table], ["---"] * (len(table) + 2)]
    for version, what in brought().items():
        has = ["yes" if version <= its else "`Incompatible`" for its in spoken.values()]
        rows.append([_written(version), what, *has])
    page = _replaced(page, _VERSIONS, "\n".join(_line(row) for row in rows))
    gone = [f"- {_written(version)}: {what}" for version, what in taken().items()]
    return _replaced(page, _TAKEN, "\n".join(gone))


def left_out(folder: Path = _ROOT / "tests") -> dict[str, list[str]]:
    """Read from the tests' marks what they do not ask of an engine: its name -> reasons."""
    reasons: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.lacks":
                (reason,) = (ast.literal_eval(k.value) for k in node.keywords if k.arg == "reason")
                for engine in node.args:
                    reasons.setdefault(ast.literal_eval(engine), set()).add(reason)
    return {engine: sorted(found) for engine, found in sorted(reasons.items())}


def write_left_out(page: str, reasons: Mapping[str, Sequence[str]]) -> str:
    """Put the list of what tests leave out into the page."""
    lines = [f"- `{engine}`: {reason}" for engine, found in reasons.items() for reason in found]
    return _replaced(page, _LEFT_OUT, "\n".join(lines or ["Nothing."]))


def _written(version: Version) -> str:
    return ".".join(map(str, version))


def _parsed(text: str) -> Version:
    major, minor = map(int, text.split("."))
    return major, minor


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(cells) + "|" if cells[0] == "---" else f"| {' | '.join(cells)} |"


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: made by `make engines-table` -->\n", f"<!-- end of {name} -->\n"


def _between(page: str, name: str) -> str:
    begin, end = _marks(name)
    return page.partition(begin)[2].partition(end)[0]


def _replaced(page: str, name: str, text: str) -> str:
    begin, end = _marks(name)
    before, found, rest = page.partition(begin)
    if not found or end not in rest:
        raise ValueError(f"The page has no lines {begin!r} and {end!r}.")
    return f"{before}{begin}\n{text}\n\n{end}{rest.partition(end)[2]}"
