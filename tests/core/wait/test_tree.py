"""Conditions as values: how they are combined, judged and drawn."""

from __future__ import annotations

import re

import pytest

from pytest_engine.core import wait
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.wait.condition import Condition, Watcher
from pytest_engine.core.wait.tree import AllOf, AnyOf, draw, judge

A, B, C = wait.log("a"), wait.log("b"), wait.log("c")


def watchers(**states: str) -> dict[int, Watcher]:
    found: dict[int, Watcher] = {}
    for name, state in states.items():
        watcher = found[id({"a": A, "b": B, "c": C}[name])] = Watcher("nothing came")
        watcher.held = state == "held"
        watcher.impossible = state == "impossible"
    return found


def test_and_makes_one_flat_condition_of_all() -> None:
    assert AllOf((A, B, C)) == A & B & C == wait.all(A, B, C)


def test_or_makes_one_flat_condition_of_any() -> None:
    assert AnyOf((A, B, C)) == A | B | C == wait.any(A, B, C)


def test_a_mixed_tree_keeps_its_shape() -> None:
    assert AllOf((A, AnyOf((B, C)))) == A & (B | C)


@pytest.mark.parametrize(
    ("condition", "a", "b", "expected"),
    [
        (A & B, "held", "held", True),
        (A & B, "held", "pending", None),
        (A & B, "pending", "impossible", False),
        (A & B, "held", "impossible", False),
        (A | B, "held", "pending", True),
        (A | B, "impossible", "pending", None),
        (A | B, "impossible", "held", True),
        (A | B, "impossible", "impossible", False),
    ],
)
def test_a_tree_is_judged_by_its_leaves(
    condition: Condition, a: str, b: str, expected: object
) -> None:
    assert judge(condition, watchers(a=a, b=b)) is expected


def test_a_drawing_tells_which_parts_held_and_why_the_others_did_not() -> None:
    text = draw(A & (B | C), watchers(a="held", b="pending", c="pending"))
    assert text.splitlines() == [
        "all of",
        "  [held]     log('a')",
        "  any of",
        "    [not held] log('b'): nothing came",
        "    [not held] log('c'): nothing came",
    ]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (wait.log("ready"), "log('ready')"),
        (
            wait.log(re.compile(r"on \d+"), times=2, stream="stderr"),
            "log(/on \\d+/, times=2, stream='stderr')",
        ),
        (wait.port(80), "port(80)"),
        (
            wait.http("/x", port=80, status=204, method="PUT", body="y"),
            "http('/x', port=80, status=204, method='PUT', body='y')",
        ),
        (wait.http(), "http('/')"),
        (wait.healthy(), "healthy()"),
        (
            wait.exec("pg_isready -U 'a b'", exit_code=2),
            "exec(\"pg_isready -U 'a b'\", exit_code=2)",
        ),
        (wait.exit(), "exit(0)"),
        (wait.exit(None), "exit(None)"),
        (wait.port(80) & (wait.port(81) | wait.exit(3)), "(port(80) & (port(81) | exit(3)))"),
    ],
)
def test_a_condition_is_written_as_it_was_asked_for(condition: Condition, text: str) -> None:
    assert str(condition) == text


@pytest.mark.parametrize(
    "make",
    [
        lambda: wait.log(""),
        lambda: wait.log("x", times=0),
        lambda: wait.log("x", stream="stdin"),
        lambda: wait.port(0),
        lambda: wait.port(70000),
        lambda: wait.http("no-slash"),
        lambda: wait.exec(""),
        wait.all,
        lambda: wait.any(A, "b"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_a_condition_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(InvalidInput, match="wait"):
        make()
