"""What is removed because it is provably dead, and what is left alone, and why."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.__main__ import main
from pytest_engine.ownership.folders import RunFolder, state_folder
from pytest_engine.ownership.labels import Owner, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

DIES = {
    "conftest": "box = container('busybox', command='sleep 1000')\nbackend = network()",
    "test_it": """
import os, pathlib, signal

def test_it(box, backend):
    (pid,) = pathlib.Path("state/runs").glob("*/reaper.pid")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
""",
}


def command(project: Project, *arguments: str) -> str:
    """Sweep, and return what is told."""
    told = io.StringIO()
    host = project.engine.endpoint.url
    with contextlib.redirect_stdout(told):
        code = main(["sweep", f"--host={host}", f"--state={project.state}", *arguments])
    assert code == 0
    return told.getvalue()


def of(project: Project, told: str) -> list[str]:
    """Pick what is told about what these runs made."""
    marks = [path.name[:8] for path in (project.state / "runs").iterdir()]
    return [line for line in told.splitlines() if any(mark in line for mark in marks)]


@pytest.fixture
def dead(project: Project) -> Iterator[str]:
    """A run that was killed together with its reaper; its id."""
    project.write(**DIES)
    assert project.run_apart().ret == -signal.SIGKILL
    assert len(project.left()) == 2
    (folder,) = (project.state / "runs").iterdir()
    yield folder.name
    command(project, "--session", folder.name, "--force")
    assert project.left() == set()


@pytest.fixture
def thing(project: Project) -> Iterator[dict[str, str]]:
    """A network of a run that is alive; its labels can be changed before it is made."""
    state = state_folder(str(project.state))
    folder = RunFolder.create(state / "runs" / "0123456789abcdef")
    labels = Owner(folder.session, folder.lock).labels("backend")
    yield labels
    folder.remove()
    folder.release()
    for one in project.engine.networks.list(filters={"label": "io.pytest-engine.sweep-test"}):
        project.engine.networks.remove(one["Id"])


def make(project: Project, labels: dict[str, str]) -> str:
    """Make a network with these labels; returns its name."""
    name = f"sweep-{project.state.parent.name[:40]}"
    project.engine.networks.create(
        {"Name": name, "Labels": {**labels, "io.pytest-engine.sweep-test": ""}}
    )
    return name


def about(name: str, told: str) -> str:
    (line,) = [line for line in told.splitlines() if name in line]
    return line


def test_a_dead_run_is_told_and_removed(project: Project, dead: str) -> None:
    told = of(project, command(project, "--dry-run"))
    assert len(told) == 2
    assert all(line.startswith("would remove ") for line in told)
    assert all(f"its run is over (run {dead[:12]}" in line for line in told)
    assert len(project.left()) == 2
    told = of(project, command(project))
    assert told == []  # its folder is gone as well
    assert project.left() == set()
    assert list((project.state / "runs").iterdir()) == []


def test_only_the_run_that_is_named_is_removed(project: Project, dead: str) -> None:
    assert command(project, "--session", "ffffffffffff") == "nothing found\n"
    assert len(project.left()) == 2
    assert command(project, "--session", dead[:12]).count("removed ") == 2
    assert project.left() == set()


def test_the_option_sweeps_before_the_tests(project: Project, dead: str) -> None:
    project.write(test_it="def test_it(): pass")
    result = project.run_apart("--engine-sweep")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines_random(
        [
            "engine: removed container pytest-engine-*-box-1 (box): its run is over (*",
            "engine: removed network pytest-engine-*-backend-2 (backend): its run is over (*",
        ]
    )
    assert f"run {dead[:12]}" in str(result.stdout)
    assert project.left() == set()


def test_what_a_living_run_has_is_left_alone(project: Project, thing: dict[str, str]) -> None:
    name = make(project, thing)
    for arguments in ((), ("--session", "0123456789abcdef", "--force")):
        line = about(name, command(project, *arguments))
        assert line.startswith(f"left network {name} (backend): its run is alive (run 0123")
    assert project.engine.networks.inspect(name)["Name"] == name


def test_a_run_of_another_host_is_left_alone(project: Project, thing: dict[str, str]) -> None:
    thing["io.pytest-engine.session"] = "an-other-one"
    thing["io.pytest-engine.host"] = "elsewhere"
    name = make(project, thing)
    assert "made on the host elsewhere" in about(name, command(project))
    told = command(project, "--session", "an-other-one")
    assert about(name, told).startswith("left ")
    told = command(project, "--session", "an-other-one", "--force")
    assert about(name, told).startswith("removed ")


def test_a_run_of_another_host_with_its_folder_is_removed_by_force(
    project: Project, thing: dict[str, str]
) -> None:
    folder = RunFolder.create(state_folder(str(project.state)) / "runs" / "an-other-four")
    folder.release()
    about_it = json.loads((folder.path / "about").read_text())
    (folder.path / "about").write_text(json.dumps({**about_it, "host": "elsewhere"}))
    thing["io.pytest-engine.session"] = folder.session
    thing["io.pytest-engine.host"] = "elsewhere"
    thing["io.pytest-engine.lock"] = str(folder.lock)
    name = make(project, thing)
    line = about(name, command(project))
    assert line.startswith("left ")
    assert "made on the host elsewhere" in line
    assert "--session an-other-fo" in line
    told = command(project, "--session", folder.session, "--force")
    assert about(name, told).startswith("removed ")
    assert not folder.path.exists()


def test_before_the_tests_dead_runs_are_removed_where_no_engine_answers(
    project: Project, dead: str
) -> None:
    result = project.run_apart("-k", "nothing", "--engine-sweep", host="unix:///nowhere.sock")
    result.stdout.fnmatch_lines(["engine: */nowhere.sock*", f"engine: removed *{dead[:8]}*"])
    assert project.left() == set()


def test_a_run_whose_lock_is_gone_is_left_alone(project: Project, thing: dict[str, str]) -> None:
    thing["io.pytest-engine.session"] = "an-other-two"
    thing["io.pytest-engine.lock"] = "/nowhere/at/all/lock"
    name = make(project, thing)
    line = about(name, command(project))
    assert line.startswith("left ")
    assert "its lock /nowhere/at/all/lock is not there" in line
    assert "sweep --session an-other-two --force" in line


def test_a_dead_run_with_another_state_folder_is_known_by_its_labels(
    project: Project, thing: dict[str, str], tmp_path: Path
) -> None:
    folder = RunFolder.create(state_folder(str(tmp_path / "other")) / "runs" / "an-other-three")
    thing["io.pytest-engine.session"] = folder.session
    thing["io.pytest-engine.lock"] = str(folder.lock)
    name = make(project, thing)
    assert "its run is alive" in about(name, command(project))
    told = command(project, "--session", folder.session, "--force")
    assert about(name, told).startswith("left ")
    folder.release()
    assert about(name, command(project)).startswith("removed ")


def test_force_is_for_one_run_alone(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--force", f"--host={project.engine.endpoint.url}"]) == 2
    assert "--force needs --session" in capsys.readouterr().err


def test_an_engine_that_does_not_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "--host=unix:///nowhere.sock", f"--state={tmp_path}"]) == 1
    assert "/nowhere.sock" in capsys.readouterr().err


def test_labels_name_the_run_and_its_proof(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
def test_it(box):
    import json, pathlib
    labels = box.inspect()["Config"]["Labels"]
    pathlib.Path("labels").write_text(json.dumps(labels))
    assert pathlib.Path(labels["io.pytest-engine.lock"]).exists()
""",
    )
    project.run().assert_outcomes(passed=1)
    labels = json.loads((project.pytester.path / "labels").read_text())
    session = labels["io.pytest-engine.session"]
    assert labels["io.pytest-engine.host"] == socket.gethostname()
    assert labels["io.pytest-engine.machine"] == machine()
    assert labels["io.pytest-engine.lock"] == str(project.state / "runs" / session / "lock")
    assert labels["io.pytest-engine.fixture"] == "box"
    assert list((project.state / "runs").iterdir()) == []


@pytest.mark.parametrize("arguments", [[], ["-n1", "--engine-ahead=0"]])
def test_an_image_that_a_test_made_of_a_container_stays(
    project: Project, arguments: list[str]
) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='session')",
        test_it="def test_it(box):\n    box.commit('plugin-snapshot:1', changes=['LABEL mine=1'])",
    )
    project.run_apart(*arguments).assert_outcomes(passed=1)
    images, name = project.engine.images, "plugin-snapshot:1"
    try:
        from_it = project.engine.containers.create({"Image": name})["Id"]
        told = command(project)
        image = images.inspect(name)
        assert (image["Config"].get("Labels") or {})["mine"] == "1"
        assert image["Id"].rpartition(":")[2][:12] not in told
        assert project.engine.containers.inspect(from_it)["Name"].strip("/") not in told
        project.engine.containers.remove(from_it)
    finally:
        images.remove(name, force=True)


def test_a_state_folder_without_a_home_is_one_clear_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sweep", "--state", "~nobody-of-that-name/state"]) == 1
    assert capsys.readouterr().err.startswith("The folder ~nobody-of-that-name/state, which ")
