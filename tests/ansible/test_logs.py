"""What containers have logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.container_logs"


def ended(engine: Engine, name: str, image: str, script: str, **config: Any) -> str:
    """A container that has run a script to its end."""
    body: Any = {"Image": image, "Cmd": ["sh", "-c", script], **config}
    engine.containers.create(body, name=name)
    engine.containers.start(name)
    engine.containers.wait(name)
    return name


def read(playbooks: Playbooks, name: str, **tasks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Read a container's log in several ways; all of it in check mode."""
    run = playbooks.run_tasks(
        [
            {"name": task, MODULE: {"container": name, **options}, "ignore_errors": True}
            for task, options in tasks.items()
        ],
        "--check",
    )
    assert run.changed == []
    return run.results


def test_a_log_is_read_whole_or_in_part(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    script = "echo one; sleep 0.1; echo two >&2; sleep 0.1; printf 'three\\r\\n'; printf 'f\\377ur'"
    name = ended(engine, scratch.name("log"), busybox, script)
    said = read(
        playbooks,
        name,
        all={},
        out={"stderr": False},
        err={"stdout": False},
        tail={"tail": 2},
        none={"tail": 0},
        lately={"since": "1h"},
        later={"since": "2099-01-01T00:00:00Z"},
        before={"until": "1700000000"},
        stamped={"stdout": False, "timestamps": True},
    )
    assert said["all"]["lines"] == ["one", "two", "three", "f\ufffdur"]
    assert said["all"]["stdout_lines"] == ["one", "three", "f\ufffdur"]
    assert said["all"]["stderr"] == "two"
    assert said["out"]["lines"] == ["one", "three", "f\ufffdur"]
    assert said["err"]["lines"] == ["two"]
    assert said["tail"]["lines"] == ["three", "f\ufffdur"]
    assert said["lately"]["lines"] == said["all"]["lines"]
    assert said["none"]["lines"] == said["later"]["lines"] == said["before"]["lines"] == []
    assert said["stamped"]["stderr"].startswith("20")
    assert said["stamped"]["stderr"].endswith("Z two")


def test_a_terminal_has_one_stream(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = ended(engine, scratch.name("tty"), busybox, "echo one; echo two >&2", Tty=True)
    said = read(playbooks, name, all={})["all"]
    assert (said["lines"], said["stderr"]) == (["one", "two"], "")


def test_what_cannot_be_read_is_refused(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = ended(engine, scratch.name("refused"), busybox, "true")
    said = read(
        playbooks,
        name,
        since={"since": "yesterday"},
        until={"until": "2030-05-17"},
        tail={"tail": -1},
        neither={"stdout": False, "stderr": False},
        missing={"container": scratch.name("missing")},
    )
    messages = {task: result["msg"] for task, result in said.items() if result.get("failed")}
    assert messages["since"] == "since: 'yesterday' is no duration like 30s or 1m30s."
    assert messages["until"].startswith("until: '2030-05-17' is no moment")
    assert messages["tail"] == "tail: -1 is no number of lines."
    assert "choose stdout, stderr or both" in messages["neither"]
    assert "No such container" in messages["missing"]
