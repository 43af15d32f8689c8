"""What is guessed of fixtures before pytest sets them up, and that a mistake changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine


def test_what_depends_on_a_users_fixture_starts_after_it(project: Project) -> None:
    project.write(
        conftest="""
@pytest.fixture(scope="session")
def certificates(pytestconfig):
    assert there("box", pytestconfig, patience=0) == 0

other = container("busybox", command="sleep 1000", scope="session")
box = container("busybox", command="sleep 1000", scope="session", after=[certificates])
"""
        + LOOKING,
        test_it="def test_it(other, box): pass",
    )
    project.run().assert_outcomes(passed=1)


def test_an_override_is_honoured(project: Project) -> None:
    project.write(
        conftest="""
base = container("busybox", command="sleep 1000", labels={"of": "conftest"}, scope="session")
user = container("busybox", command="sleep 1000", env={"BASE": "{base.name}"})
""",
        test_one="""
base = container("busybox", command="sleep 1000", labels={"of": "module"}, scope="module")

class TestA:
    base = container("busybox", command="sleep 1000", labels={"of": "class"})

    def test_it(self, user, base):
        assert base.inspect()["Config"]["Labels"]["of"] == "class"
        assert user.exec(["sh", "-c", "echo $BASE"]).text.strip() == base.name

class TestB:
    def test_it(self, base):
        assert base.inspect()["Config"]["Labels"]["of"] == "module"
""",
        test_two="""
@pytest.fixture(scope="session")
def base():
    return "mine"

def test_it(base):
    assert base == "mine"
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.created("base") == 2


def test_a_wrong_guess_changes_nothing_but_the_count(project: Project) -> None:
    # The fixture's name is not that of the function, and plugins load in some order.
    project.write(
        conftest="""
base = container("busybox", command="sleep 1000", labels={"of": "conftest"}, scope="session")
user = container("busybox", command="sleep 1000", env={"BASE": "{base.name}"}, scope="session")

class Late:
    @pytest.fixture(scope="session", name="base")
    def of_a_plugin(self):
        raise AssertionError("plugins come last")

def pytest_configure(config):
    config.pluginmanager.register(Late())
""",
        test_it="""
class Named:
    name = "named"

@pytest.fixture(scope="session", name="base")
def another_name():
    return Named

def test_it(user, base):
    assert user.exec(["sh", "-c", "echo $BASE"]).text.strip() == base.name == "named"
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_what_failed_because_of_a_wrong_guess_is_made_as_it_is_asked_for(
    project: Project,
) -> None:
    project.write(
        conftest="""
base = container("busybox", command="sleep 1000", scope="session")
user = container(
    "busybox",
    command=["sh", "-c", "[ $BASE = named ] || exit 3; echo fine; sleep 1000"],
    env={"BASE": "{base.name}"},
    wait=wait.log("fine"),
    scope="session",
)
""",
        test_it="""
class Named:
    name = "named"

@pytest.fixture(scope="session", name="base")
def another_name():
    return Named

def test_it(user):
    assert user.exec(["sh", "-c", "echo $BASE"]).text.strip() == "named"
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created("user") == 2
    assert project.left() == set()


def test_another_engine_gets_its_containers_when_they_are_asked_for(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000", scope="session")

@pytest.fixture(scope="session")
def engine(engine):
    with Engine(engine.endpoint.url) as mine:
        yield mine
""",
        test_it="def test_it(box, engine):\n    assert box.engine is engine",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 1
    assert project.left() == set()


def test_a_hook_that_needs_the_request_of_a_test_is_called_when_there_is_one(
    project: Project,
) -> None:
    project.write(
        conftest="""
from dataclasses import replace

box = container("busybox", command="sleep 1000", scope="session")

@pytest.fixture(scope="session")
def word():
    return "said"

def pytest_engine_container_spec(spec, request):
    return replace(spec, labels={**spec.labels, "word": request.getfixturevalue("word")})
""",
        test_it="""
def test_it(box):
    assert box.inspect()["Config"]["Labels"]["word"] == "said"
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 1


def test_hooks_see_what_is_made_ahead(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command=["sh", "-c", "echo up; sleep 1000"], scope="session")
seen = []

def pytest_engine_container_spec(spec, request):
    seen.append((request.fixturename, request.scope, request.node.nodeid))

def pytest_engine_container_ready(container, request):
    seen.append(container.name)
""",
        test_it="""
from conftest import seen

def test_it(box):
    assert seen == [("box", "session", ""), box.name]
""",
    )
    project.run().assert_outcomes(passed=1)


def test_what_a_test_has_asked_for_first_does_not_start_again(project: Project) -> None:
    test = "def test_it(app, other): pass"
    project.write(
        conftest="""
certificates = container("busybox", command="sleep 1000", scope="session", ahead=False)
app = container("busybox", command="sleep 1000", scope="session", after=[certificates])
other = container("busybox", command="sleep 1000", scope="module")
""",
        test_a=test,
        test_b=test,
        test_c=test,
    )
    project.run().assert_outcomes(passed=3)
    assert (project.created("certificates"), project.created("app")) == (1, 1)
    assert project.left() == set()


def test_what_a_test_of_a_worker_has_asked_for_first_does_not_start_again(
    project: Project,
) -> None:
    project.write(
        conftest="""
db = container("busybox", name="plugin-test-begun", command="sleep 1000", scope="module")
app = container("busybox", command="sleep 1000", env={"DB": "{db.name}"}, scope="module")
""",
        test_it="""
@pytest.mark.parametrize("n", range(3))
def test_it(app, n): pass
""",
    )
    project.run_apart("-n1").assert_outcomes(passed=3)
    assert (project.created("db"), project.created("app")) == (1, 1)
    assert project.left() == set()


def test_a_build_that_nobody_wants_any_more_is_broken_off(project: Project) -> None:
    project.write(
        conftest=r"""
import time

# Another one in each run, as builders remember.
slow = f"FROM busybox\nRUN for n in $(seq 400); do echo $n {time.time()}; sleep 0.2; done"
box = container(build={"Dockerfile": slow}, command="sleep 1000", scope="session")

@pytest.fixture(scope="session", autouse=True)
def cannot_run():
    time.sleep(2)
    pytest.skip("there is no such device here")
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(skipped=1)
    # What is not done after a while is told there.
    result.stdout.no_fnmatch_line("*errors in the background*")
    assert project.created() == 0
    assert project.left() == set()
