"""Conditions on containers, waited for by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.container_wait"
SERVE = """
sleep 0.3; echo ready; echo ready; mkdir /www; echo 'all is well' >/www/health
echo '{"db": {"up": true, "n": 1}}' >/www/status.json
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
        output={"exec": {"command": "cat /www/health", "output": "well"}},
        file={"file": {"path": "/done"}},
        content={"file": {"path": "/www/health", "content": "is well"}},
        matching={"file": {"path": "/www/health", "pattern": "^all .* well$"}},
        stable={"stable": 0.5},
        json={"http": {"path": "/status.json", "port": 8000, "json": {"db": {"up": True}}}},
        either={"any": [{"log": {"text": "never"}}, {"port": 8000, "healthy": True}]},
    )
    failed = {task: result["msg"] for task, result in results.items() if result.get("failed")}
    assert failed == {}
    assert results["port"]["container"]["Name"] == f"/{name}"
    assert 0 <= results["either"]["elapsed"] < 30


def test_a_udp_port_can_be_waited_for(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, lab: LabImages
) -> None:
    lab.require("python:3")
    engine.images.pull("python:3")
    program = (
        "import socket; s = socket.socket(2, 2); s.bind(('', 53))\n"
        "while True: s.sendto(*s.recvfrom(9))"
    )
    name = scratch.name("udp")
    body: Any = {"Image": "python:3", "Cmd": ["python3", "-c", program]}
    engine.containers.create(body, name=name)
    engine.containers.start(name)
    results = wait(
        playbooks,
        name,
        text={"udp": {"port": 53, "send": "hello"}},
        base64={"udp": {"port": 53, "send_base64": "AAECAw=="}},
        nothing={"udp": {"port": 53}},
        silent={"udp": {"port": 54, "send": "hello"}, "wait_timeout": 1.5},
    )
    assert [task for task, result in results.items() if result.get("failed")] == ["silent"]
    assert "port(54, 'udp', send=b'hello')" in results["silent"]["msg"]


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
        many={"file": {"path": "/a", "pattern": "x{9999999999}"}},
        deep={"log": {"pattern": "(" * 3000 + ")" * 3000}},
        headers={"http": {"headers": {"X-A": None}, "port": 80}},
        both={"log": {"text": "a", "pattern": "b"}},
        port={"port": 70000},
        time={"port": 80, "wait_timeout": 0},
        file={"file": {"path": "/nowhere"}, **short},
        relative={"file": {"path": "nowhere"}},
        stable={"stable": 0},
        base64={"udp": {"port": 53, "send_base64": "?"}},
        plain={"http": {"path": "/", "validate_certs": False}},
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
    assert said["pattern"].startswith("log.pattern: '(' is no regular expression")
    assert said["many"].startswith("file.pattern: 'x{9999999999}' is no regular expression")
    assert said["deep"].startswith("log.pattern: '((((")
    assert said["headers"].startswith("http.headers: X-A is null.")
    assert "mutually exclusive: text|pattern" in said["both"]
    assert "70000 is no port number" in said["port"]
    assert said["time"].startswith("wait_timeout: 0")
    assert "there is no /nowhere" in said["file"]
    assert "the path is an absolute one" in said["relative"]
    assert said["stable"].startswith("wait.stable: 0")
    assert said["base64"].startswith("udp: send_base64 is no Base64")
    assert said["plain"] == "http: ca_path and validate_certs are for tls: true."
    assert "No such container" in said["missing"]


def test_check_mode_does_not_wait_for_what_has_not_been_done(
    playbooks: Playbooks, scratch: Scratch
) -> None:
    name = scratch.name("later")
    results = wait(playbooks, name, "--check", good={"port": 80}, bad={"port": 0})
    assert results["good"]["elapsed"] == 0
    assert "0 is no port number" in results["bad"]["msg"]
