"""Conditions as values: how they are combined, judged and drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core import wait
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.wait.condition import Condition, Watcher
from pytest_engine.core.wait.tree import AllOf, AnyOf, deadlines, draw, judge, late, settle

if TYPE_CHECKING:
    from collections.abc import Callable

A, B, C = wait.log("a"), wait.log("b"), wait.log("c")


def is_up(_what: object) -> bool:
    return True


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
        (wait.log(is_up), "log(is_up)"),
        (wait.port(80), "port(80)"),
        (wait.port(80, send=b"PING"), "port(80, send=b'PING')"),
        (wait.port(53, "udp"), "port(53, 'udp')"),
        (wait.port(53, "udp", send=b"?"), "port(53, 'udp', send=b'?')"),
        (
            wait.http("/x", port=80, status=204, method="PUT", body="y"),
            "http('/x', port=80, status=204, method='PUT', body='y')",
        ),
        (wait.http(), "http('/')"),
        (
            wait.http(tls=True, json={"a": 1}, response_headers={"X": "y"}),
            "http('/', json={'a': 1}, response_headers={'X': 'y'}, tls=True)",
        ),
        (wait.file("/x"), "file('/x')"),
        (wait.file("/x", re.compile("y")), "file('/x', content=/y/)"),
        (wait.stable(2.5), "stable(2.5)"),
        (wait.sql(print, port=5432, rows=len), "sql('SELECT 1', port=5432, rows=len)"),  # type: ignore[arg-type]
        (wait.check(is_up), "check(is_up)"),
        (wait.check(is_up, "the shop"), "check(the shop)"),
        (~wait.port(80), "~port(80)"),
        (~(wait.port(80) & wait.file("/x")), "(~port(80) | ~file('/x'))"),
        (~~wait.port(80), "port(80)"),
        (wait.port(80).within(5), "port(80).within(5)"),
        (~wait.port(80).within(5), "~port(80).within(5)"),
        (wait.port(80) & is_up, "(port(80) & check(is_up))"),
        (is_up | wait.port(80), "(check(is_up) | port(80))"),
        (wait.all(is_up, is_up), "(check(is_up) & check(is_up))"),
        (wait.exec("x", output="y", user="z"), "exec('x', output='y', user='z')"),
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
        lambda: wait.log(re.compile("")),
        lambda: wait.log("x", times=0),
        lambda: wait.log("x", stream="stdin"),
        lambda: wait.port(0),
        lambda: wait.port(70000),
        lambda: wait.http("no-slash"),
        lambda: wait.exec(""),
        lambda: wait.exec("echo 'open"),
        lambda: wait.exec("true", output=""),
        lambda: wait.exec(5),  # type: ignore[arg-type]
        lambda: wait.port(80, "sctp"),
        lambda: wait.port(80, send="text"),  # type: ignore[arg-type]
        lambda: wait.http(body=""),
        lambda: wait.file("relative"),
        lambda: wait.file("/x", ""),
        lambda: wait.file("/x", re.compile("")),
        lambda: wait.stable(0),
        lambda: wait.stable(float("nan")),
        lambda: wait.sql(None),  # type: ignore[arg-type]
        lambda: wait.sql(is_up, " "),  # type: ignore[arg-type]
        lambda: wait.check("no function"),  # type: ignore[arg-type]
        lambda: wait.all(wait.healthy),
        lambda: A & 5,  # type: ignore[operator]
        wait.all,
        lambda: wait.any(A, "b"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_a_condition_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(InvalidInput, match="wait"):
        make()


@pytest.mark.parametrize("condition", [A, wait.healthy(), wait.exit(), wait.stable(1), A & B])
def test_what_is_waited_for_and_not_tried_out_cannot_be_negated(condition: Condition) -> None:
    with pytest.raises(InvalidInput, match=r"~.*cannot be negated"):
        _negated = ~condition


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e10])
@pytest.mark.parametrize(("make", "what"), [(A.within, "within"), (wait.stable, "wait.stable")])
def test_a_time_is_above_zero_and_can_be_waited(
    make: Callable[[float], Condition], what: str, seconds: float
) -> None:
    with pytest.raises(InvalidInput, match=rf"^{what}: .* is not a number of seconds above 0"):
        make(seconds)


@pytest.mark.parametrize(
    ("state", "elapsed", "expected"),
    [("pending", 4.9, None), ("pending", 5, False), ("held", 6, True), ("impossible", 1, False)],
)
def test_a_part_with_a_time_of_its_own_is_judged_by_the_clock(
    state: str, elapsed: float, expected: object
) -> None:
    for condition, verdict in ((A.within(5), expected), (A.within(5) | B, True)):
        known = watchers(a=state, b="held")
        assert judge(condition, known, settle(condition, known, elapsed)) is verdict


def test_what_was_late_stays_late() -> None:
    condition = A.within(5) | B
    in_time = settle(condition, watchers(a="pending", b="pending"), 5)
    for state, expected in (("pending", None), ("held", True), ("impossible", False)):
        known = watchers(a="held", b=state)
        assert judge(condition, known, settle(condition, known, 7, in_time)) is expected


def test_what_was_in_time_may_hold_again_later() -> None:
    condition = A.within(5) & B
    in_time = settle(condition, watchers(a="held", b="pending"), 4)
    for state, expected in (("pending", None), ("held", True), ("impossible", False)):
        known = watchers(a=state, b="held")
        assert judge(condition, known, settle(condition, known, 6, in_time)) is expected


def test_a_time_within_another_counts_for_it() -> None:
    condition = (A.within(3) & B).within(5)
    in_time = settle(condition, watchers(a="pending", b="held"), 3)
    known = watchers(a="held", b="held")
    assert judge(condition, known, settle(condition, known, 4, in_time)) is False


def test_the_parts_that_are_late_are_named() -> None:
    condition = A.within(5) & (B.within(3) | C.within(9))
    known = watchers(a="held", b="pending", c="pending")
    in_time = settle(condition, known, 5)
    assert [str(part) for part in late(condition, known, in_time)] == ["log('b').within(3)"]
    assert sorted(deadlines(condition)) == [3, 5, 9]
    assert list(deadlines(condition, in_time)) == [9]


def test_a_drawing_tells_the_time_that_a_group_has() -> None:
    text = draw((A & B).within(5) | C, watchers(a="held", b="pending", c="pending"))
    assert text.splitlines() == [
        "any of",
        "  all of, within 5 s",
        "    [held]     log('a')",
        "    [not held] log('b'): nothing came",
        "  [not held] log('c'): nothing came",
    ]
