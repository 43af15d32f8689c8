"""Runs with pytest-xdist: what its workers share, and what each has for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

SLEEP = 'command="sleep 1000"'


def test_all_workers_share_what_has_session_scope(project: Project) -> None:
    project.write(
        conftest="""
backend = network(scope="session")
data = volume(scope="session")
tools = image(build={"Dockerfile": "FROM busybox\\nRUN echo built > /built\\n"})
box = container(
    tools, command="sleep 1000", network=backend, volumes={"/data": data}, scope="session"
)
""",
        test_it="""
@pytest.mark.parametrize("n", range(8))
def test_it(box, backend, data, tools, n, worker_id):
    inspected = box.inspect()
    assert inspected["State"]["Running"]
    assert list(inspected["NetworkSettings"]["Networks"]) == [backend.name]
    assert inspected["Mounts"][0]["Name"] == data.name
    assert inspected["Image"] == tools.id
    assert box.name in [one["Name"] for one in backend.inspect()["Containers"].values()]
    box.exec(["touch", f"/data/{worker_id}"])
    print("seen", box.exec("ls /data").text.split())
""",
    )
    result = project.run_apart("-n4", "--dist=each", "-rP")
    result.assert_outcomes(passed=32)
    assert "['gw0', 'gw1', 'gw2', 'gw3']" in str(result.stdout)
    assert project.created("box") == 1
    assert project.made("network") == 1
    assert project.made("volume") == 1
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


def test_a_fixture_may_be_every_workers_own(project: Project) -> None:
    project.write(
        conftest=f"""
backend = network(scope="session", per_worker=True)
data = volume(scope="session", per_worker=True)
box = container("busybox", {SLEEP}, scope="session", per_worker=True, network=backend)
dependent = container("busybox", {SLEEP}, scope="session", network=backend)
""",
        test_it="""
def test_it(box, dependent, data, worker_id):
    for one in (box, dependent):
        assert one.inspect()["Config"]["Labels"]["io.pytest-engine.worker"] == worker_id
    assert worker_id in data.name
""",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=2)
    assert project.created("box") == 2
    # Its network differs, so it is another container in each worker.
    assert project.created("dependent") == 2
    assert project.left() == set()


def test_a_narrower_scope_is_every_workers_own(project: Project) -> None:
    project.write(
        conftest=f'box = container("busybox", {SLEEP}, scope="module")',
        test_it="""
def test_it(box, worker_id):
    assert box.inspect()["Config"]["Labels"]["io.pytest-engine.worker"] == worker_id
""",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=2)
    assert project.created() == 2
    assert project.left() == set()


def test_fixtures_of_the_same_name_in_other_modules_are_other_fixtures(project: Project) -> None:
    project.write(
        conftest=f'box = container("busybox", {SLEEP}, scope="session")',
        test_one=f"""
box = container("busybox", {SLEEP}, scope="session")

def test_it(box):
    box.exec("touch /one")
    assert not box.exec("ls /two").ok
""",
        test_two="""
def test_it(box):
    box.exec("touch /two")
    assert not box.exec("ls /one").ok
""",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=4)
    assert project.created("box") == 2


def test_each_parameter_is_a_container_of_its_own(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox", command="sleep 1000", scope="session",
    params=[{"env": {"A": "1"}}, {"env": {"A": "2"}}], ids=["one", "two"],
)
""",
        test_it="""
def test_it(box, request):
    number = {"one": "1", "two": "2"}[request.node.callspec.id]
    assert box.exec(["sh", "-c", "echo $A"]).text.strip() == number
""",
    )
    project.run_apart("-n3", "--dist=each").assert_outcomes(passed=6)
    assert project.created() == 2
    assert project.left() == set()


def test_each_platform_is_a_container_of_its_own(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox", command="sleep 1000", scope="session",
    params=["busybox", {"platform": "linux/amd64"}], ids=["any", "stated"],
)
""",
        test_it="def test_it(box):\n    assert box.state() == 'running'",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=4)
    assert project.created() == 2
    assert project.left() == set()


def test_a_container_that_does_not_become_ready_is_tried_once_and_told_to_all(
    project: Project,
) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sh -c 'echo no config; exit 3'", ports=[80], scope="session")
""",
        test_it="def test_it(box): pass",
    )
    result = project.run_apart("-n3", "--dist=each")
    result.assert_outcomes(errors=3)
    message = "Fixture 'box' (busybox): Container pytest-engine-"
    assert str(result.stdout).count(f"\n{message}") == 3
    assert str(result.stdout).count("  no config") >= 3
    assert project.created() == 1
    assert project.left() == set()


def test_a_workers_failing_test_shows_what_the_runs_container_logged(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command=["sh", "-c", "echo hello-there; sleep 1000"],
                wait=wait.log("hello-there"), scope="session")
""",
        test_it="def test_it(box):\n    assert False",
    )
    result = project.run_apart("-n2", "--dist=each")
    result.assert_outcomes(failed=2)
    assert str(result.stdout).count("Container log: box") >= 1


def test_what_a_crashed_worker_left_goes_at_the_end_of_the_run(project: Project) -> None:
    project.write(
        conftest=f"""
shared = container("busybox", {SLEEP}, scope="session")
own = container("busybox", {SLEEP})
""",
        test_it="""
import os, signal

@pytest.mark.parametrize("n", range(6))
def test_it(shared, own, n):
    if n == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    assert shared.state() == "running"
""",
    )
    result = project.run_apart("-n2")
    result.assert_outcomes(passed=5, failed=1)
    assert project.created("shared") == 1
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


def test_a_run_of_workers_that_is_interrupted_leaves_nothing(project: Project) -> None:
    project.write(
        conftest=f"""
shared = container("busybox", {SLEEP}, scope="session")
own = container("busybox", {SLEEP})
""",
        test_it="""
import os, signal, time

@pytest.mark.parametrize("n", range(4))
def test_it(shared, own, n):
    if n == 0:
        os.kill(os.getppid(), signal.SIGINT)
    own.wait(wait.exit(), timeout=60)
""",
    )
    result = project.run_apart("-n2")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.gone_within(5.0) == set()


def test_a_run_without_containers_leaves_no_folder(project: Project) -> None:
    project.write(test_it="def test_it(): pass")
    project.run_apart("-n2").assert_outcomes(passed=1)
    assert list((project.state / "runs").iterdir()) == []


@pytest.mark.parametrize("certain", ["name='plugin-test-certain'", "ports=['17517:80']"])
def test_a_worker_that_dies_while_it_makes_something_is_in_nobodys_way(
    project: Project, certain: str
) -> None:
    project.write(
        conftest=f"""
import os, pathlib

box = container("busybox", {SLEEP}, scope="session", wait=False, {certain})

def pytest_engine_container_ready(container, request):
    died = pathlib.Path("died")
    if not died.exists():
        died.touch()
        os._exit(1)
""",
        test_it="""
def test_first(): pass
def test_dies(box): pass
def test_it(box): assert box.state() == "running"
def test_again(box): assert box.state() == "running"
""",
    )
    result = project.run_apart("-n1", "--engine-ahead=0")
    result.assert_outcomes(passed=3, failed=1)
    assert project.created("box") == 2
    assert project.left() == set()
