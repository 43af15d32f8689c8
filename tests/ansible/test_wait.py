"""Conditions on containers, waited for by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.container_wait"
SERVE = """
sleep 0.3; echo ready; echo ready; mkdir /www; echo 'all is well' >/www/health
httpd -p 8000 -h /www; touch /done; sleep 600
"""


def started(engine: Engine, name: str, image: str, script: str, **config: Any) -> str:
    body: Any = {"Image": image, "Cmd": ["sh", "-c", script], **config}
    engine.containers.create(body, name=name)
    engine.containers.start(name)
    return name


def wait(
    playbooks: Playbooks, name: str, *arguments: str, **tasks: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Wait for one thing after the other."""
    run = playbooks.run_tasks(
        [
            {
                "name": task,
                MODULE: {"container": name, "wait_timeout": 30, **options},
                "ignore_errors": True,
            }
            for task, options in tasks.items()
        ],
        *arguments,
    )
    assert run.changed == []
    assert "This is a bug" not in run.output
    return run.results


def test_every_condition_can_be_waited_for(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = started(
        engine,
        scratch.name("wait"),
        busybox,
        SERVE,
        Healthcheck={"Test": ["CMD", "test", "-e", "/done"], "Interval": 200_000_000},
        ExposedPorts={"8000/tcp": {}},
    )
    results = wait(
        playbooks,
        name,
        log={"log": {"text": "ready", "times": 2, "stream": "stdout"}},
        pattern={"log": {"pattern": "^read.$"}},
        port={"port": 8000},
        http={"http": {"path": "/health", "port": 8000, "body": "all is well"}},
        status={"http": {"path": "/nothing", "port": 8000, "status": [403, 404]}},
        healthy={"healthy": True},
        exec={"exec": {"command": "test -e /done"}},
        code={"exec": {"argv": ["sh", "-c", "exit 4"], "exit_code": 4}},
        several={"port": 8000, "all": [{"log": {"text": "ready"}}, {"healthy": True}]},
        either={"any": [{"log": {"text": "never"}}, {"port": 8000, "healthy": True}]},
    )
    failed = {task: result["msg"] for task, result in results.items() if result.get("failed")}
    assert failed == {}
    assert results["port"]["container"]["Name"] == f"/{name}"
    assert 0 <= results["either"]["elapsed"] < 30


def test_an_end_can_be_waited_for(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = started(engine, scratch.name("job"), busybox, "sleep 0.5; echo last words; exit 3")
    results = wait(
        playbooks,
        name,
        code={"exit": {"code": 3}},
        any_end={"exit": {}},
        other={"exit": {"code": 0}},
        ready={"log": {"text": "ready"}},
    )
    assert results["code"]["container"]["State"]["ExitCode"] == 3
    assert not results["any_end"].get("failed")
    assert results["other"]["exit_code"] == results["ready"]["exit_code"] == 3
    assert "last words" in results["ready"]["log_tail"]
    assert "last words" in results["ready"]["msg"]


def test_what_does_not_come_true_fails_with_what_was_seen(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = started(engine, scratch.name("slow"), busybox, "echo begun; sleep 600")
    short = {"wait_timeout": 0.5}
    results = wait(
        playbooks,
        name,
        late={"log": {"text": "ready"}, **short},
        check={"healthy": True, **short},
        nothing={},
        empty={"any": [{}], **short},
        untrue={"healthy": False},
        pattern={"log": {"pattern": "("}},
        both={"log": {"text": "a", "pattern": "b"}},
        port={"port": 70000},
        time={"port": 80, "wait_timeout": 0},
        missing={"container": scratch.name("missing"), "port": 80},
    )
    said = {task: result["msg"] for task, result in results.items() if result.get("failed")}
    assert list(said) == list(results)
    assert "log('ready')" in said["late"]
    assert "begun" in results["late"]["log_tail"]
    assert "no healthcheck" in said["check"]
    assert said["nothing"].startswith("Nothing to wait for: state one of log, port")
    assert said["untrue"] == said["nothing"]
    assert said["empty"] == "any: an item of it states no condition."
    assert "is no regular expression" in said["pattern"]
    assert "mutually exclusive: text|pattern" in said["both"]
    assert "70000 is no port number" in said["port"]
    assert said["time"].startswith("timeout: 0")
    assert "No such container" in said["missing"]


def test_check_mode_does_not_wait_for_what_has_not_been_done(
    playbooks: Playbooks, scratch: Scratch
) -> None:
    name = scratch.name("later")
    results = wait(playbooks, name, "--check", good={"port": 80}, bad={"port": 0})
    assert results["good"]["elapsed"] == 0
    assert "0 is no port number" in results["bad"]["msg"]
