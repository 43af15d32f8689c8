"""What `make test` and its like run, and how it is counted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import OWN_ENGINE
from tests.lab.guests import GUESTS
from tests.stages.counts import Counts, read_junit
from tests.stages.plan import GOALS, plan
from tests.stages.run import ROOT, Ended, Stage, report, run_again, run_lanes

PYTHON = sys.executable


@pytest.fixture(autouse=True)
def _no_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ENGINE_TEST_HOST", raising=False)


def _stages(goal: str) -> list[Stage]:
    return [stage for lane in plan(goal) for stage in lane]


def _run(stage: Stage, reports: Path) -> Ended:
    (ended,) = run_lanes([[stage]], reports)
    return ended


def _engines(goal: str, first: str) -> set[str]:
    """Return the engines that a goal's stages of one sort are for."""
    return {s.name.removeprefix(first) for s in _stages(goal) if s.name.startswith(first)}


def test_a_test_run_meets_every_engine_of_the_lab() -> None:
    assert _engines("test", "core-") == {"28.5"}
    assert _engines("test", "core-") | _engines("test", "smoke-") == set(GUESTS)
    (own,) = (stage for stage in _stages("test") if stage.name == "engine")
    assert OWN_ENGINE in own.title
    assert not own.environment


def test_the_long_run_has_all_tests_of_the_core_on_every_engine() -> None:
    assert _engines("all", "core-") == set(GUESTS)
    assert _engines("all", "smoke-") == set()
    done = {stage.name for stage in _stages("all")}
    assert {s.name for s in _stages("engines")} | {s.name for s in _stages("pythons")} <= done


def test_tests_run_where_the_lab_was_brought_up_for_them() -> None:
    for goal in ("test", "engines", "all"):
        stages = next(lane for lane in plan(goal) if "engines" in [one.name for one in lane])
        up = next(n for n, stage in enumerate(stages) if stage.name == "engines")
        for number, stage in enumerate(stages):
            if "PYTEST_ENGINE_TEST_ENGINE" in stage.environment:
                assert number > up
        others = [
            one for lane in plan(goal) if lane is not stages and lane != stages for one in lane
        ]
        assert not any("PYTEST_ENGINE_TEST_ENGINE" in one.environment for one in others)


def test_a_named_engine_takes_the_place_of_the_labs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ENGINE_TEST_HOST", "unix:///named.sock")
    stages = _stages("test")
    assert not any(stage.starts_lab or stage.environment for stage in stages)
    assert "unix:///named.sock" in next(s.title for s in stages if s.name == "engine")


@pytest.mark.parametrize("goal", GOALS)
def test_the_stages_of_a_goal_have_names_of_their_own(goal: str) -> None:
    names = [stage.name for stage in _stages(goal)]
    assert sorted(set(names)) == sorted(names)


def test_a_test_whose_teardown_breaks_too_failed_once(tmp_path: Path) -> None:
    junit = tmp_path / "tests.xml"
    junit.write_text(
        '<testsuite><testcase classname="a" name="x"><failure/></testcase>'
        '<testcase classname="a" name="x"><error/></testcase>'
        '<testcase classname="a" name="y"/><testcase classname="b" name="x"><skipped/></testcase>'
        "</testsuite>"
    )
    assert read_junit(junit) == Counts(passed=1, failed=1, skipped=1)


def test_a_report_that_was_cut_is_a_failure(tmp_path: Path) -> None:
    junit = tmp_path / "tests.xml"
    junit.write_text("<testsuite><testcase")
    assert read_junit(junit) == Counts(failed=1)


def test_what_fails_without_tests_is_one_failure(tmp_path: Path) -> None:
    ended = [Ended("types", 1, 0.1, None), Ended("unit", 0, 1.0, Counts(3, 0, 1))]
    assert report(ended, tmp_path) == 1
    assert (tmp_path / "summary.txt").read_text() == "3 passed, 1 failed, 1 skipped\n"


def test_nothing_at_all_is_a_failure(tmp_path: Path) -> None:
    assert report([], tmp_path) == 1


def test_a_stage_ends_with_the_first_command_that_fails(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    commands = [(PYTHON, "-c", "raise SystemExit(3)"), ("touch", str(mark))]
    ended = _run(Stage("x", "x", commands), tmp_path)
    assert (ended.exit_code, ended.counts, mark.exists()) == (3, None, False)


def test_a_stage_has_its_variables_and_its_tests_counted(tmp_path: Path) -> None:
    code = "import os; open(os.environ['WHERE'], 'w').write('<t><testcase/></t>')"
    stage = Stage("x", "x", [(PYTHON, "-c", code)], {"WHERE": str(tmp_path / "x.xml")})
    assert _run(stage, tmp_path).total == Counts(passed=1)


def test_a_program_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    assert _run(Stage("x", "x", [("no-such-program",)]), tmp_path).total == Counts(failed=1)


def test_lanes_run_beside_each_other_and_all_of_them_count(tmp_path: Path) -> None:
    # Each waits for what the other one makes.
    code = (
        "import sys, time; from pathlib import Path; mine, other = map(Path, sys.argv[1:])\n"
        "mine.touch()\n"
        "end = time.monotonic() + 60\n"
        "while not other.exists(): assert time.monotonic() < end; time.sleep(0.01)"
    )
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    lanes = [
        [Stage("one", "one", [(PYTHON, "-c", code, a, b)])],
        [Stage("two", "two", [(PYTHON, "-c", code, b, a)]), Stage("bad", "bad", [("false",)])],
    ]
    ended = run_lanes(lanes, tmp_path)
    assert [(one.name, one.exit_code) for one in ended] == [("one", 0), ("two", 0), ("bad", 1)]


def test_what_another_lane_prints_is_shown_in_one_piece(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = Stage("said", "said", [(PYTHON, "-c", "print('one'); print('two')")])
    run_lanes([[], [said]], tmp_path)
    assert "one\ntwo\n" in capfd.readouterr().out


@pytest.mark.parametrize("lanes", ["[[stage]]", "[[], [stage]]"])
def test_a_command_cleans_up_before_a_run_that_is_ended_ends(lanes: str, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"try:\n    open({str(begun)!r}, 'w').close(); time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('cleaned up', flush=True)\n"
    )
    program = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from tests.stages.run import Stage, run_lanes\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        f"stage = Stage('x', 'x', [({PYTHON!r}, '-c', {child!r})])\n"
        f"run_lanes({lanes}, Path({str(tmp_path)!r}))\n"
    )
    with subprocess.Popen(
        (PYTHON, "-c", program), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while not begun.exists():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert "cleaned up\n" in process.stdout.read()
    assert process.returncode == 143


@pytest.mark.parametrize(("second", "exit_code"), [(True, 0), (False, 1)])
def test_what_failed_runs_once_more_by_itself(
    second: bool,  # noqa: FBT001
    exit_code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def junit(name: str, *cases: str) -> str:
        text = f"<t>{''.join(cases)}</t>"
        return f"open({str(tmp_path / name)!r} + '.xml', 'w').write({text!r})"

    good, bad = '<testcase name="a"/>', '<testcase name="b"><failure/></testcase>'
    fails = f"{junit('x', good, bad)}; raise SystemExit(1)"
    passes = junit("x-again", '<testcase name="b"/>')
    again = passes if second else f"{junit('x-again', bad)}; raise SystemExit(1)"
    stage = Stage("x", "x", [(PYTHON, "-c", fails)], again=(PYTHON, "-c", again))
    ended = run_again([[stage]], run_lanes([[stage]], tmp_path), tmp_path)
    assert report(ended, tmp_path) == exit_code
    assert ended[0].total == (Counts(passed=2) if second else Counts(passed=1, failed=1))
    assert ("1 of them only by themselves" in capsys.readouterr().out) == second


def test_a_stage_knows_its_failed_tests(tmp_path: Path) -> None:
    for stage in _stages("test"):
        if stage.again:
            (first,) = stage.commands
            assert [word for word in stage.again if word not in first][1:] == ["--last-failed"]
    assert not run_again([], [], tmp_path)
