"""Services with a life on the cluster of three nodes."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.errors import Conflict, NotFound
from pytest_engine.core.service.body import LIFE_LABEL
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.services import LiveServices
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import Cluster
    from pytest_engine.core.service.service import LiveService

Make = Callable[..., "LiveService"]
# Ends at once when it is told to, as few shells do.
SLEEP = ["sh", "-c", "trap exit TERM; sleep 1000 & wait"]


def places(cluster: Cluster, service: LiveService) -> Counter[str]:
    """Count the running containers of a service on each node."""
    names = {node.id: node.name for node in cluster.nodes}
    running = [
        task["NodeID"]
        for task in service.refresh().tasks
        if task["DesiredState"] == "running" and task["Status"]["State"] == "running"
    ]
    return Counter(names[node] for node in running)


def tell_swarm(engine: Engine, service: LiveService, number: int, **life: Any) -> None:
    """Have the swarm run another number of containers, and record another life."""
    found = engine.services.inspect(service.uuid)
    recorded = json.dumps({**asdict(service.life), **life})
    labels = {**found["Spec"]["Labels"], LIFE_LABEL: recorded}
    mode = {"Replicated": {"Replicas": number}}
    spec: Any = {**found["Spec"], "Labels": labels, "Mode": mode}
    engine.services.update(service.uuid, spec, version=found["Version"]["Index"])


def removed(engine: Engine, volume: str) -> bool:
    with contextlib.suppress(Conflict):
        engine.volumes.remove(volume)
        return True
    return False


@pytest.fixture
def services(cluster: Cluster) -> Iterator[LiveServices]:
    """Those of the cluster, with the engines of all of its nodes."""
    network = f"net-{uuid.uuid4().hex[:8]}"
    nodes = [node.engine for node in cluster.workers]
    services = LiveServices(cluster.engine, network=network, nodes=nodes)
    yield services
    for service in services.engine.services.list():
        services.engine.services.remove(service["ID"])
    eventually(lambda: not services.engine.tasks.list())
    # Their containers are on their way out. A node that came back has another address.
    for engine in (services.engine, *(node.engine for node in cluster.workers)):
        for volume in engine.volumes.list(filters={"label": "io.pytest-engine.service.volume"})[
            "Volumes"
        ]:
            eventually(partial(removed, engine, volume["Name"]))

    def gone() -> bool:
        try:
            services.engine.networks.remove(network)
        except NotFound:
            return True
        return False

    eventually(gone)


@pytest.fixture
def make(services: LiveServices) -> Make:
    """Create a service that sleeps, or what is stated."""

    def create(**attributes: Any) -> LiveService:
        stated = {
            "image": "busybox",
            "name": f"service-{uuid.uuid4().hex[:8]}",
            "run_command": SLEEP,
            **attributes,
        }
        return services.create(ServiceDefinition(**stated))

    return create
