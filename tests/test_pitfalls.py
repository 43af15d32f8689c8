"""The page of pitfalls and the tests that carry its rows' numbers, held against each other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "pitfalls.md"
_ROW = re.compile(r"\| (?P<number>\d+) \| (?P<what>[^|]+) \| (?P<here>[^|]+) \|")
# How a row says that there is nothing to test yet.
_NO_TEST = "no test: "


def rows_of(page: str) -> dict[int, str]:
    """Return what the page says this client does, by the row's number."""
    rows: dict[int, str] = {}
    for line in page.splitlines():
        row = _ROW.fullmatch(line)
        if row is not None:
            assert int(row["number"]) not in rows, f"two rows {row['number']}"
            rows[int(row["number"])] = row["here"]
    return rows


def markers_of(source: str) -> set[int]:
    """Return the rows that a file's tests are marked with."""
    return {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "pitfall"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, int)
    }


def complaints(rows: dict[int, str], marked: set[int]) -> list[str]:
    """Say where rows and tests do not belong together."""
    tested = {number for number, here in rows.items() if not here.startswith(_NO_TEST)}
    return [
        *(f"row {number} has no test" for number in sorted(tested - marked)),
        *(
            f"row {number} says that it has no test"
            for number in sorted(marked & (rows.keys() - tested))
        ),
        *(
            f"a test is marked with row {number}, which does not exist"
            for number in sorted(marked - rows.keys())
        ),
    ]


def test_every_row_has_a_test_and_every_marked_test_a_row() -> None:
    marked: set[int] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            marked |= markers_of(path.read_text(encoding="utf-8"))
    assert complaints(rows_of(PAGE.read_text(encoding="utf-8")), marked) == []


def test_the_rows_are_numbered_from_one_without_a_gap() -> None:
    rows = rows_of(PAGE.read_text(encoding="utf-8"))
    assert list(rows) == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("rows", "marked", "expected"),
    [
        ({1: "done", 2: f"{_NO_TEST}later"}, {1}, []),
        ({1: "done", 2: "done"}, {1}, ["row 2 has no test"]),
        ({1: f"{_NO_TEST}later"}, {1}, ["row 1 says that it has no test"]),
        ({1: "done"}, {1, 2}, ["a test is marked with row 2, which does not exist"]),
    ],
)
def test_a_row_without_a_test_and_a_marker_without_a_row_are_seen(
    rows: dict[int, str], marked: set[int], expected: list[str]
) -> None:
    assert complaints(rows, marked) == expected


def test_rows_and_markers_are_found() -> None:
    page = "| # | what | here |\n|---|---|---|\n| 1 | fork | a child begins anew |\ntext\n"
    source = "@pytest.mark.pitfall(7)\n@pytest.mark.pitfall(8)\ndef test_it():\n    pass\n"
    assert rows_of(page) == {1: "a child begins anew"}
    assert markers_of(source) == {7, 8}
