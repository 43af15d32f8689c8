"""Runs that are killed at random moments: nothing of theirs is left, and nothing else is touched.

PYTEST_ENGINE_KILL_ROUNDS says how many there are, PYTEST_ENGINE_KILL_SEED repeats those of
an earlier time.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.plugin.killing import SECONDS, begin, end, kill_reapers

if TYPE_CHECKING:
    import subprocess

    from tests.plugin.conftest import Project

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ROUNDS = int(os.environ.get("PYTEST_ENGINE_KILL_ROUNDS", "10"))
CONFTEST = """
backend = network(scope="session")
data = volume(scope="session")
tools = image(build={"Dockerfile": "FROM busybox\\nRUN echo built > /built\\n"})
shared = container(
    tools, command="sleep 1000", network=backend, volumes={"/data": data}, scope="session"
)
own = container(
    "busybox", command=["sh", "-c", "sleep 0.1; echo ready; sleep 1000"], network=backend,
    wait=wait.log("ready"),
)
"""
TESTS = """
@pytest.mark.parametrize("n", range(6))
def test_it(shared, own, n, run_container):
    run_container(ContainerSpec("busybox", command="sleep 1000"), wait=False)
"""


_FAILED_SEED = "pytest-engine/kill-seed"


def over(run: subprocess.Popen[bytes]) -> bool:
    """Tell whether a run has ended by itself."""
    return run.poll() is not None


def say(text: str) -> None:
    """Write a line where pytest shows it if the test fails, and with -rP."""
    sys.stdout.write(f"{text}\n")


@pytest.mark.timeout(600 + 30 * ROUNDS)
def test_a_run_that_is_killed_at_any_moment_leaves_nothing(
    project: Project, bystander: set[str], cache: pytest.Cache
) -> None:
    # Where it failed, trying again means the same moments and no luckier ones.
    failed = cache.get(_FAILED_SEED, None)
    fresh = str(time.time_ns() % 10**6)
    seed = os.environ.get("PYTEST_ENGINE_KILL_SEED") or failed or fresh
    cache.set(_FAILED_SEED, seed)
    say(f"seed {seed}, {ROUNDS} rounds")
    project.write(conftest=CONFTEST, test_it=TESTS)
    (theirs,) = [path.name for path in (project.state / "runs").iterdir()]
    rng = random.Random(int(seed))  # noqa: S311  # moments, not secrets
    for number in range(ROUNDS):
        workers = rng.choice((0, 4))
        event, delay = rng.randrange(18), rng.random() * 0.3
        reaper_too = rng.random() < 0.3
        began = time.time()
        run = begin(project, f"-n{workers}")
        seen = project.await_events(event, since=began, unless=partial(over, run))
        time.sleep(delay)
        reapers = kill_reapers(project, {theirs}) if reaper_too else []
        ended = over(run)
        end(run)
        killed = time.monotonic()
        if reapers:
            # Whatever makes something next cleans up.
            project.run_apart("-k", "nothing", "--engine-sweep")
        left = project.gone_within(SECONDS, bystander)
        took = time.monotonic() - killed
        say(
            f"round {number}: -n {workers}, {'ended' if ended else 'killed'} {delay:.3f} s after "
            f"event {seen}{', its reaper as well' if reapers else ''}: clean after {took:.2f} s"
        )
        assert left == set()
        assert project.left() == bystander
    assert project.await_no_runs(but={theirs}) == []
    assert project.left() == bystander
    cache.set(_FAILED_SEED, None)


def test_the_next_run_cleans_up_after_a_killed_reaper_in_the_background(
    project: Project,
) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
import os, pathlib, signal

def test_dies(box):
    (pid,) = pathlib.Path("state/runs").glob("*/reaper.pid")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

def test_goes_on(box):
    pass
""",
    )
    project.run_apart("-k", "dies")
    assert len(project.left()) == 1
    project.run_apart("-k", "goes_on").assert_outcomes(passed=1, deselected=1)
    assert project.gone_within(SECONDS) == set()
    # That takes longer than the run.
    assert project.await_no_runs() == []


def test_a_run_that_is_terminated_leaves_nothing(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
import os, signal

def test_it(box):
    os.kill(os.getpid(), signal.SIGTERM)
    box.wait(wait.exit())
""",
    )
    assert project.run_apart().ret == -signal.SIGTERM
    assert project.created() == 1
    assert project.gone_within(SECONDS) == set()
    assert project.await_no_runs() == []


def test_a_process_that_a_test_has_forked_does_not_keep_the_run_alive(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
import os, pathlib, signal, time

def test_it(box):
    child = os.fork()
    if child == 0:
        os.setsid()
        for name in (0, 1, 2):
            os.close(name)
        while not pathlib.Path("enough").exists():
            time.sleep(0.05)
        os._exit(0)
    os.kill(os.getpid(), signal.SIGKILL)
""",
    )
    try:
        assert project.run_apart("-W", "ignore").ret == -signal.SIGKILL
        assert project.gone_within(SECONDS) == set()
    finally:
        (project.pytester.path / "enough").touch()


def test_what_is_still_being_made_when_the_run_is_killed_goes_as_well(project: Project) -> None:
    project.write(
        conftest="""
import os, threading

box = container("busybox", command="sleep 1000")

@pytest.fixture
def engine(engine, monkeypatch):
    create = engine.containers.create

    def die_meanwhile(*args, **kwargs):
        threading.Timer(0.001, os.kill, (os.getpid(), 9)).start()
        create(*args, **kwargs)
        os.kill(os.getpid(), 9)

    monkeypatch.setattr(engine.containers, "create", die_meanwhile)
    return engine
""",
        test_it="def test_it(box): pass",
    )
    assert project.run_apart().ret == -signal.SIGKILL
    assert project.await_no_runs() == []
    assert project.left() == set()


def test_the_reaper_waits_for_an_engine_that_is_away(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
import os, pathlib

def test_it(box):
    pathlib.Path("engine.sock").unlink()
    os.kill(os.getpid(), 9)
""",
    )
    socket = project.pytester.path / "engine.sock"
    there = project.engine.endpoint.path
    socket.symlink_to(there)
    assert project.run_apart(host=f"unix://{socket}").ret == -signal.SIGKILL
    assert len(project.gone_within(1.0)) == 1
    socket.symlink_to(there)
    assert project.gone_within(SECONDS) == set()
    assert project.await_no_runs() == []
