"""A module that is interrupted in Ansible's own process leaves nothing half done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


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
    variables = {"ansible_python_interpreter": sys.executable}
    command = [sys.executable, "-m", "ansible", "playbook", str(playbook), "-i", "localhost,"]
    command += ["-c", "local", "-e", json.dumps(variables)]
    return subprocess.Popen(
        command,
        env=playbooks.environment(),
        cwd=playbooks.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_log(engine: Engine, container: str, running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not list(engine.containers.logs(container, tty=False)):
        assert time.monotonic() < deadline, running.communicate()
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)


def test_an_interrupt_is_undone(
    playbooks: Playbooks, engine: Engine, stubborn: tuple[str, str]
) -> None:
    name, identity = stubborn
    running = start(playbooks, replacing(name))
    wait_for_log(engine, identity, running)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=90)
    now = engine.containers.inspect(name)
    assert (now["Id"], now["State"]["Running"]) == (identity, True), output
