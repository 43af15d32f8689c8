"""Removal in the background."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from pytest_engine.plugin.removals import Removals

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

# The removal of a container lasts until a test has begun that comes after it.
HELD_UP = """
import threading

begun = threading.Event()

@pytest.fixture(scope="session", autouse=True)
def held_up(engine):
    remove = engine.containers.remove

    def removed(*args, **kwargs):
        assert begun.wait(30), "nobody goes on meanwhile"
        remove(*args, **kwargs)

    engine.containers.remove = removed
"""


@pytest.mark.engine
def test_the_next_test_does_not_wait_for_it(project: Project) -> None:
    project.write(
        conftest=HELD_UP + "box = container('busybox', command='sleep 1000')",
        test_it="""
from conftest import begun

def test_one(box): pass
def test_two():
    begun.set()
""",
    )
    result = project.run()
    result.assert_outcomes(passed=2)
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


@pytest.mark.engine
def test_a_container_started_within_a_test_is_removed_likewise(project: Project) -> None:
    project.write(
        conftest=HELD_UP,
        test_it="""
from conftest import begun

def test_one(run_container):
    run_container(ContainerSpec(image="busybox", command="sleep 1000"))

def test_two():
    begun.set()
""",
    )
    result = project.run()
    result.assert_outcomes(passed=2)
    assert "left behind" not in str(result.stdout)


@pytest.mark.engine
def test_what_a_fixture_of_the_users_own_removes_is_not_in_use_any_more(project: Project) -> None:
    project.write(
        conftest="""
@pytest.fixture
def own(engine):
    name = f"own-{id(object())}"
    engine.networks.create({"Name": name})
    yield name
    engine.networks.remove(name)

first = container("busybox", command="sleep 1000")
box = container("busybox", command="sleep 1000", network="own-standing", after=[first])

@pytest.fixture
def standing(engine):
    engine.networks.create({"Name": "own-standing"})
    yield
    engine.networks.remove("own-standing")
""",
        test_it="""
@pytest.mark.parametrize("n", range(3))
def test_it(standing, box, n): pass

@pytest.mark.parametrize("n", range(3))
def test_within(own, run_container, n):
    run_container(ContainerSpec(image="busybox", command="sleep 1000", networks=[own]))
""",
    )
    project.run().assert_outcomes(passed=6)
    assert project.left() == set()


@pytest.mark.engine
def test_networks_and_volumes_go_after_the_containers_on_them(project: Project) -> None:
    project.write(
        conftest="""
backend = network()
data = volume()
one = container("busybox", command="sleep 1000", network=backend, volumes={"/data": data})
two = container("busybox", command="sleep 1000", network=backend, env={"ONE": "{one.name}"})
""",
        test_it="""
@pytest.mark.parametrize("n", range(6))
def test_it(two, n): pass
""",
    )
    result = project.run()
    result.assert_outcomes(passed=6)
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


@pytest.mark.engine
def test_a_name_is_free_again_for_the_next_test(project: Project) -> None:
    project.write(
        conftest="""
from dataclasses import replace

box = container("busybox", name="plugin-test-again", command="sleep 1000")
hooked = container("busybox", command="sleep 1000")

def pytest_engine_container_spec(spec, request):
    if request.fixturename == "hooked":
        return replace(spec, name="plugin-test-hooked")
""",
        test_it="""
@pytest.mark.parametrize("n", range(3))
def test_it(box, hooked, n):
    assert hooked.name == "plugin-test-hooked"
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.left() == set()


@pytest.mark.engine
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_what_goes_wrong_then_is_told_at_the_end(
    project: Project, workers: tuple[str, ...]
) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000")

@pytest.fixture(scope="session", autouse=True)
def broken(engine):
    remove = engine.containers.remove

    def removed(*args, **kwargs):
        remove(*args, **kwargs)
        raise LookupError("nobody expects this")

    engine.containers.remove = removed
""",
        test_it="def test_one(box): pass\ndef test_two(): pass",
    )
    result = project.run(*workers)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["*containers: errors in the background*", "fixture box: LookupError: nobody expects this"]
    )
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


@pytest.mark.engine
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_what_a_presets_own_ending_finds_wrong_is_an_error_of_the_test(
    project: Project, workers: tuple[str, ...]
) -> None:
    project.write(
        conftest="""
from pytest_engine.presets import Server, preset

class Box(Server):
    def close(self):
        assert self.container.state() == "running"
        raise LookupError("three clients were not closed")

box = preset(
    lambda running: Box(running, 1),
    "busybox",
    ports=[],
    wait=False,
    command=["sleep", "1000"],
    options={"scope": "function"},
)
""",
        test_it="def test_one(box): pass\ndef test_two(): pass",
    )
    result = project.run(*workers)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*LookupError: three clients were not closed*"])
    assert project.left() == set()


@pytest.mark.engine
def test_a_hook_before_it_is_heard_and_nobody_waits_for_the_rest(project: Project) -> None:
    project.write(
        conftest=HELD_UP
        + """
box = container("busybox", command="sleep 1000")

def pytest_engine_container_remove(container, request):
    print("hook", request.node.name, container.state())
""",
        test_it="""
from conftest import begun

def test_one(box): pass
def test_two():
    begun.set()
""",
    )
    result = project.run("-s")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*hook test_one running*"])
    assert project.left() == set()


@pytest.mark.engine
def test_the_end_of_a_run_waits_for_nothing_that_waits_for_it(project: Project) -> None:
    # One waits until all removals are done, the end of itself and of its user among them.
    project.write(
        conftest="""
import threading, time

own = container("busybox", name="plugin-test-end", command="sleep 1000", scope="session")
user = container("busybox", command="sleep 1000", env={"OWN": "{own.name}"}, scope="session")
reached = threading.Event()

def pytest_engine_container_spec(spec, request):
    reached.set()
    until = time.monotonic() + 30
    names = ()
    while "pytest-engine-removal" not in names and time.monotonic() < until:
        names = [thread.name for thread in threading.enumerate()]
        time.sleep(0.01)
""",
        test_it="""
from conftest import reached

def test_one(engine):
    assert not reached.wait(30)

def test_two(own, user): pass
""",
    )
    began = time.monotonic()
    result = project.run("-x")
    result.assert_outcomes(failed=1)
    assert "errors in the background" not in str(result.stdout)
    assert time.monotonic() - began < 20
    assert (project.created(), project.left()) == (0, set())


def test_what_waits_begins_when_all_before_it_are_done() -> None:
    removals = Removals([])
    go_on = threading.Event()
    done: list[str] = []

    def slow() -> None:
        go_on.wait(30)
        done.append("container")

    removals.add(slow, "one", waits=False)
    removals.add(lambda: done.append("network"), "two", waits=True)
    removals.add(lambda: done.append("other container"), "three", waits=False)
    while not done:
        assert not go_on.wait(0.001)
    assert done == ["other container"]
    go_on.set()
    removals.join()
    assert done == ["other container", "container", "network"]


def test_those_who_wait_do_something_else_meanwhile() -> None:
    go_on = threading.Event()
    removals = Removals([], meanwhile=go_on.set)
    removals.add(lambda: go_on.wait(30), "it", waits=False)
    removals.join()
    assert go_on.is_set()


def test_the_queue_has_an_end() -> None:
    removals = Removals([])
    go_on = threading.Event()
    for _number in range(12):
        removals.add(lambda: go_on.wait(30), "it", waits=False)
    late = threading.Thread(target=removals.add, args=(list, "late"), kwargs={"waits": False})
    late.start()
    late.join(0.05)
    assert late.is_alive()
    go_on.set()
    late.join(30)
    assert not late.is_alive()
    removals.join()
