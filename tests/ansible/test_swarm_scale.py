"""What is asked of a manager does not grow with the services and tasks that its swarm has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import request_log

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.request_log import RequestLog

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
    pytest.mark.usefixtures("node"),
]

TASKS_EACH = 5


def compose(image: str, services: int) -> dict[str, Any]:
    """Describe services whose tasks are there, and wait for a node that will never come."""
    nowhere = {"constraints": ["node.labels.nowhere == here"]}
    deploy = {"replicas": TASKS_EACH, "placement": nowhere}
    one = {
        "image": image,
        "command": ["sleep", "600"],
        "deploy": deploy,
        # Known to a swarm by an id of its own, which no list has.
        "networks": ["default", "host"],
    }
    return {
        "services": {f"s{number}": one for number in range(services)},
        "networks": {"host": {"external": True, "name": "host"}},
    }


def asked(playbooks: Playbooks, log: RequestLog, name: str, file: dict[str, Any]) -> dict[str, Any]:
    """Look at everything, and bring about what is there already: each use -> its requests."""
    uses: dict[str, tuple[str, dict[str, Any]]] = {
        "one": ("swarm_service_info", {"name": f"{name}_s0", "tasks": True}),
        "all": ("swarm_info", {"nodes": True, "services": True, "tasks": True}),
        "tasks": ("stack_task_info", {"name": name}),
        "stack": ("stack", {"name": name, "compose": [file], "resolve_image": "never"}),
    }
    requests: dict[str, Any] = {}
    for use, (module, options) in uses.items():
        task = {f"pytest_engine.engine.{module}": {"docker_host": log.host, **options}}
        run = playbooks.run_tasks([{"name": use, **task}])
        assert (run.returncode, run.changed) == (0, []), run.output
        requests[use] = sorted(log.take())
        count = len(file["services"])
        told = run.results[use]
        if use == "all":
            assert (len(told["services"]), len(told["tasks"])) == (count, count * TASKS_EACH)
        elif use == "one":
            assert len(told["tasks"]) == TASKS_EACH
    source = {"plugin": "pytest_engine.engine.swarm", "docker_host": log.host}
    listed = playbooks.list_hosts(source, name="some.swarm.yml")
    assert len(listed["_meta"]["hostvars"]) == 1
    requests["inventory"] = log.take()
    return requests


def test_more_services_and_tasks_take_no_more_requests(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("shop")
    seen = []
    with request_log(playbooks.engine_host) as log:
        for count in (10, 30):
            file = compose(busybox, count)
            options = {"name": name, "compose": [file], "resolve_image": "never"}
            made = playbooks.run_tasks([{"name": "made", "pytest_engine.engine.stack": options}])
            assert made.returncode == 0, made.output
            log.take()
            seen.append(asked(playbooks, log, name, file))
    few, many = seen
    assert few == many
    counts = {
        use: len([one for one in requests if one != "GET /_ping"]) for use, requests in many.items()
    }
    assert counts == {"one": 2, "all": 6, "tasks": 3, "stack": 4, "inventory": 1}
    for service in engine.services.list(filters={"name": name}):
        engine.services.remove(service["ID"])
