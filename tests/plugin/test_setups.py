"""Projects that are set up in ways of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

BOX = 'box = container("busybox", command=["sh", "-c", "echo up; sleep 1000"], scope="session")\n'


@pytest.mark.parametrize(
    "own",
    [
        """
@pytest.fixture(name="engine", scope="session")
def fixture_engine(): return Mine()
""",
        """
@pytest.fixture(scope="session")
def make_engine(): return Mine()

engine = make_engine
""",
    ],
)
def test_an_engine_of_another_name_is_seen(project: Project, own: str) -> None:
    # Nothing starts on the usual engine for tests that have another one.
    conftest = f"""{BOX}
class Mine: pass
{own}
def pytest_engine_container_spec(spec, request):
    raise AssertionError("it is made")
"""
    test_it = """
def test_first(): pass
def test_it(box): pass
"""
    project.write(conftest=conftest, test_it=test_it)
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.no_fnmatch_line("*it is made*")


def test_a_lazy_object_is_left_alone(project: Project) -> None:
    test_it = """
class Lazy:
    @property
    def __class__(self): raise RuntimeError("it is not configured yet")

engine = Lazy()

def test_it(): pass
"""
    project.write(conftest=BOX, test_it=test_it)
    project.run().assert_outcomes(passed=1)


def test_a_container_that_was_asked_for_by_name_is_kept(project: Project) -> None:
    test_it = """
def test_first(box): pass

def test_it(request):
    request.getfixturevalue("box")
    raise AssertionError
"""
    project.write(conftest=BOX.replace(")\n", ', wait=wait.log("up"))\n'), test_it=test_it)
    result = project.run("--engine-keep=failed")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*containers: kept*", "*container box*"])
    for one in project.engine.containers.list(all=True, filters=project.filters):
        project.engine.containers.remove(one["Id"], force=True)


def test_no_terminal_is_no_hindrance(project: Project) -> None:
    conftest = BOX.replace(")\n", ', wait=wait.log("up"))\n')
    project.write(conftest=conftest, test_it="def test_it(box): pass")
    assert project.run_apart("-p", "no:terminal").ret == pytest.ExitCode.OK


def test_what_replaced_the_output_stays_in_its_place(project: Project) -> None:
    test_it = """
import contextlib, io

def test_it(request):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        request.getfixturevalue("box")
        print("hello")
    assert out.getvalue() == "hello\\n"
"""
    project.write(conftest=BOX.replace(")\n", ', wait=wait.log("up"))\n'), test_it=test_it)
    project.run("-v", "-o", "engine_ahead=0").assert_outcomes(passed=1)


@pytest.mark.parametrize("ahead", ["--engine-ahead=10", "--engine-ahead=0"])
def test_a_time_limit_of_the_whole_test_shows_the_log_as_well(project: Project, ahead: str) -> None:
    test_it = """
box = container(
    "busybox",
    command=["sh", "-c", "echo is busy; sleep 1000"],
    wait=wait.log("is ready"),
    scope="module",
)

@pytest.mark.timeout(6)
def test_it(box): pass
"""
    project.write(test_it=test_it)
    result = project.run_apart(ahead, "--engine-keep=failed")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Container log: box*", "is busy"])
    result.stdout.fnmatch_lines(["*containers: kept*"])
    result.stdout.no_fnmatch_line("*errors in the background*")
    (kept,) = project.left()
    project.engine.containers.remove(kept.rpartition("/")[2], force=True)


@pytest.mark.parametrize("ahead", [(), ("--engine-ahead=0",)])
def test_a_failing_test_shows_nothing_of_a_fixture_that_has_the_same_name(
    project: Project, ahead: tuple[str, ...]
) -> None:
    for root, outcome in (("one", "pass"), ("two", "raise AssertionError")):
        folder = project.pytester.mkdir(root)
        box = BOX.replace("up", f"of {root}").replace(")\n", f', wait=wait.log("{root}"))')
        (folder / "conftest.py").write_text(f"from pytest_engine import container, wait\n{box}\n")
        (folder / f"test_{root}.py").write_text(f"def test_it(box): {outcome}\n")
    project.write()
    result = project.run("--engine-keep=failed", *ahead)
    result.assert_outcomes(passed=1, failed=1)
    assert "of two" in str(result.stdout)
    assert "of one" not in str(result.stdout)
    (kept,) = project.engine.containers.list(all=True, filters=project.filters)
    project.engine.containers.remove(kept["Id"], force=True)
