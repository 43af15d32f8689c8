"""Containers of a test's own that are ready before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

BOX = "box = container('busybox', command='sleep 1000', prestart=2)\n"


def test_the_next_ones_start_while_a_test_runs(project: Project) -> None:
    project.write(
        conftest=BOX + LOOKING,
        test_it="""
from conftest import there

names = set()

@pytest.mark.parametrize("n", range(5))
def test_it(box, n, pytestconfig):
    # Its own, and two to come as long as that many tests do; some of before may still go.
    assert there("box", pytestconfig, min(3, 5 - n)) >= min(3, 5 - n)
    assert box.state() == "running"
    names.add(box.name)
    assert len(names) == n + 1

def test_last(engine): pass
""",
    )
    project.run().assert_outcomes(passed=6)
    assert project.created() == 5
    assert project.left() == set()


def test_never_more_start_than_tests_are_to_come(project: Project) -> None:
    project.write(
        conftest=BOX,
        test_it="""
def test_one(box): pass
def test_two(): pass
@pytest.mark.skip
def test_three(box): pass
def test_four(box): pass
def test_five(box): pass
""",
    )
    project.run("-k", "not five").assert_outcomes(passed=3, skipped=1, deselected=1)
    assert project.created() == 2


def test_those_that_no_test_takes_are_removed(project: Project) -> None:
    project.write(
        conftest=BOX + LOOKING,
        test_it="""
from conftest import there

def test_one(box, pytestconfig):
    there("box", pytestconfig, 3)
    assert False

def test_two(box): pass
def test_three(box): pass
""",
    )
    project.run("-x").assert_outcomes(failed=1)
    assert project.created() == 3
    assert project.left() == set()


def test_a_worker_of_xdist_has_the_next_one_ready(project: Project) -> None:
    project.write(
        conftest=BOX + LOOKING,
        test_it="""
from conftest import there

@pytest.mark.parametrize("n", range(3))
def test_it(box, n, pytestconfig):
    assert n == 2 or there("box", pytestconfig, 2) >= 2
""",
    )
    project.run_apart("-n1").assert_outcomes(passed=3)
    assert project.created() == 3
    assert project.left() == set()


def test_each_is_on_what_the_tests_share(project: Project) -> None:
    project.write(
        conftest="""
data = volume(scope="module")
box = container("busybox", command="sleep 1000", volumes={"/data": data}, prestart=2)
""",
        **{
            f"test_{module}": """
@pytest.mark.parametrize("n", range(3))
def test_it(box, data, n):
    assert [mount["Name"] for mount in box.inspect()["Mounts"]] == [data.name]
"""
            for module in ("a", "b")
        },
    )
    project.run().assert_outcomes(passed=6)
    assert project.left() == set()


def test_a_parameter_of_a_tests_own_gets_a_container_of_its_own(project: Project) -> None:
    project.write(
        conftest=BOX,
        test_it="""
def test_one(box): pass

@pytest.mark.parametrize("box", [{"user": "1000"}], indirect=True)
def test_two(box):
    assert box.inspect()["Config"]["User"] == "1000"

def test_three(box):
    assert box.inspect()["Config"]["User"] == ""
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.created() == 3


def test_what_lives_for_one_test_cannot_be_used_before(project: Project) -> None:
    project.write(
        conftest="""
data = volume()
box = container("busybox", command="sleep 1000", volumes={"/data": data}, prestart=1)
""",
        test_it="def test_one(box): pass\ndef test_two(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): prestart: data, which it refers to, *"])
    assert project.created() == 0
    assert project.left() == set()


def test_a_users_fixture_that_lives_for_one_test_is_found_out_by_the_second(
    project: Project,
) -> None:
    project.write(
        conftest="""
@pytest.fixture
def before():
    return object()

box = container("busybox", command="sleep 1000", after=[before], prestart=1)
""",
        test_it="def test_one(box): pass\ndef test_two(box): pass\ndef test_three(box): pass",
    )
    result = project.run()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_two*"])
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): prestart: before, which it refers to*"])
    assert project.left() == set()


def test_a_users_fixture_with_parameters_has_containers_of_its_own_for_each(
    project: Project,
) -> None:
    project.write(
        conftest="""
@pytest.fixture(scope="session", params=["fast", "slow"])
def mode(request):
    return object()

box = container("busybox", command="sleep 1000", after=[mode], prestart=2)
""",
        test_it="def test_one(box): pass\ndef test_two(box): pass\ndef test_three(box): pass",
    )
    project.run().assert_outcomes(passed=6)
    assert project.left() == set()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("scope='module'", "prestart: of scope 'module' there is one for many tests"),
        ("params=['busybox', 'busybox:1']", "prestart: the tests with one parameter"),
        ("name='one'", "prestart: with a name or a host port of its own"),
        ("ports=['8080:80']", "prestart: with a name or a host port of its own"),
        ("ahead=False", "prestart: ahead=False says"),
        ("network=network(scope='module')", "prestart: on a network that several tests share"),
    ],
)
def test_where_it_cannot_be_it_is_refused(project: Project, arguments: str, reason: str) -> None:
    project.write(
        test_it=f"box = container('busybox', {arguments}, prestart=1)\ndef test_it(box): pass"
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    assert reason in str(result.stdout)
    result.stdout.fnmatch_lines(["test_it.py:4: in <module>*"])
