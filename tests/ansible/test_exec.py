"""Commands in containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import NotFound

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.container_exec"


@pytest.fixture
def container(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """A container that runs."""
    name = scratch.name("exec")
    engine.containers.create(
        {"Image": busybox, "Cmd": ["sleep", "600"], "Env": ["STAGE=image"]}, name=name
    )
    engine.containers.start(name)
    return name


def tasks(container: str, *steps: tuple[str, dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    return [
        {"name": name, MODULE: {"container": container, **options}, **more}
        for name, options in steps
    ]


def test_a_command_runs_as_it_is_told_to(playbooks: Playbooks, container: str) -> None:
    run = playbooks.run_tasks(
        tasks(
            container,
            ("words", {"argv": ["echo", "two  words"]}),
            ("text", {"command": "sh -c 'echo out; echo err >&2'"}),
            ("place", {"command": "pwd", "chdir": "/bin"}),
            ("user", {"command": "id -u", "user": "1000"}),
            ("variables", {"command": "sh -c 'echo $STAGE $MORE'", "env": {"MORE": "more"}}),
            ("input", {"command": "wc -l", "stdin": "one\ntwo"}),
            ("bare input", {"command": "wc -c", "stdin": "12345", "stdin_add_newline": False}),
            ("all of it", {"command": "echo end", "strip_empty_ends": False}),
            ("terminal", {"command": "tty", "tty": True}),
            ("no terminal", {"command": "sh -c 'tty; true'"}),
            ("in time", {"command": "echo quick", "command_timeout": 20}),
        )
    )
    assert run.returncode == 0, run.output
    assert set(run.changed) == set(run.results)
    said = {name: result["stdout"] for name, result in run.results.items()}
    assert said == {
        "words": "two  words",
        "text": "out",
        "place": "/bin",
        "user": "1000",
        "variables": "image more",
        "input": "2",
        "bare input": "5",
        "all of it": "end\n",
        "terminal": "/dev/pts/0",
        "no terminal": "not a tty",
        "in time": "quick",
    }
    text = run.results["text"]
    assert (text["rc"], text["stderr"], text["stdout_lines"]) == (0, "err", ["out"])
    assert "exec_id" not in text


def test_a_privileged_command_gets_more_capabilities(playbooks: Playbooks, container: str) -> None:
    command = {"command": "grep CapEff /proc/self/status"}
    run = playbooks.run_tasks(
        tasks(
            container,
            ("without", command),
            ("with", {**command, "privileged": True}),
            failed_when=False,
        )
    )
    said = run.results["with"]["stdout"]
    if run.results["with"]["rc"] == 126:
        # An engine that lacks a capability itself cannot give all of them.
        assert "unable to apply caps" in said
    else:
        without = run.results["without"]["stdout"]
        assert int(said.split()[1], 16) > int(without.split()[1], 16)


def test_a_detached_command_goes_on_by_itself(
    playbooks: Playbooks, engine: Engine, container: str
) -> None:
    run = playbooks.run_tasks(
        tasks(
            container,
            ("detached", {"command": "sh -c 'echo $WHO >/who'", "env": {"WHO": "x"}}),
            ("wait", {"command": "sleep 30", "detach": True, "user": "1000", "chdir": "/bin"}),
        )
    )
    assert run.returncode == 0, run.output
    result = run.results["wait"]
    assert result["changed"]
    assert not {"rc", "stdout", "stderr"} & set(result)
    running = engine.exec.inspect(result["exec_id"])
    assert running["Running"] is True
    assert running["ProcessConfig"]["user"] == "1000"


def test_a_path_decides_whether_a_command_is_run(
    playbooks: Playbooks, engine: Engine, container: str
) -> None:
    make = {"command": "touch /made", "creates": "/made"}
    remove = {"command": "rm /made", "removes": "/made"}
    steps = (("make", make), ("made", make), ("remove", remove), ("removed", remove))
    run = playbooks.run_tasks(
        [
            *tasks(container, ("make (check)", make), check_mode=True),
            *tasks(container, *steps[:3]),
            *tasks(container, ("removed (check)", remove), check_mode=True),
            *tasks(container, *steps[3:]),
        ]
    )
    assert run.returncode == 0, run.output
    assert run.changed == ["make (check)", "make", "remove"]
    assert run.results["make (check)"]["rc"] == 0
    assert "/made is there" in run.results["made"]["msg"]
    assert run.results["made"]["stdout"] == ""
    with pytest.raises(NotFound):
        engine.containers.archive_info(container, "/made")


def test_check_mode_runs_nothing_and_bears_a_container_that_is_not_there_yet(
    playbooks: Playbooks, engine: Engine, container: str, scratch: Scratch
) -> None:
    missing = scratch.name("later")
    run = playbooks.run_tasks(
        [
            *tasks(container, ("there", {"command": "touch /never"})),
            *tasks(missing, ("not there", {"command": "true", "creates": "/x"})),
            *tasks(missing, ("detached", {"command": "true", "detach": True})),
        ],
        "--check",
    )
    assert run.returncode == 0, run.output
    assert run.changed == ["there", "not there", "detached"]
    with pytest.raises(NotFound):
        engine.containers.archive_info(container, "/never")


def test_what_cannot_be_run_is_refused(
    playbooks: Playbooks, engine: Engine, container: str, scratch: Scratch, busybox: str
) -> None:
    stopped = scratch.name("stopped")
    engine.containers.create({"Image": busybox}, name=stopped)
    run = playbooks.run_tasks(
        [
            *tasks(
                container,
                ("two", {"command": "true", "argv": ["true"]}),
                ("none", {}),
                ("quote", {"command": "echo 'half"}),
                ("empty", {"command": " "}),
                ("input", {"command": "cat", "detach": True, "stdin": "x"}),
                ("endless", {"command": "true", "command_timeout": float("inf")}),
                ("number", {"command": "env", "env": {"PORT": 80}}),
                ("slow", {"command": "sh -c 'echo begun; sleep 30'", "command_timeout": 0.5}),
                ("no time", {"command": "true", "command_timeout": 0}),
                ("code", {"command": "sh -c 'echo why; exit 3'"}),
                ignore_errors=True,
            ),
            *tasks(scratch.name(), ("missing", {"command": "true"}), ignore_errors=True),
            *tasks(stopped, ("stopped", {"command": "true"}), ignore_errors=True),
        ]
    )
    said = run.messages
    assert list(said) == list(run.results), run.output
    assert "This is a bug" not in run.output
    assert "mutually exclusive" in said["two"]
    assert "one of the following is required: argv, command" in said["none"]
    assert said["quote"].startswith("command:")
    assert said["empty"] == "command: it is empty."
    assert said["input"].startswith("stdin:")
    assert said["endless"].startswith("command_timeout: inf")
    assert said["number"] == "env: the value of PORT is no string; quote it."
    assert (
        said["slow"]
        == f"sh in container {container} did not end within 0.5 s. It goes on in there."
    )
    assert said["no time"].startswith("command_timeout:")
    assert said["code"].endswith(f"sh in container {container} ended with exit code 3.")
    assert run.results["code"]["stdout"] == "why"
    assert "No such container" in said["missing"]
    assert "is not running" in said["stopped"]
