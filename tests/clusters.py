"""Swarms of several nodes for tests: one for the whole run, whole again for each test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.cluster import Cluster
from tests.conftest import FOREIGN_HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages

__all__ = ["LACKS_NODES", "NODE_IMAGE"]

NODE_IMAGE = os.environ.get("PYTEST_ENGINE_TEST_NODE_IMAGE") or (
    "docker:27-dind" if FOREIGN_HOST else "engine:26.1"
)
LACKS_NODES = pytest.mark.lacks(
    "podman5", reason="its containers are not allowed what an engine in them needs"
)


@pytest.fixture(scope="session")
def node_image(engine: Engine, lab: LabImages) -> str:
    """What the nodes of clusters run."""
    del engine
    if not FOREIGN_HOST:
        lab.require(NODE_IMAGE)
    return NODE_IMAGE


@pytest.fixture(scope="session")
def _cluster(engine: Engine, node_image: str, busybox: str) -> Iterator[Cluster]:
    with Cluster.start(engine, image=node_image, images=[busybox]) as cluster:
        yield cluster


@pytest.fixture
def cluster(_cluster: Cluster) -> Iterator[Cluster]:
    """One manager and two workers, with busybox; services and faults go with the test."""
    yield _cluster
    _cluster.mend()
    engine = _cluster.engine
    for service in engine.services.list():
        engine.services.remove(service["ID"])
    for node in _cluster.nodes:
        node.activate()
