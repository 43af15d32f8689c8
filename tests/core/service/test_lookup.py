"""A service whose uuid begins like what is looked for, on a swarm of one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import NotFound
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.kind import ServiceKind, ServiceWanted
from pytest_engine.core.service.links import LinkedServiceMissing
from pytest_engine.core.service.services import LiveServices

# Fixtures, which are asked for by their names.
from tests.core.api.swarm.conftest import name, node  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine

pytestmark = pytest.mark.engine


@pytest.fixture
def services(engine: Engine, name: str) -> Iterator[LiveServices]:  # noqa: F811  # the fixture
    """Those of the engine."""
    services = LiveServices(engine, network=f"{name}-net")
    services.create(ServiceDefinition(image="busybox", name=name))
    yield services
    engine.services.remove(name)
    engine.networks.remove(f"{name}-net")


def test_a_service_is_found_by_its_name_and_its_whole_uuid_alone(
    services: LiveServices,
    name: str,  # noqa: F811  # the fixture
) -> None:
    uuid = services.get(name).uuid
    assert services.get(uuid).name == name
    with pytest.raises(NotFound, match=f"no service {uuid[:12]}, but one whose uuid begins so"):
        services.get(uuid[:12])
    assert services.find(uuid[:3]) is None


def test_another_service_is_not_terminated_nor_linked_to(
    services: LiveServices,
    name: str,  # noqa: F811  # the fixture
) -> None:
    short = services.get(name).uuid[:3]
    gone = reconcile(services.engine, ServiceKind(), ServiceWanted(short, {}), state="absent")
    assert not gone.changed
    linking = ServiceDefinition(
        image="busybox", name=f"{name}-2", linked_to_service=[{"to_service": short}]
    )
    with pytest.raises(LinkedServiceMissing, match=f"there is no service {short}"):
        services.create(linking)
