"""A swarm of one engine, and names for what tests make in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.core.swarms import eventually, swarm_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch


@pytest.fixture(scope="module")
def node(engine: Engine) -> Iterator[str]:
    """The node of a swarm that the engine is all of."""
    with swarm_of(engine) as name:
        yield name


@pytest.fixture
def name(engine: Engine, node: str, scratch: Scratch) -> Iterator[str]:
    """A name for objects of the swarm, which are removed after the test."""
    assert node
    own = scratch.name()
    yield own
    services = [found["ID"] for found in engine.services.list(filters={"name": own})]
    for service in services:
        engine.services.remove(service)
    for service in services:
        running = {"label": f"com.docker.swarm.service.id={service}", "status": "running"}
        eventually(partial(_has_none, engine, running))
    for objects in (engine.secrets, engine.configs):
        for found in objects.list(filters={"name": own}):
            objects.remove(found["ID"])


def _has_none(engine: Engine, filters: Mapping[str, str]) -> bool:
    return not engine.containers.list(filters=filters)
