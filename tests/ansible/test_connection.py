"""Tasks in containers, over the connections of the collection."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.container import Container
from pytest_engine.core.errors import ImageNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks, Run

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

# What the image has: a user who may become root with this password.
USER = "app"
PASSWORD = "secret"

API = "pytest_engine.engine.engine"
CLI = "pytest_engine.engine.docker"


@pytest.fixture(scope="module")
def python(engine: Engine, lab: LabImages) -> str:
    """An image with Python and sudo."""
    lab.require("python:3")
    try:
        engine.images.inspect("python:3")
    except ImageNotFound:
        engine.images.pull("python:3")
    return "python:3"


class Target:
    """A container that tasks run in."""

    def __init__(self, playbooks: Playbooks, connection: str, container: Container) -> None:
        self._playbooks = playbooks
        self._connection = connection
        self.container = container

    def run(self, *tasks: dict[str, Any], **options: Any) -> Run:
        """Run tasks in the container; a task's own variables go before."""
        host = self._playbooks.engine_host
        variables = {
            "ansible_docker_host": self.container.id,
            "ansible_docker_docker_host": host,
            "ansible_docker_extra_args": f"--host {host}",
        }
        return self._playbooks.run_tasks(
            [
                {
                    "connection": self._connection,
                    "ignore_errors": True,
                    "ignore_unreachable": True,
                    **task,
                    "vars": {**variables, **task.get("vars", {})},
                }
                for task in tasks
            ],
            *options.pop("arguments", ()),
            variables={
                "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_remote_tmp": "~/.ansible/tmp",
            },
            **options,
        )


@pytest.fixture(params=[API, CLI])
def connection(request: pytest.FixtureRequest) -> str:
    """Each of the connections into containers."""
    if request.param == CLI and shutil.which("docker") is None:
        pytest.skip("there is no docker command")
    return str(request.param)


def start(engine: Engine, scratch: Scratch, image: str, **config: Any) -> Container:
    name = scratch.name("target")
    body = {"Image": image, "Cmd": ["sleep", "600"], **config}
    engine.containers.create(body, name=name)  # type: ignore[arg-type]
    engine.containers.start(name)
    return Container(engine, name)


@pytest.fixture
def small(engine: Engine, scratch: Scratch, busybox: str) -> Container:
    """A container without Python, which is enough for raw commands."""
    return start(engine, scratch, busybox)


@pytest.fixture
def target(
    playbooks: Playbooks, connection: str, engine: Engine, scratch: Scratch, python: str
) -> Target:
    """A container with Python, over each of the connections."""
    return Target(playbooks, connection, start(engine, scratch, python))


def test_raw_commands_run_as_they_are_told_to(
    playbooks: Playbooks, connection: str, small: Container
) -> None:
    run = Target(playbooks, connection, small).run(
        {"name": "both", "raw": "echo out; echo err >&2; exit 3"},
        {"name": "user", "raw": "id -u", "remote_user": "1000"},
        {"name": "place", "raw": "pwd", "vars": {"ansible_docker_working_dir": "/bin"}},
        {
            "name": "variables",
            "raw": "echo $ONE-$HOME",
            "vars": {"ansible_docker_extra_env": {"ONE": "1 st", "HOME": "/elsewhere"}},
        },
        {"name": "number", "raw": "true", "vars": {"ansible_docker_extra_env": {"ONE": 1}}},
    )
    both = run.results["both"]
    assert (both["rc"], both["stdout"], both["stderr"]) == (3, "out\n", "err\n")
    said = {name: run.results[name].get("stdout") for name in ("user", "place", "variables")}
    assert said == {"user": "1000\n", "place": "/bin\n", "variables": "1 st-/elsewhere\n"}
    assert "extra_env: ONE is no string" in run.messages["number"]


def test_modules_run_and_files_go_both_ways(target: Target, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_000))
    fetched = tmp_path / "fetched"
    run = target.run(
        {
            "name": "in",
            "copy": {"src": str(source), "dest": "/home/app/it's", "mode": "0640"},
            "remote_user": USER,
        },
        {
            "name": "again",
            "copy": {"src": str(source), "dest": "/home/app/it's", "mode": "0640"},
            "remote_user": USER,
        },
        {"name": "owner", "command": {"argv": ["stat", "-c", "%U:%a", "/home/app/it's"]}},
        {"name": "out", "fetch": {"src": "/home/app/it's", "dest": str(fetched), "flat": True}},
        {"name": "nothing", "fetch": {"src": "/home/none", "dest": str(fetched), "flat": True}},
    )
    assert list(run.messages) == ["nothing"], run.output
    assert run.changed == ["in", "owner", "out"]
    assert run.results["owner"]["stdout"] == "app:640"
    assert fetched.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("pipelining", [False, True])
def test_another_user_is_become_with_a_password(target: Target, *, pipelining: bool) -> None:
    become = {"remote_user": USER, "become": True}
    password = {"ansible_become_pass": PASSWORD, "ansible_pipelining": pipelining}
    run = target.run(
        {"name": "module", "command": "id -un", **become, "vars": password},
        {"name": "raw", "raw": "id -un; echo err >&2", **become, "vars": password},
        {
            "name": "input",
            "copy": {"content": "x" * 200_000, "dest": "/root/large"},
            **become,
            "vars": password,
        },
        {
            "name": "wrong",
            "raw": "id -un",
            **become,
            "vars": {**password, "ansible_become_pass": "wrong"},
        },
        {"name": "none", "raw": "id -un", **become},
        {"name": "no need", "command": "id -un", "become": True, "become_user": USER},
    )
    assert list(run.messages) == ["wrong", "none"], run.output
    assert run.results["module"]["stdout"] == "root"
    raw = run.results["raw"]
    # Neither the prompt nor the mark of success is left in it.
    assert (raw["stdout"], raw["stderr"]) == ("root\n", "err\n")
    assert run.results["wrong"]["unreachable"] is True
    assert "the become password was not accepted" in run.messages["wrong"]
    assert run.results["no need"]["stdout"] == USER
    large = target.container.exec(["stat", "-c", "%U %s", "/root/large"])
    assert large.text == "root 200000\n"
    assert PASSWORD not in run.output


# It asks as sudo does, and what it is for writes an error before anybody reads that it began.
ASKS = """#!/bin/sh
while [ "$1" != -p ]; do shift; done
printf %s "$2" >&2
read -r password
echo err >&2
sleep 0.3
shift 4
exec "$@"
"""


def test_what_is_written_right_after_an_escalation_is_kept(target: Target) -> None:
    asks = {"ansible_become_exe": "/usr/local/bin/asks", "ansible_become_pass": PASSWORD}
    run = target.run(
        {"name": "asks", "copy": {"content": ASKS, "dest": "/usr/local/bin/asks", "mode": "0755"}},
        {"name": "raw", "raw": "id -un", "become": True, "vars": asks},
    )
    raw = run.results["raw"]
    assert (raw["stdout"], raw["stderr"]) == ("root\n", "err\n"), run.output


def test_an_escalation_that_says_nothing_ends_in_time(target: Target) -> None:
    run = target.run(
        {
            "name": "silent",
            "raw": "true",
            "become": True,
            "vars": {
                "ansible_become_pass": PASSWORD,
                # With the rest as arguments that it has no use for.
                "ansible_become_exe": "sh -c 'sleep 30'",
                "ansible_docker_timeout": 1,
            },
        }
    )
    assert "said nothing for 1" in run.messages["silent"]


def test_variables_for_a_command_are_not_shown(target: Target) -> None:
    run = target.run(
        {
            "name": "show",
            "raw": "echo $TOKEN | wc -c",
            "vars": {"ansible_docker_extra_env": {"TOKEN": "hunter22"}},
        },
        arguments=["-vvvv"],
    )
    assert run.results["show"]["stdout"] == "9\n"
    assert "EXEC" in run.output
    assert "hunter22" not in run.output


def test_files_go_where_archives_do_not_reach(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, python: str, tmp_path: Path
) -> None:
    container = start(
        engine,
        scratch,
        python,
        HostConfig={
            "Tmpfs": {"/run": "", "/root": "", "/tmp": ""},  # noqa: S108  # in the container
            "ReadonlyRootfs": True,
        },
    )
    fetched = tmp_path / "fetched"
    run = Target(playbooks, API, container).run(
        {"name": "in", "copy": {"content": "text", "dest": "/run/file"}},
        {"name": "link", "file": {"src": "/run/file", "path": "/run/link", "state": "link"}},
        {"name": "out", "fetch": {"src": "/run/link", "dest": str(fetched), "flat": True}},
    )
    assert run.messages == {}, run.output
    assert fetched.read_text() == "text"


def test_files_go_where_a_link_leads_to_what_archives_do_not_reach(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, python: str, tmp_path: Path
) -> None:
    # Debian's /var/run is a link to /run.
    container = start(engine, scratch, python, HostConfig={"Tmpfs": {"/run": ""}})
    fetched = tmp_path / "fetched"
    run = Target(playbooks, API, container).run(
        {"name": "folder", "file": {"path": "/run/made", "state": "directory"}},
        {"name": "in", "copy": {"content": "text", "dest": "/var/run/made/file"}},
        {"name": "seen", "raw": "cat /run/made/file"},
        {"name": "out", "fetch": {"src": "/var/run/made/file", "dest": str(fetched), "flat": True}},
        {
            "name": "straight",
            "copy": {"content": "text", "dest": "/run/made/other"},
            "vars": {"ansible_remote_tmp": "/var/run/tmp"},
        },
    )
    assert run.messages == {}, run.output
    assert (run.results["seen"]["stdout"], fetched.read_text()) == ("text", "text")


def test_a_script_needs_nothing_in_the_container_but_a_shell(
    playbooks: Playbooks, connection: str, small: Container, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text("echo from $0; id -u\n")
    script.chmod(0o755)
    run = Target(playbooks, connection, small).run(
        {"name": "script", "script": str(script)},
    )
    assert run.messages == {}, run.output
    assert run.results["script"]["stdout"].split()[-1] == "0"


def test_a_container_that_is_not_there_or_does_not_run_is_unreachable(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    stopped = scratch.name("stopped")
    engine.containers.create({"Image": busybox}, name=stopped)
    target = Target(playbooks, API, Container(engine, stopped))
    missing = scratch.name("missing")
    run = target.run(
        {"name": "stopped", "raw": "true"},
        {"name": "missing", "raw": "true", "vars": {"ansible_docker_host": missing}},
        {
            "name": "nowhere",
            "raw": "true",
            "vars": {"ansible_docker_docker_host": "unix:///nowhere/docker.sock"},
        },
        {"name": "no address", "raw": "true", "vars": {"ansible_docker_docker_host": "here"}},
    )
    assert all(result["unreachable"] for result in run.results.values()), run.output
    assert "is not running" in run.messages["stopped"]
    assert f"No such container: {missing}" in run.messages["missing"]
    assert "/nowhere/docker.sock" in run.messages["nowhere"]
    assert "docker_host" in run.messages["no address"]


def test_the_name_that_playbooks_know_leads_there_and_needs_no_docker_command(
    playbooks: Playbooks, small: Container, tmp_path: Path
) -> None:
    run = Target(playbooks, "pytest_engine.engine.docker_api", small).run(
        {"name": "run", "raw": "echo here"}, environment={"PATH": str(tmp_path)}
    )
    assert run.results["run"]["stdout"] == "here\n", run.output


@pytest.fixture
def namespace() -> Iterator[int]:
    """A process in a namespace of its own, where this machine has another name."""
    if os.geteuid() != 0 or shutil.which("nsenter") is None:
        pytest.skip("entering namespaces takes root and nsenter")
    process = subprocess.Popen(
        ["unshare", "--uts", "sh", "-c", "hostname inside && echo ready && read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


def test_nsenter_runs_tasks_where_another_process_is(
    playbooks: Playbooks, namespace: int, tmp_path: Path
) -> None:
    fetched = tmp_path / "fetched"
    file = tmp_path / "file"
    nsenter = {
        "connection": "pytest_engine.engine.nsenter",
        "vars": {"ansible_nsenter_pid": namespace},
    }
    run = playbooks.run_tasks(
        [
            {"name": "name", "raw": "hostname", **nsenter},
            {"name": "in", "copy": {"content": "text", "dest": str(file)}, **nsenter},
            {"name": "out", "fetch": {"src": str(file), "dest": str(fetched), "flat": True}}
            | nsenter,
        ]
    )
    assert run.returncode == 0, run.output
    assert run.results["name"]["stdout"] == "inside\n"
    assert fetched.read_text() == "text"


def test_nsenter_is_root_and_becomes_it_by_nothing(playbooks: Playbooks, namespace: int) -> None:
    nothing = {"ansible_become_exe": "/nowhere/sudo", "ansible_nsenter_pid": namespace}
    nsenter = {"connection": "pytest_engine.engine.nsenter", "become": True, "vars": nothing}
    run = playbooks.run_tasks(
        [
            {"name": "raw", "raw": "id -un", **nsenter},
            {"name": "module", "command": "id -un", **nsenter},
            {"name": "other", "raw": "true", "become_user": "nobody", **nsenter}
            | {"ignore_errors": True},
        ]
    )
    assert run.returncode == 0, run.output
    assert run.results["raw"]["stdout"] == "root\n"
    assert run.results["module"]["stdout"] == "root"
    assert list(run.messages) == ["other"]
