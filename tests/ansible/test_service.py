"""The module service, on a swarm of three nodes."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.clusters import LACKS_NODES

from .steps import play

if TYPE_CHECKING:
    from pytest_engine.core.cluster import Cluster, ClusterNode

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.slow, LACKS_NODES]

SLEEP = ["sh", "-c", "trap exit TERM; sleep 1000 & wait"]


def reached(node: ClusterNode) -> dict[str, Any]:
    """Say how a task reaches the engine of a node."""
    folder = node.certificates
    return {
        "docker_host": f"tcp://{node.published}",
        "validate_certs": True,
        "ca_path": str(folder / "ca.pem"),
        "client_cert": str(folder / "cert.pem"),
        "client_key": str(folder / "key.pem"),
    }


def test_service(playbooks: Playbooks, cluster: Cluster) -> None:
    name = f"service-{uuid.uuid4().hex[:8]}"
    to = {**reached(cluster.managers[0]), "name": name}
    wanted = {
        **to,
        "image": "busybox",
        "run_command": SLEEP,
        "container_envvars": {"PASSWORD": "hidden-1", "MODE": "one"},
        "container_ports": [{"inner_port": 80, "published": True}],
        "labels": {"tier": "one"},
    }
    other = {**wanted, "container_envvars": {"PASSWORD": "hidden-2", "MODE": "one"}}
    results = play(
        playbooks,
        "service",
        [
            ("create", {**wanted, "state": "present"}, True),
            ("created", {**wanted, "state": "present"}, False),
            ("not running", {**to, "state": "stopped"}, False),
            ("start", wanted, True),
            ("started", wanted, False),
            ("what is not stated stays", to, False),
            ("scale", {**to, "target_num_containers": 2}, True),
            ("scaled", {**to, "target_num_containers": 2}, False),
            ("update", other, True),
            ("updated", other, False),
            ("redeploy", {**to, "state": "redeployed"}, True),
            ("stop", {**to, "state": "stopped"}, True),
            ("stopped", {**to, "state": "stopped"}, False),
            ("start again", to, True),
            ("ends", {**to, "run_command": ["true"]}, True),
            ("has ended", {**to, "state": "stopped"}, False),
            ("remove", {**to, "state": "absent"}, True),
            ("removed", {**to, "state": "absent"}, False),
        ],
    )
    states = {step: result["service"].get("state") for step, result in results.items()}
    assert states["has ended"] == "Stopped"
    assert states["create"] == states["not running"] == "Not running"
    assert states["start"] == states["redeploy"] == states["start again"] == "Running"
    assert states["stop"] == "Stopped"
    assert results["create"]["actions"] == [f"create service {name}"]
    assert results["scale"]["actions"] == [f"update service {name}", f"scale service {name}"]
    assert results["scale"]["service"]["running_num_containers"] == 2
    assert results["scale"]["diff"]["before"]["target_num_containers"] == 1
    assert results["scale"]["diff"]["after"]["target_num_containers"] == 2
    assert "hidden" not in json.dumps(results["update"]["diff"])
    assert results["remove"]["service"] == {}


def test_a_service_stays_on_its_network_until_another_is_stated(
    playbooks: Playbooks, cluster: Cluster
) -> None:
    name, network = (f"{what}-{uuid.uuid4().hex[:8]}" for what in ("service", "back"))
    to = {**reached(cluster.managers[0]), "name": name}
    other = {**to, "network": f"{network}-2"}
    results = play(
        playbooks,
        "service",
        [
            ("start", {**to, "image": "busybox", "run_command": SLEEP, "network": network}, True),
            ("scale", {**to, "target_num_containers": 2}, True),
            ("same", {**to, "network": network}, False),
            ("other", other, True),
            ("again", other, False),
            ("not stated", to, False),
            ("remove", {**to, "state": "absent"}, True),
        ],
    )
    containers = {step: result["service"].get("containers") for step, result in results.items()}
    # The first goes on as it was.
    assert set(containers["start"]) < set(containers["scale"])
    assert not set(containers["scale"]) & set(containers["other"])
    assert results["other"]["diff"]["before"]["network"] == network
    assert results["other"]["diff"]["after"]["network"] == f"{network}-2"


def test_a_service_that_does_not_come_up_says_why(playbooks: Playbooks, cluster: Cluster) -> None:
    to = reached(cluster.managers[0])
    name = f"service-{uuid.uuid4().hex[:8]}"
    failing = {"image": "busybox", "name": name, "wait_timeout": 10}
    cases: list[dict[str, Any]] = [
        {**to, **failing, "tags": ["nowhere"]},
        {**to, "name": name, "state": "absent"},
        {**to, **failing, "run_command": "/no-such-program"},
        {**to, "name": name, "state": "absent"},
        {**to, "name": "no-image"},
        {**to, **failing, "memory_swap": 1},
        {**reached(cluster.workers[0]), **failing},
    ]
    tasks = [
        {"name": str(number), "pytest_engine.engine.service": case, "ignore_errors": True}
        for number, case in enumerate(cases)
    ]
    results = playbooks.run_tasks(tasks).results
    messages = {key: result.get("msg", "") for key, result in results.items()}
    assert "no suitable node" in messages["0"]
    assert "no such file" in messages["2"]
    assert "image: state what" in messages["4"]
    assert "memory_swap: it is memory and swap together" in messages["5"]
    assert "manager" in messages["6"]
    assert [key for key, result in results.items() if result.get("failed")] == list("02456")
