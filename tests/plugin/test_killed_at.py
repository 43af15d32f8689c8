"""Runs that are killed at certain moments, each of which comes by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.polling import poll
from tests.conftest import FOREIGN_HOST
from tests.plugin.holding import holding, silence
from tests.plugin.killing import SECONDS, begin, end, kill_reapers

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(bool(FOREIGN_HOST), reason="the proxy speaks to the lab's engine alone"),
]

CONFTEST = """
backend = network()
box = container(
    "busybox", command=["sh", "-c", "echo ready; sleep 1000"], network=backend,
    wait=wait.log("ready"),
)
"""
CREATE = r"^POST \S*/containers/create\b"
START = r"^POST \S*/containers/\w+/start\b"
WAIT = r"^GET \S*/containers/\w+/logs\b"
TEARDOWN = r"^DELETE \S*/containers/\w+"


def states(project: Project, but: set[str]) -> list[str]:
    """Tell the states of the containers that runs of a project have on the engine."""
    found = project.engine.containers.list(all=True, filters=project.filters)
    return [one["State"] for one in found if f"container {one['Names'][0]}" not in but]


@pytest.mark.parametrize(
    ("request_line", "workers", "there"),
    [
        pytest.param(CREATE, 0, [], id="create"),
        pytest.param(CREATE, 2, [], id="create-in-a-worker"),
        pytest.param(START, 0, ["created"], id="between-create-and-start"),
        pytest.param(WAIT, 0, ["running"], id="wait"),
        pytest.param(TEARDOWN, 0, ["running"], id="teardown"),
    ],
)
def test_nothing_is_left_of_a_run_that_is_killed_in_the_middle_of_it(
    project: Project, bystander: set[str], request_line: str, workers: int, there: list[str]
) -> None:
    (theirs,) = [path.name for path in (project.state / "runs").iterdir()]
    project.write(conftest=CONFTEST, test_it="def test_it(box): pass")
    with holding(project.engine.endpoint.url, request_line) as proxy:
        run = begin(project, f"-n{workers}", host=proxy.host)
        try:
            assert proxy.reached.wait(60.0)
            assert states(project, bystander) == there
        finally:
            end(run)
        # Only now the engine hears of it, from somebody who is dead.
        proxy.released.set()
        assert project.await_no_runs(but={theirs}) == []
    assert project.left() == bystander


def test_the_next_run_sweeps_what_is_left_where_the_reaper_was_killed_as_well(
    project: Project, bystander: set[str]
) -> None:
    (theirs,) = [path.name for path in (project.state / "runs").iterdir()]
    project.write(conftest=CONFTEST, test_it="def test_it(box): pass")
    with holding(project.engine.endpoint.url, START) as proxy:
        run = begin(project, host=proxy.host)
        try:
            assert proxy.reached.wait(60.0)
            # It may not have written yet which process it is.
            (killed,) = poll(
                lambda: kill_reapers(project, {theirs}), timeout=60.0, what="The reaper"
            )
        finally:
            end(run)
        left = project.left() - bystander
        assert sorted(one.partition(" ")[0] for one in left) == ["container", "network"]
        swept = project.run_apart("-k", "nothing", "--engine-sweep", host=proxy.host)
        swept.stdout.fnmatch_lines([f"engine: removed container *(box)*{killed[:8]}*"])
        assert project.left() == bystander


def test_nothing_is_left_of_a_run_that_is_killed_while_it_pulls(
    project: Project, bystander: set[str]
) -> None:
    (theirs,) = [path.name for path in (project.state / "runs").iterdir()]
    with silence() as (registry, asked):
        name = f"{registry}/slow:1"
        project.write(
            conftest=f"backend = network()\nbox = container({name!r}, network=backend)",
            test_it="def test_it(box): pass",
        )
        run = begin(project)
        try:
            assert asked.wait(60.0)
            assert len(project.left() - bystander) == 1
        finally:
            end(run)
        assert project.gone_within(SECONDS, bystander) == set()
        assert project.await_no_runs(but={theirs}) == []
    assert project.left() == bystander
