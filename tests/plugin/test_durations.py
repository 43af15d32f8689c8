"""How long things took, in the terminal's summary."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import ImageNotFound
from pytest_engine.plugin.durations import Durations

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

BOXES = """
box = container(
    "busybox:durations", command=["sh", "-c", "echo up; sleep 1000"], wait=wait.log("up"),
    scope="session",
)
own = container("busybox", command="sleep 1000")
backend = network()
"""


def table(result: pytest.RunResult) -> dict[str, dict[str, str]]:
    """Read the table: fixture -> step -> time."""
    text = str(result.stdout).partition("= containers:")[2]
    lines = text.partition("\n=")[0].splitlines()[1:]
    head = lines[0].split()
    rows = [re.split(r"\s+", line.strip(), maxsplit=len(head) - 1) for line in lines[1:]]
    return {row[-1]: dict(zip(head, row)) for row in rows if len(row) == len(head)}


@pytest.mark.engine
def test_every_step_of_a_fixture_is_shown(project: Project) -> None:
    project.write(
        conftest=BOXES.replace("busybox:durations", "busybox:1"),
        test_it="def test_one(box, own, backend): pass\ndef test_two(own): pass",
    )
    with contextlib.suppress(ImageNotFound):
        project.engine.images.remove("busybox:1")
    result = project.run("--engine-durations=0")
    result.assert_outcomes(passed=2)
    rows = table(result)
    assert set(rows) == {"box", "own (2 times)", "backend"}
    steps = ("total", "pull", "create", "start", "wait", "remove")
    assert all(re.fullmatch(r"\d+\.\d\ds", rows["box"][step]) for step in steps)
    assert (rows["own (2 times)"]["pull"], rows["own (2 times)"]["wait"]) == ("-", "-")
    assert rows["backend"]["start"] == "-"


@pytest.mark.engine
def test_the_slowest_are_shown_and_the_others_counted(project: Project) -> None:
    project.write(
        conftest=BOXES.replace("busybox:durations", "busybox"),
        test_it="def test_it(box, own, backend): pass",
    )
    result = project.run("--engine-durations=2")
    result.stdout.fnmatch_lines(["*= containers: slowest 2 fixtures =*"])
    assert len([name for name in table(result) if name in ("box", "own", "backend")]) == 2
    result.stdout.fnmatch_lines(["(1 more; --engine-durations=0 shows all)"])


@pytest.mark.engine
def test_workers_of_xdist_tell_theirs(project: Project) -> None:
    project.write(
        conftest=BOXES,
        test_it="def test_it(own): pass",
    )
    result = project.run_apart("-n2", "--dist=each", "--engine-durations")
    result.assert_outcomes(passed=2)
    assert set(table(result)) == {"own [gw0]", "own [gw1]"}


@pytest.mark.engine
def test_without_the_option_nothing_is_shown(project: Project) -> None:
    project.write(conftest=BOXES, test_it="def test_it(own): pass")
    assert "containers:" not in str(project.run().stdout)


def test_a_run_without_containers_shows_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess("--engine-durations", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    assert "containers:" not in str(result.stdout)


def test_a_step_that_fails_counts() -> None:
    now = iter([1.0, 3.5])
    durations = Durations(lambda: next(now))
    with pytest.raises(LookupError), durations.step("box", "pull"):
        raise LookupError
    assert durations.packed() == [("box", "pull", 2.5)]
