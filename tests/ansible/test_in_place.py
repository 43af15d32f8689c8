"""Modules that run in Ansible's own process do what they do in one of their own."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .both_ways import SAID, WAYS, both_ways, in_place
from .conftest import Playbooks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import LabImages, Scratch

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

# Also where all other playbooks of the tests have processes of their own.
IN_PLACE = {"pytest_engine_in_place": True}


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
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name()
    container = {"name": name, "image": busybox, "command": ["sleep", "60"], "stop_timeout": 0}
    tasks: list[dict[str, Any]] = [
        {"pytest_engine.engine.container": container},
        {"pytest_engine.engine.container": container},
        {"pytest_engine.engine.container_exec": {"container": name, "command": "echo a"}},
        {"pytest_engine.engine.container": {"name": name, "state": "absent"}},
    ]
    named = [{"name": str(number), **task} for number, task in enumerate(tasks)]
    first, second = (
        playbooks.run_tasks(named, "-vvv", variables={"pytest_engine_in_place": way})
        for way in WAYS
    )
    assert (len(in_place(first)), in_place(second)) == (len(tasks), [])
    here, there = first.results, second.results
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


def test_warnings_are_told_and_kept(playbooks: Playbooks) -> None:
    twice = {"name": "a", "volume_name": "a", "state": "absent"}
    service = {"name": "a", "image": "busybox", "mode": "global", "replicas": 3}
    tasks: list[dict[str, Any]] = [
        {"name": "Option and alias", "pytest_engine.engine.volume": twice},
        # No swarm is there, and it warns all the same.
        {
            "name": "Service",
            "pytest_engine.engine.swarm_service": service,
            "ignore_errors": True,
            "loop": [1, 2],
            "register": "told",
        },
        {"name": "Kept", "ansible.builtin.debug": {"msg": "{{ told.results }}"}},
    ]
    kept = []
    for way in WAYS:
        variables = {"pytest_engine_in_place": way}
        run = playbooks.run_tasks(tasks, "-vvv", variables=variables, may_warn=True)
        assert in_place(run) == (["volume", "swarm_service", "swarm_service"] if way else [])
        assert "Both option volume_name and its alias name are set" in run.output
        assert "replicas: mode global runs one task on each node, not 3." in run.output
        kept.append(run.results["Kept"]["msg"])
    assert kept[0] == kept[1]


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


def test_the_locale_is_left_as_it_was(collections: Path, tmp_path: Path) -> None:
    filters = tmp_path / "filter_plugins"
    filters.mkdir()
    (filters / "spoken.py").write_text(
        "import locale\n"
        "class FilterModule:\n"
        "    def filters(self):\n"
        "        return {'spoken': lambda _: locale.setlocale(locale.LC_ALL)}\n"
    )
    playbooks = Playbooks(collections, tmp_path, "unix:///none")
    current = {"pytest_engine.engine.context_info": {"only_current": True}}
    # After the module, and in the same process.
    spoken = {"changed_when": "'' | spoken != 'C.UTF-8'"}
    told = both_ways(playbooks, [{**current, **spoken, "environment": {"LC_ALL": "xx_YY"}}])
    assert told["0"]["changed"] is False


@pytest.fixture
def docker_cli(tmp_path: Path) -> str:
    """A docker command that fails, and says what it was started with."""
    program = tmp_path / "docker"
    said = "os.environ['PWD'], os.environ.get('TMPDIR'), sys.argv"
    program.write_text(f"#!{sys.executable}\nimport os, sys\nsys.exit(repr(({said})))\n")
    program.chmod(0o755)
    return str(program)


def test_a_command_is_started_as_by_a_process(
    playbooks: Playbooks, docker_cli: str, tmp_path: Path
) -> None:
    below = tmp_path / "below"
    below.mkdir()
    project = {"project_name": "p", "definition": {"services": {}}, "docker_cli": docker_cli}
    task = {"pytest_engine.engine.compose_v2": {**project, "docker_host": "unix:///none"}}
    tasks = [{**task, "environment": {"TMPDIR": str(below)}}, {**task, "environment": {"PWD": "/"}}]
    # Called from elsewhere than where the playbook is.
    told = both_ways(playbooks, tasks, environment={"PWD": str(tmp_path)})
    assert f"('{playbooks.folder}', '{below}', " in told["0"]["msg"]
    assert "('/', None, " in told["1"]["msg"]


def test_a_folder_that_cannot_be_entered_again_is_left(
    playbooks: Playbooks, tmp_path: Path
) -> None:
    task = {"name": "It", "pytest_engine.engine.volume": {"name": "a", "state": "absent"}}
    gone = tmp_path / "gone"
    gone.mkdir()
    remove = {"name": "Remove", "ansible.builtin.file": {"path": str(gone), "state": "absent"}}
    run = playbooks.run_tasks([remove, task], "-vvv", variables=IN_PLACE, folder=gone)
    assert run.results["It"]["changed"] is False, run.output
    assert run.results["It"]["failed"] is False
    assert in_place(run) == ["volume"]


def test_what_cannot_be_sent_is_refused_as_ansible_does_it(
    playbooks: Playbooks, tmp_path: Path
) -> None:
    (tmp_path / "vars.yml").write_text("raw: !!binary aGVsbG8=")
    wanted = {"name": "a", "labels": {"a": "{{ raw }}"}}
    task = {"name": "It", "pytest_engine.engine.volume": wanted, "ignore_errors": True}
    check = ("-vvv", "--check", "-e", f"@{tmp_path / 'vars.yml'}")
    run = playbooks.run_tasks([task], *check, variables=IN_PLACE)
    assert "serializ" in run.results["It"]["msg"], run.output
    assert in_place(run) == []


def other_python(tmp_path: Path) -> dict[str, Any]:
    """Variables that name the same Python by a way that leads to another environment."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return {"ansible_python_interpreter": str(python)}


@pytest.mark.parametrize(
    ("task", "variables", "environment"),
    [
        ({"async": 20, "poll": 1}, {}, {}),
        ({"timeout": 60}, {}, {}),
        ({"become": True}, {"ansible_become_method": "su"}, {}),
        ({"environment": {"PYTHONPATH": ""}}, {}, {}),
        ({}, {"pytest_engine_in_place": "no"}, {}),
        ({}, {"ansible_python_interpreter": "other"}, {}),
        ({}, {"ansible_python_interpreter": "{{ nothing | default(omit) }}"}, {}),
        ({}, {}, {"ANSIBLE_KEEP_REMOTE_FILES": "1"}),
    ],
    ids=[
        "async",
        "timeout",
        "become",
        "paths of Python",
        "switched off",
        "another Python",
        "no Python",
        "files are kept",
    ],
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
    found = {"discovered_interpreter_python": sys.executable, "cacheable": True}
    tasks: list[dict[str, Any]] = [
        {"name": "Found", "ansible.builtin.set_fact": found},
        {"name": "It", "pytest_engine.engine.volume": absent, **task},
    ]
    run = playbooks.run_tasks(
        tasks, "-vvv", variables={**IN_PLACE, **variables}, environment=environment
    )
    assert run.results["It"]["changed"] is False, run.output
    assert in_place(run) == []


def test_the_host_that_a_task_is_delegated_to_decides(playbooks: Playbooks, tmp_path: Path) -> None:
    same = {"ansible_python_interpreter": sys.executable}
    hosts = {"localhost": same, "here": same, "elsewhere": other_python(tmp_path)}
    local = {"ansible_connection": "local"}
    add = [
        {"name": f"Add {name}", "ansible.builtin.add_host": {"name": name, **local, **facts}}
        for name, facts in hosts.items()
    ]
    absent = {"name": "a", "state": "absent"}
    tasks = [
        {"name": name, "pytest_engine.engine.volume": absent, "delegate_to": name} for name in hosts
    ]
    # They are the hosts', not the play's.
    variables = {"ansible_python_interpreter": None, **IN_PLACE}
    run = playbooks.run_tasks([*add, *tasks], "-vvv", variables=variables)
    assert run.returncode == 0, run.output
    blocks = run.output.split("\nTASK ")
    said = {
        name: SAID in block for name in hosts for block in blocks if block.startswith(f"[{name}]")
    }
    assert said == {"localhost": True, "here": True, "elsewhere": False}


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
    variables = {"ansible_python_interpreter": python, **IN_PLACE}
    run = playbooks.run_tasks([*before, task], "-vvv", variables=variables)
    assert run.results["It"]["changed"] is False, run.output
    assert in_place(run) == ["volume"]


@pytest.mark.parametrize("error", ["ImportError", "AttributeError"])
def test_a_controller_without_the_libraries_leaves_it_to_a_process(
    error: str, playbooks: Playbooks, tmp_path: Path
) -> None:
    (tmp_path / "requests.py").write_text(f"raise {error}('no requests here')")
    task = {"pytest_engine.engine.volume": {"name": "a", "state": "absent"}}
    run = playbooks.run_tasks(
        [
            {"name": "Here", **task, "ignore_errors": True},
            {"name": "There", **task, "environment": {"PYTHONPATH": ""}},
        ],
        "-vvv",
        variables=IN_PLACE,
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert "requests" in run.results["Here"]["msg"]
    assert run.results["There"]["changed"] is False, run.output
    assert in_place(run) == []
