"""Options of connections that run a command: wrong ones are refused, and nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import Playbooks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.ansible


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("ansible_docker_extra_args", '--context "x', "docker_extra_args: it cannot be split"),
        ("ansible_docker_extra_env", {"A=B": "c"}, "extra_env: 'A=B': no process takes such"),
        ("ansible_docker_extra_env", {"": "c"}, "extra_env: '': no process takes such"),
        ("ansible_docker_extra_env", {"A": "SECRET\0"}, "extra_env: 'A': no process takes such"),
        ("ansible_docker_working_dir", "a\0b", "docker cannot be run on the controller: embedded"),
        ("ansible_host", "a\0b", "docker cannot be run on the controller: embedded null"),
        ("ansible_host", "--privileged", "remote_addr: '--privileged' is no name of a container"),
    ],
)
def test_an_option_that_the_docker_command_cannot_have_is_refused(
    collections: Path, tmp_path: Path, option: str, value: Any, said: str
) -> None:
    task = {
        "name": "run",
        "raw": "true",
        "connection": "pytest_engine.engine.docker",
        "vars": {"ansible_host": "web", option: value},
    }
    run = Playbooks(collections, tmp_path, "unix:///nowhere").run_tasks([task])
    (told,) = [entry["result"]["msg"] for entry in run.told]
    assert said in told, run.output
    assert "SECRET" not in told
