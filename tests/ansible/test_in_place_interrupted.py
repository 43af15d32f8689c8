"""A module that is interrupted in Ansible's own process leaves nothing half done."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collection.build import stage
from tests.core.scripted import PATIENCE, PONG, Read, ScriptedServer, Slowly

from .both_ways import SAID
from .conftest import Playbooks
from .releases import controller

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch
    from tests.core.scripted import Step

pytestmark = pytest.mark.ansible

# An answer that never ends.
ENDLESS: tuple[Step, ...] = (
    Read.REQUEST,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    Slowly(b"1\r\n \r\n"),
)


@pytest.fixture
def stubborn(engine: Engine, scratch: Scratch, lab: LabImages) -> tuple[str, str]:
    """The name and the ID of a container that logs when it is asked to stop, and takes its time."""
    lab.require("busybox")
    name = scratch.name()
    command = ["sh", "-c", "trap 'echo asked' TERM; while :; do sleep 0.1; done"]
    made = engine.containers.create(
        {"Image": "busybox", "Cmd": command, "StopTimeout": 8}, name=name
    )
    engine.containers.start(made["Id"])
    return name, made["Id"]


def replacing(name: str) -> dict[str, Any]:
    options = {"name": name, "image": "busybox", "command": ["sleep", "60"]}
    return {"name": "It", "pytest_engine.engine.container": options}


def start(playbooks: Playbooks, task: dict[str, Any]) -> subprocess.Popen[str]:
    """Start a playbook in the background."""
    connection = {"group/pytest_engine.engine.engine": {"docker_host": playbooks.engine_host}}
    play = {"hosts": "all", "gather_facts": False, "module_defaults": connection, "tasks": [task]}
    playbook = playbooks.folder / "interrupted.yml"
    playbook.write_text(json.dumps([play]))
    variables = {"ansible_python_interpreter": playbooks.python}
    command = [playbooks.python, "-m", "ansible", "playbook", str(playbook), "-i", "localhost,"]
    command += ["-vvv", "-c", "local", "-e", json.dumps(variables)]
    return subprocess.Popen(
        command,
        env=playbooks.environment(),
        cwd=playbooks.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(there: Callable[[], object], running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline, running.communicate()
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)


def interrupt(running: subprocess.Popen[str]) -> str:
    """Interrupt a playbook, and return what it said until it ended."""
    running.send_signal(signal.SIGINT)
    try:
        return running.communicate(timeout=90)[0]
    finally:
        running.kill()


@pytest.mark.engine
@pytest.mark.slow
# An environment may have to be made first.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("release", ["2.17", "2.19"])
def test_an_interrupt_is_undone(
    release: str,
    collections: Path,
    engine: Engine,
    stubborn: tuple[str, str],
    tmp_path: Path,
) -> None:
    python = controller(release)
    if python is None:
        pytest.skip(f"no Python is found for ansible-core {release}")
    name, identity = stubborn
    before = engine.containers.inspect(name)["State"]["StartedAt"]
    playbooks = Playbooks(collections, tmp_path, engine.endpoint.url, python=python)
    running = start(playbooks, replacing(name))
    wait_for(lambda: list(engine.containers.logs(identity, tty=False)), running)
    output = interrupt(running)
    assert SAID in output
    now = engine.containers.inspect(name)
    assert (now["Id"], now["State"]["Running"]) == (identity, True), output
    # It had been asked to stop, and was started again.
    assert now["State"]["StartedAt"] > before, output


@pytest.mark.engine
def test_an_interrupt_ends_what_only_waits(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name()
    never: dict[str, Any] = {"state": "healthy", "healthy_wait_timeout": 0}
    never["healthcheck"] = {"test": ["CMD", "false"]}
    container = {"name": name, "image": busybox, "command": ["sleep", "600"], **never}
    task = {"name": "It", "pytest_engine.engine.containers": {"containers": [container]}}
    running = start(playbooks, task)
    named = {"name": [name], "status": ["running"]}
    wait_for(lambda: engine.containers.list(filters=named), running)
    output = interrupt(running)
    assert SAID in output
    assert engine.containers.inspect(name)["State"]["Running"], output


@pytest.fixture
def hasty(tmp_path: Path) -> Path:
    """A staged collection in which what is interrupted has little time to take back anything."""
    staged = tmp_path / "hasty"
    stage(staged)
    (code,) = staged.rglob("in_place.py")
    patient = code.read_text("utf-8")
    impatient = patient.replace("_TO_TAKE_BACK = 300", "_TO_TAKE_BACK = 1")
    assert impatient != patient
    code.write_text(impatient, "utf-8")
    return staged


def test_an_interrupt_ends_what_an_engine_never_lets_end(hasty: Path, tmp_path: Path) -> None:
    absent = {"containers": [{"name": "web", "state": "absent"}], "timeout": 3600}
    task = {"name": "It", "pytest_engine.engine.containers": absent}
    scripts = [(Read.REQUEST, PONG, *ENDLESS), ENDLESS]
    with ScriptedServer(tmp_path / "engine.sock", scripts) as server:
        running = start(Playbooks(hasty, tmp_path, server.host), task)
        wait_for(lambda: len(server.requests) > 1, running)
        output = interrupt(running)
        assert SAID in output
        # Ansible's process for the task is gone, and its connections with it.
        assert server.ended.wait(PATIENCE)
