"""What outlives a run so that somebody can look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.__main__ import main
from tests.lab.compose_cli import COMPOSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

CONFTEST = """
backend = network(scope="session")
data = volume()
box = container(
    build={"Dockerfile": "FROM busybox\\nRUN echo kept > /kept\\n"},
    command="sleep 1000", network=backend, volumes={"/data": data},
)
other = container("busybox", command="sleep 1000")
"""


@pytest.fixture
def kept(project: Project) -> Iterator[Project]:
    """A project whose kept things are removed at the end, by the command that is told."""
    yield project
    for run in (project.state / "runs").iterdir():
        host = project.engine.endpoint.url
        main(["sweep", f"--host={host}", f"--state={project.state}", "--session", run.name])
    assert project.left() == set()
    assert list((project.state / "runs").iterdir()) == []


def kinds(project: Project) -> list[str]:
    return sorted(one.split()[0] for one in project.left())


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_what_a_failed_test_used_is_kept(kept: Project, arguments: tuple[str, ...]) -> None:
    kept.write(
        conftest=CONFTEST,
        test_it="""
def test_fails(box): assert False
def test_passes(other): pass
""",
    )
    result = kept.run_apart("--engine-keep=failed", *arguments)
    result.assert_outcomes(passed=1, failed=1)
    assert kinds(kept) == ["container", "image", "network", "volume"]
    (name,) = [one.split()[1].lstrip("/") for one in kept.left() if one.startswith("container")]
    host = kept.engine.endpoint.url
    (run,) = (kept.state / "runs").iterdir()
    result.stdout.fnmatch_lines(
        [
            "*containers: kept*",
            "test_it.py::test_fails:",
            f"*docker -H {host} logs {name}",
            f"*docker -H {host} exec -it {name} sh",
            f"Remove all: python -m pytest_engine sweep --session {run.name[:12]} *",
        ]
    )
    # Neither the reaper nor later runs take it away.
    kept.write(test_it="def test_passes(other): pass", conftest=CONFTEST)
    kept.run_apart("--engine-sweep", "-k", "passes").assert_outcomes(passed=1)
    assert kinds(kept) == ["container", "image", "network", "volume"]


def test_a_container_that_did_not_become_ready_is_kept(kept: Project) -> None:
    kept.write(
        conftest="""
box = container("busybox", command="sleep 1000", wait=wait.log("never"), timeout=0.2)
""",
        test_it="def test_it(box): pass",
    )
    kept.run("--engine-keep=failed").assert_outcomes(errors=1)
    assert kinds(kept) == ["container"]


def test_what_is_still_there_of_the_test_before_is_neither_shown_nor_kept(kept: Project) -> None:
    kept.write(
        conftest="""
import threading

saying = "while true; do echo up; sleep 0.05; done"
box = container("busybox", command=["sh", "-c", saying], wait=wait.log("up"))
reported = threading.Event()

@pytest.fixture(scope="session", autouse=True)
def held_up(engine):
    remove = engine.containers.remove

    def removed(*args, **kwargs):
        assert reported.wait(30)
        remove(*args, **kwargs)

    engine.containers.remove = removed

def pytest_runtest_logreport(report):
    if report.failed:
        reported.set()
""",
        test_it="""
def test_passes(box): pass
def test_fails(box): assert False
""",
    )
    result = kept.run("--engine-keep=failed")
    result.assert_outcomes(passed=1, failed=1)
    report, _, told = str(result.stdout).partition("containers: kept")
    assert (report.count("Container log: box"), told.count("container box (")) == (1, 1)
    assert kinds(kept) == ["container"]


def test_all_can_be_kept(kept: Project) -> None:
    kept.write(conftest=CONFTEST, test_it="def test_it(box, other): pass")
    kept.run("--engine-keep=always").assert_outcomes(passed=1)
    assert kinds(kept) == ["container", "container", "image", "network", "volume"]


@pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine")
@pytest.mark.parametrize("arguments", [("--engine-keep=failed",), ("--engine-keep=failed", "-n2")])
def test_a_compose_project_goes_and_is_not_said_to_be_kept(
    kept: Project,
    lab: LabImages,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(max(COMPOSE))))
    kept.write(
        conftest="""
services = {"inner": {"image": "busybox", "command": ["sleep", "1000"]}}
shop = compose({"services": services}, scope="session")
box = container("busybox", command="sleep 1000")
gone = container("busybox", command="sleep 1000")
""",
        test_it="""
def test_fails(shop, box, gone):
    gone.remove()
    assert False
""",
    )
    result = kept.run_apart(*arguments)
    result.assert_outcomes(failed=1)
    assert kinds(kept) == ["container"]
    told = str(result.stdout).partition("containers: kept")[2]
    assert "  container box (" in told
    assert "shop" not in told
    assert "gone" not in told


def test_nothing_is_kept_unless_asked_for(project: Project) -> None:
    project.write(conftest=CONFTEST, test_it="def test_it(box): assert False")
    project.run().assert_outcomes(failed=1)
    assert project.left() == set()


def test_what_was_kept_goes_after_its_time(project: Project) -> None:
    project.write(conftest=CONFTEST, test_it="def test_it(other): assert False")
    project.run("--engine-keep=failed", "--engine-keep-for=0.001").assert_outcomes(failed=1)
    # The run's own reaper finds that the time has come.
    assert project.gone_within(30.0) == set()
    assert project.await_no_runs() == []


@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "pytest.exit('enough')"])
def test_what_is_kept_is_told_also_where_the_run_ends_badly(kept: Project, ending: str) -> None:
    conftest = """
box = container("busybox", command="sleep 1000")

@pytest.fixture(scope="session")
def broken():
    yield
    raise RuntimeError("at its end")
"""
    kept.write(conftest=conftest, test_it=f"def test_it(box, broken): {ending}")
    result = kept.run_apart("--engine-keep=always")
    assert "RuntimeError: at its end" in str(result.stderr)
    result.stdout.fnmatch_lines(["*containers: kept*", "*container box*", "Remove all: *"])
    # The run has come to its end by itself.
    (run,) = (kept.state / "runs").iterdir()
    assert (run / "ended").exists()
