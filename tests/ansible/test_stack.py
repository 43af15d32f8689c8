"""The modules `stack`, `stack_info` and `stack_task_info`."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import request_log

from .steps import play
from .test_info import see

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
    pytest.mark.usefixtures("node"),
]

FILE = """\
services:
  web:
    image: ${IMAGE:-busybox}
    command: [sleep, "600"]
    stop_grace_period: 1s
    environment:
      - STAGE=test
    configs: [conf]
configs:
  conf:
    file: ./conf
"""


def test_a_task_brings_about_a_stack(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("shop")
    path = tmp_path / "stack.yml"
    path.write_text(FILE)
    (tmp_path / "conf").write_text("one")
    above = {"services": {"web": {"environment": {"LIVE": 1}, "image": busybox}}}
    # Its image is in no registry.
    plain = {"name": name, "resolve_image": "never"}
    from_file = {**plain, "compose": [str(path)], "detach": False, "wait_timeout": 60}
    both = {**plain, "compose": [str(path), above]}
    results = play(
        playbooks,
        "stack",
        [
            ("deploy", from_file, True),
            ("again", from_file, False),
            ("over it", both, True),
            ("over it again", both, False),
        ],
    )
    created = ["network {}_default", "config {}_conf", "service {}_web"]
    assert results["deploy"]["actions"] == [f"create {what.format(name)}" for what in created]
    (service,) = results["deploy"]["services"]
    assert service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "busybox"
    assert results["over it"]["stack_spec_diff"] == {
        f"{name}_web": {
            "before": {"exists": True, "env": {"STAGE": "test"}},
            "after": {
                "exists": True,
                "env": {"STAGE": "test", "LIVE": "1"},
                "actions": [f"update service {name}_web"],
            },
        }
    }
    assert "stack_spec_diff" not in results["again"]

    (stacks,) = see(playbooks, "stack_info", {})
    assert [stack["Name"] for stack in stacks["results"]] == [name]
    tasks, none = see(playbooks, "stack_task_info", {"name": name}, {"name": "nobody"})
    assert {task["Name"] for task in tasks["results"]} == {f"{name}_web.1"}
    assert none["results"] == []

    gone = {"name": name, "state": "absent", "absent_retries": 20}
    play(playbooks, "stack", [("remove", gone, True), ("removed", gone, False)])
    assert engine.networks.list(filters={"name": name}) == []


PLAIN = """\
x-web: &web
  image: IMAGE
  deploy: {replicas: 0}
services:
  web:
    <<: *web
    tty: on
    secrets: [{source: key, mode: 0440}]
    environment: {SSL: on, SINCE: 2020-01-01, PORT: 22:22, ZIP: 0999, REAL: true, COUNT: 12}
secrets:
  key: {content: =}
"""


def test_a_file_means_what_it_means_to_docker(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("plain")
    path = tmp_path / "stack.yml"
    path.write_text(PLAIN.replace("IMAGE", busybox))
    options = {"name": name, "resolve_image": "never", "compose": [str(path)]}
    play(playbooks, "stack", [("deploy", options, True), ("again", options, False)])
    service: Any = engine.services.inspect(f"{name}_web")
    container = service["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert container["TTY"] is True
    assert container["Secrets"][0]["File"]["Mode"] == 0o440
    assert sorted(container["Env"]) == [
        "COUNT=12",
        "PORT=22:22",
        "REAL=true",
        "SINCE=2020-01-01",
        "SSL=on",
        "ZIP=0999",
    ]
    gone = {"name": name, "state": "absent", "absent_retries": 20}
    play(playbooks, "stack", [("remove", gone, True)])


def test_fifty_services_are_looked_at_at_once(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("many")
    # What is counted are requests, for which nothing has to run.
    one = {"image": busybox, "configs": ["conf"], "secrets": ["key"], "deploy": {"replicas": 0}}
    services = {f"s{number}": one for number in range(50)}
    contents = {"configs": {"conf": {"content": "a"}}, "secrets": {"key": {"content": "b"}}}
    file = {"services": services, **contents}
    other = {**file, "services": {**services, "s7": {**one, "user": "5"}}}
    steps = {"deploy": file, "again": file, "another user": other}
    requests = {}
    with request_log(playbooks.engine_host) as log:
        for step, compose in steps.items():
            options = {
                "docker_host": log.host,
                "name": name,
                "resolve_image": "never",
                "compose": [compose],
            }
            run = playbooks.run_tasks([{"name": step, "pytest_engine.engine.stack": options}])
            assert run.returncode == 0, run.output
            assert len(run.results[step]["services"]) == 50
            requests[step] = [line for line in log.take() if line != "GET /_ping"]
        actions = run.results["another user"]["actions"]
        gone = {"docker_host": log.host, "name": name, "state": "absent"}
        playbooks.run_tasks([{"name": "gone", "pytest_engine.engine.stack": gone}])
        removed = log.take()
    assert actions == [f"update service {name}_s7"]
    # Each of the four sorts is listed once, and what the stack has besides services looked up.
    assert sorted(requests["again"]) == [
        "GET /configs",
        "GET /configs",
        "GET /networks",
        f"GET /networks/{name}_default",
        "GET /secrets",
        "GET /secrets",
        "GET /services",
    ]
    assert len(requests["another user"]) == len(requests["again"]) + 2
    # To create a service, and to look what it has become.
    assert len(requests["deploy"]) <= 2 * 50 + 20
    assert len(removed) <= 50 + 10
    assert engine.services.list(filters={"name": name}) == []


def test_a_stack_that_does_not_get_there_tells_what_was_done(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("stuck")
    nowhere = {"placement": {"constraints": ["node.labels.nowhere == here"]}}
    file = {"services": {"web": {"image": busybox, "networks": ["host"], "deploy": nowhere}}}
    networks = {"networks": {"host": {"external": True, "name": "host"}}}
    options = {
        "name": name,
        "compose": [{**file, **networks}],
        "resolve_image": "never",
        "detach": False,
    }
    gone = {"name": name, "state": "absent"}
    tasks: list[dict[str, Any]] = [
        {"name": "deploy", "pytest_engine.engine.stack": options, "ignore_errors": True},
        {"name": "remove", "pytest_engine.engine.stack": gone},
    ]
    run = playbooks.run_tasks(tasks)
    told = run.results["deploy"]
    assert "constraints not satisfied" in run.messages["deploy"]
    assert (told["changed"], told["actions"]) == (True, [f"create service {name}_web"])
    assert [one["Spec"]["Name"] for one in told["services"]] == [f"{name}_web"]
    assert run.changed == ["deploy", "remove"]


def test_what_a_stack_cannot_have_is_said(
    playbooks: Playbooks, scratch: Scratch, tmp_path: Path
) -> None:
    name = scratch.name("shop")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("services: [")
    cases: dict[str, dict[str, Any]] = {
        "no file": {"compose": []},
        "missing": {"compose": ["/no/such/file"]},
        "no YAML": {"compose": [str(wrong)]},
        "unknown": {"compose": [{"services": {"web": {"image": "a", "imag": "b"}}}]},
        "both": {"compose": [], "cli_context": "x", "docker_host": "unix:///x"},
    }
    tasks: list[dict[str, Any]] = [
        {
            "name": case,
            "pytest_engine.engine.stack": {"name": name, **options},
            "ignore_errors": True,
        }
        for case, options in cases.items()
    ]
    messages = playbooks.run_tasks(tasks).messages
    assert messages.keys() == cases.keys()
    assert "at least one" in messages["no file"]
    assert "/no/such/file" in messages["missing"]
    assert "no YAML" in messages["no YAML"]
    assert "services.web: imag" in messages["unknown"]
    assert "mutually exclusive" in messages["both"]


def test_a_context_leads_to_the_engine(
    playbooks: Playbooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "contexts" / "meta" / hashlib.sha256(b"lab").hexdigest()
    place.mkdir(parents=True)
    context = {"Name": "lab", "Endpoints": {"docker": {"Host": playbooks.engine_host}}}
    (place / "meta.json").write_text(json.dumps(context))
    monkeypatch.delenv("DOCKER_HOST")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    tasks: list[dict[str, Any]] = [
        {
            "name": name,
            "pytest_engine.engine.stack_info": {"cli_context": name},
            "ignore_errors": True,
        }
        for name in ("lab", "elsewhere")
    ]
    # Without the defaults that tests usually have, which name the engine.
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    run = playbooks.run(playbook)
    assert "lab" not in run.messages, run.messages
    assert run.results["lab"]["results"] == []
    assert "elsewhere" in run.messages["elsewhere"]
