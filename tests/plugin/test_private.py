"""An engine of the run's own, where none answers."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = [pytest.mark.engine, pytest.mark.slow]

NOWHERE = "unix:///nowhere/docker.sock"
TEST = """
import os, pathlib

def test_it(backend, engine):
    root = pathlib.Path(engine.endpoint.path).parent
    with open("roots", "a") as file:
        file.write(f"{root}\\n")
    assert backend.inspect()["Name"] == backend.name
    if os.environ.get("DIE"):
        os.kill(os.getpid(), 9)
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a private engine needs root")


def roots(project: Project) -> set[Path]:
    return {Path(line) for line in (project.pytester.path / "roots").read_text().splitlines()}


def processes(root: Path) -> list[str]:
    """List what runs with the engine's folder among its arguments."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = file.read_text().replace("\0", " ")
        except OSError:
            continue
        if str(root) in text:
            found.append(text)
    return found


@needs_root
def test_the_workers_of_a_run_share_one(project: Project) -> None:
    project.write(conftest="backend = network(scope='session')", test_it=TEST)
    result = project.run_apart("--engine-missing=private", "-n2", "--dist=each", host=NOWHERE)
    result.assert_outcomes(passed=2)
    (root,) = roots(project)
    assert not root.exists()
    assert processes(root) == []
    assert list((project.state / "runs").iterdir()) == []


@needs_root
def test_nothing_on_it_is_said_to_be_kept(project: Project) -> None:
    project.write(conftest="backend = network()", test_it=TEST)
    result = project.run_apart(
        "--engine-missing=private", "--engine-keep=always", "--engine-reuse", host=NOWHERE
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*containers: kept*", "Nothing on the private engine, which *"])
    assert "Remove all" not in str(result.stdout)
    (root,) = roots(project)
    assert not root.exists()
    assert project.await_no_runs() == []


@needs_root
def test_it_is_stopped_when_the_run_is_killed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIE", "1")
    project.write(conftest="backend = network(scope='session')", test_it=TEST)
    result = project.run_apart("--engine-missing=private", host=NOWHERE)
    assert result.ret == -signal.SIGKILL
    assert project.await_no_runs(seconds=90) == []
    (root,) = roots(project)
    assert not root.exists()
    assert processes(root) == []


def test_where_it_cannot_be_started_that_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(conftest="backend = network()", test_it="def test_it(backend): pass")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    began = time.time()
    result = project.run("--engine-missing=private", host=NOWHERE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "No container engine: Cannot connect to the engine at unix:///nowhere/docker.sock*",
            "--engine-missing=private could not start one: A private dockerd needs root; *",
        ]
    )
    assert "Traceback" not in str(result.stdout)
    places = Path("/var/tmp").glob("pytest-engine-*")  # noqa: S108  # where they are
    assert [path for path in places if path.stat().st_mtime > began] == []
