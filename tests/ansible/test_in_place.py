"""Modules that run in Ansible's own process do what they do in one of their own."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks, Run

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

WAYS = (True, False)
SAID = "in Ansible's own process"


def in_place(run: Run) -> list[str]:
    """The modules that ran in Ansible's own process, as `-vvv` tells."""
    lines = [line for line in run.output.splitlines() if line.endswith(SAID)]
    return [line.split()[1].rpartition(".")[2] for line in lines]


def both_ways(
    playbooks: Playbooks, tasks: Sequence[Mapping[str, Any]], *arguments: str
) -> dict[str, dict[str, Any]]:
    """Run tasks in Ansible's process and in their own, and return the results if they are one.

    Those are named by their place.
    """
    named = [{"name": str(n), "ignore_errors": True, **task} for n, task in enumerate(tasks)]
    runs = [
        playbooks.run_tasks(named, "-vvv", *arguments, variables={"pytest_engine_in_place": way})
        for way in WAYS
    ]
    here, there = runs
    assert len(in_place(here)) == len(tasks), here.output
    assert in_place(there) == []
    assert here.results == there.results
    return here.results


def test_results_are_the_same(playbooks: Playbooks, scratch: Scratch) -> None:
    name = scratch.name()
    look: dict[str, Any] = {"check_mode": True, "diff": True}

    def volume(**options: Any) -> dict[str, Any]:
        return {"pytest_engine.engine.volume": {"name": name, **options}}

    told = both_ways(
        playbooks,
        [
            {**volume(labels={"a": "1"}), **look},
            {**volume(labels={"day": "{{ '2026-01-02' | to_datetime('%Y-%m-%d') }}"}), **look},
            volume(timeout="lots"),
            volume(size=7),
            volume(labels={"a": 1.10}),
            {"pytest_engine.engine.docker_volume": {"name": name, "state": "absent"}},
            {"pytest_engine.engine.container": {"name": name, "image": "no/such:image"}},
            {"pytest_engine.engine.container_exec": {"container": name, "command": "true"}},
            {"pytest_engine.engine.volume_info": {"names": ["one", name]}},
            {"pytest_engine.engine.context_info": {"only_current": True}},
            {"pytest_engine.engine.current_container_facts": None},
        ],
    )
    assert told["0"]["changed"]
    assert told["0"]["diff"]["after"]
    assert told["1"]["invocation"]["module_args"]["labels"] == {"day": "2026-01-02T00:00:00"}
    assert "cannot be converted to an int" in told["2"]["msg"]
    assert "Unsupported parameters for (pytest_engine.engine.volume) module" in told["3"]["msg"]
    assert "Put what was written into quotes" in told["4"]["msg"]
    assert told["5"]["changed"] is False
    assert "no/such:image" in told["6"]["msg"]
    assert name in told["7"]["msg"]


def test_what_is_made_and_printed_is_the_same(
    playbooks: Playbooks, scratch: Scratch, lab: LabImages
) -> None:
    lab.require("busybox")
    name = scratch.name()
    container = {"name": name, "image": "busybox", "command": ["sleep", "60"], "stop_timeout": 0}
    tasks: list[dict[str, Any]] = [
        {"pytest_engine.engine.container": container},
        {"pytest_engine.engine.container": container},
        {"pytest_engine.engine.container_exec": {"container": name, "command": "echo a"}},
        {"pytest_engine.engine.container": {"name": name, "state": "absent"}},
    ]
    named = [{"name": str(number), **task} for number, task in enumerate(tasks)]
    here, there = (
        playbooks.run_tasks(named, variables={"pytest_engine_in_place": way}).results
        for way in WAYS
    )
    assert [one["changed"] for one in here.values()] == [True, False, True, True]
    assert here["2"]["stdout_lines"] == ["a"]
    assert here["2"] == there["2"]
    for number, one in here.items():
        assert one.keys() == there[number].keys()
        for key in ("changed", "invocation", "actions"):
            assert one.get(key) == there[number].get(key)


def test_a_secret_is_masked_wherever_it_comes_from(playbooks: Playbooks, tmp_path: Path) -> None:
    secret = "correct-horse"
    (tmp_path / "password").write_text("staple")
    vault = ("--vault-password-file", str(tmp_path / "password"))
    command = [sys.executable, "-m", "ansible", "vault", "encrypt_string", *vault]
    command += ["--name", "from_vault", secret]
    encrypted = subprocess.run(
        command, check=True, capture_output=True, text=True, env=playbooks.environment()
    )
    (tmp_path / "vars.yml").write_text(encrypted.stdout)
    login = {"registry": "127.0.0.1:1", "username": secret}
    tasks: list[dict[str, Any]] = [
        {"pytest_engine.engine.login": {**login, "password": secret}},
        {"pytest_engine.engine.login": {**login, "password": "{{ from_vault }}"}},
        {"pytest_engine.engine.login": {**login, "password": "{{ from_vault }}", "email": 7}},
    ]
    told = both_ways(playbooks, tasks, *vault, "-e", f"@{tmp_path / 'vars.yml'}")
    assert secret not in json.dumps(told)
    for one in told.values():
        # It is the same value, and so the password was what the vault held.
        masked = one["invocation"]["module_args"]["username"]
        assert masked == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.mark.parametrize("way", WAYS)
def test_a_warning_is_in_the_result(playbooks: Playbooks, *, way: bool) -> None:
    task = {
        "name": "Twice",
        "pytest_engine.engine.volume": {"name": "a", "volume_name": "a", "state": "absent"},
        "loop": [1, 2],
    }
    run = playbooks.run_tasks([task], variables={"pytest_engine_in_place": way}, may_warn=True)
    assert "Both option volume_name and its alias name are set" in run.output
    for result in run.results["Twice"]["results"]:
        assert result["changed"] is False


def test_the_environment_and_the_folder_are_those_of_a_process(
    playbooks: Playbooks, lab: LabImages
) -> None:
    lab.require("busybox")

    absent: dict[str, Any] = {"pytest_engine.engine.volume": {"name": "a", "state": "absent"}}
    tasks = [{**absent, "environment": {"DOCKER_TIMEOUT": 17, "OTHER": "{{ 1 }}"}}, absent]
    told = both_ways(playbooks, tasks)
    assert told["0"]["invocation"]["module_args"]["timeout"] == 17
    assert told["1"]["invocation"]["module_args"]["timeout"] == 60
    export = {"names": ["busybox"], "path": "exported.tar", "force": True}
    for way in WAYS:
        task = {"name": "Export", "pytest_engine.engine.image_export": export}
        playbooks.run_tasks([task], variables={"pytest_engine_in_place": way})
        # Fails where it is not there.
        (playbooks.folder / "exported.tar").unlink()


def other_python(tmp_path: Path) -> dict[str, Any]:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return {"ansible_python_interpreter": str(python)}


@pytest.mark.parametrize(
    ("task", "variables", "environment"),
    [
        ({"async": 20, "poll": 1}, {}, {}),
        ({"become": True}, {"ansible_become_method": "su"}, {}),
        ({}, {"pytest_engine_in_place": "no"}, {}),
        ({}, {"ansible_python_interpreter": "other"}, {}),
        ({"delegate_to": "elsewhere"}, {"pytest_engine_in_place": None}, {}),
        ({}, {}, {"ANSIBLE_KEEP_REMOTE_FILES": "1"}),
    ],
    ids=["async", "become", "switched off", "another Python", "delegated", "files are kept"],
)
def test_what_would_make_a_difference_has_a_process_of_its_own(
    task: Mapping[str, Any],
    variables: dict[str, Any],
    environment: dict[str, str],
    playbooks: Playbooks,
    tmp_path: Path,
) -> None:
    if variables.get("ansible_python_interpreter") == "other":
        variables = other_python(tmp_path)
    absent = {"name": "a", "state": "absent"}
    tasks: list[dict[str, Any]] = [{"name": "It", "pytest_engine.engine.volume": absent, **task}]
    if "delegate_to" in task:
        # A host that is reached in the same way, by another Python.
        variables = {}
        elsewhere = {"name": "elsewhere", "ansible_connection": "local", **other_python(tmp_path)}
        tasks.insert(0, {"name": "Add", "ansible.builtin.add_host": elsewhere})
        variables["ansible_python_interpreter"] = None
    run = playbooks.run_tasks(tasks, "-vvv", variables=variables, environment=environment)
    assert run.results["It"]["changed"] is False, run.output
    assert in_place(run) == []


@pytest.mark.parametrize("named", ["python", "python3", "template", "found"])
def test_the_python_of_ansible_may_be_named_in_many_ways(named: str, playbooks: Playbooks) -> None:
    names = {"template": "{{ ansible_playbook_python }}", "found": "auto_silent"}
    python = names.get(named, str(Path(sys.executable).with_name(named)))
    task = {"name": "It", "pytest_engine.engine.volume": {"name": "a", "state": "absent"}}
    facts = {
        "name": "Found",
        "ansible.builtin.set_fact": {
            "discovered_interpreter_python": sys.executable,
            "cacheable": True,
        },
    }
    before = [facts] if named == "found" else []
    variables = {"ansible_python_interpreter": python, "pytest_engine_in_place": True}
    run = playbooks.run_tasks([*before, task], "-vvv", variables=variables)
    assert run.results["It"]["changed"] is False, run.output
    assert in_place(run) == ["volume"]


def test_a_controller_without_the_libraries_says_what_is_missing(
    playbooks: Playbooks, tmp_path: Path
) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('none here')")
    task = {"pytest_engine.engine.volume": {"name": "a", "state": "absent"}, "ignore_errors": True}
    there = {**task, "environment": {"PYTHONPATH": ""}}
    told = {}
    for way in WAYS:
        run = playbooks.run_tasks(
            [{"name": "Here", **task}, {"name": "There", **there}],
            variables={"pytest_engine_in_place": way},
            environment={"PYTHONPATH": str(tmp_path)},
        )
        told[way] = run.results
    assert "requests" in told[True]["Here"]["msg"]
    assert told[True]["Here"]["msg"] == told[False]["Here"]["msg"]
    assert told[False]["There"]["changed"] is False


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


def test_an_interrupt_is_undone(
    playbooks: Playbooks, engine: Engine, stubborn: tuple[str, str]
) -> None:
    name, identity = stubborn
    task = replacing(name)
    task["pytest_engine.engine.container"]["docker_host"] = playbooks.engine_host
    playbook = playbooks.folder / "interrupted.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
    variables = {"ansible_python_interpreter": sys.executable}
    command = [sys.executable, "-m", "ansible", "playbook", str(playbook), "-i", "localhost,"]
    command += ["-c", "local", "-e", json.dumps(variables)]
    running = subprocess.Popen(
        command,
        env=playbooks.environment(),
        cwd=playbooks.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(engine.containers.logs(identity, tty=False)):
        assert time.monotonic() < deadline, running.communicate()
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=90)
    now = engine.containers.inspect(name)
    assert (now["Id"], now["State"]["Running"]) == (identity, True), output


def test_a_task_that_takes_too_long_is_undone(
    playbooks: Playbooks, engine: Engine, stubborn: tuple[str, str]
) -> None:
    name, identity = stubborn
    run = playbooks.run_tasks(
        [{**replacing(name), "timeout": 3}], variables={"pytest_engine_in_place": True}
    )
    assert run.results["It"]["failed"], run.output
    assert run.results["It"]["timedout"]["period"] == 3
    now = engine.containers.inspect(name)
    assert (now["Id"], now["State"]["Running"]) == (identity, True), run.output
