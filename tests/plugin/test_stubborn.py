"""Runs on an engine that answers some requests, or none, no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.stubborn import StubbornEngine

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pytest

# Longer than any of it takes: what does not end is a failure.
_LIMIT = 60

_CONFTEST = """
import pytest
from pytest_engine import Engine, container, wait
from pytest_engine.ownership.patience import Patience
from pytest_engine.plugin.fixtures import session_of

@pytest.fixture(scope="session")
def engine(pytestconfig):
    session_of(pytestconfig).patience = Patience(silence=1)
    with Engine({host!r}, timeout=1) as engine:
        yield engine

box = container("busybox", wait=False)
lasting = container("busybox", wait=False, scope="session")
late = container("busybox", wait=wait.log("never"), timeout=0.1)
"""


def run(pytester: pytest.Pytester, stubborn: StubbornEngine, test: str) -> pytest.RunResult:
    """Run a test that may use these fixtures, in a process of its own."""
    pytester.makeconftest(_CONFTEST.format(host=stubborn.host))
    pytester.makepyfile(test)
    options = ["-p", "no:cacheprovider", f"--engine-state={pytester.path / 'state'}"]
    return pytester.runpytest_subprocess(*options, timeout=_LIMIT)


def test_a_report_is_written_though_the_engine_does_not_tell_the_log(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    with StubbornEngine(tmp_path / "e.sock", deaf=".*/logs.*follow=false.*") as stubborn:
        result = run(
            pytester, stubborn, "def test_one(box): assert False\ndef test_two(late): pass"
        )
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*Container log: late*",
            "(the log cannot be read: *stayed silent for 1 s.)",
            "*Container log: box*",
            "(it cannot be read: *stayed silent for 1 s.)",
        ]
    )


def test_a_run_ends_though_the_engine_falls_silent(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    with StubbornEngine(tmp_path / "e.sock", last="DELETE .*") as stubborn:
        result = run(pytester, stubborn, "def test_it(box, lasting): pass")
        removed = [one for one in stubborn.asked if one.startswith("DELETE")]
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*containers: left behind*", "container *-box-*: *", "container *-lasting-*: *"]
    )
    # One that hangs is enough to know.
    assert len(removed) == 1
    # What proves that the run is over is still there, for those that clear up after it.
    assert len(list((pytester.path / "state" / "runs").iterdir())) == 1


def test_a_run_waits_for_an_engine_that_takes_its_time(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    class Slow(StubbornEngine):
        def answer(self, request: str, query: dict[str, list[str]]) -> Any:
            if request.startswith("DELETE"):
                # Longer than any of the times for calls and pings together.
                time.sleep(4)
            return super().answer(request, query)

    with Slow(tmp_path / "e.sock") as stubborn:
        result = run(pytester, stubborn, "def test_it(box, lasting): pass")
    result.assert_outcomes(passed=1)
    assert "left behind" not in str(result.stdout)
    assert not any((pytester.path / "state" / "runs").iterdir())
