"""Tests that run in processes of their own, forked for each, as pytest-forked does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

# In a process of its own: set-up, test, and the end of all fixtures that there are.
FORK = """
import json, os, signal

@pytest.hookimpl(tryfirst={first})
def pytest_runtest_protocol(item, nextitem):
    from _pytest.runner import runtestprotocol

    if "plain" in item.name:
        return None
    hook, config = item.ihook, item.config
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # Nobody waits for one that hangs.
        signal.alarm(60)
        reports = runtestprotocol(item, log=False)
        told = [hook.pytest_report_to_serializable(config=config, report=one) for one in reports]
        os.write(writing, json.dumps(told, default=str).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as file:
        told = file.read()
    os.waitpid(child, 0)
    for data in json.loads(told or "[]"):
        report = hook.pytest_report_from_serializable(config=config, data=data)
        hook.pytest_runtest_logreport(report=report)
    return True
"""
TESTS = """
def test_a(box): assert box.state() == "running"
def test_b(box): assert box.state() == "running"
def test_plain(box): assert box.state() == "running"
def test_c(box): assert box.state() == "running"
def test_plain_again(box): assert box.state() == "running"
"""


@pytest.mark.parametrize(
    ("scope", "workers", "first"),
    [
        # First: before anything begins ahead.
        ("session", (), True),
        ("session", (), False),
        ("session", ("-n1",), False),
        ("function", (), True),
    ],
)
def test_each_test_may_have_a_process_of_its_own(
    project: Project, scope: str, workers: tuple[str, ...], *, first: bool
) -> None:
    box = f"box = container('busybox', command='sleep 1000', scope={scope!r})"
    project.write(conftest=f"{FORK.format(first=first)}\n{box}", test_it=TESTS)
    result = project.run_apart(*workers)
    result.assert_outcomes(passed=5)
    assert "Traceback" not in str(result.stderr)
    # Among workers it is the whole run's. Else that of the parent is there for the last child.
    expected = 5 if scope == "function" else 1 if workers else 3
    assert project.created() == expected
    assert project.left() == set()
    assert project.await_no_runs() == []


def test_what_a_process_left_that_died_is_in_nobodys_way(project: Project) -> None:
    # Of a test in a worker, which all have the same name to begin with.
    project.write(
        conftest=f"""{FORK.format(first=True)}
data = volume()
box = container("busybox", command="sleep 1000", volumes={{"/data": data}})
""",
        test_it="""
import os, signal

def test_it(box):
    box.exec(["touch", "/data/mine"])
    os.kill(os.getpid(), signal.SIGKILL)

def test_again(box):
    assert box.exec("ls /data").text == ""
""",
    )
    project.run_apart("-n1").assert_outcomes(passed=1)
    assert project.left() == set()
