"""Services with a life as wanted states, on three nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.service.kind import ServiceKind, ServiceWanted
from tests.clusters import LACKS_NODES
from tests.core.service.conftest import tell_swarm

if TYPE_CHECKING:
    from pytest_engine.core.cluster import Cluster
    from pytest_engine.core.service.service import LiveService
    from tests.core.service.conftest import Make

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def brought(cluster: Cluster, service: LiveService, state: str, **attributes: Any) -> Outcome:
    wanted = ServiceWanted(service.name, attributes)
    outcome = reconcile(cluster.engine, ServiceKind(timeout=30), wanted, state=state)
    service.refresh()
    return outcome


@pytest.mark.parametrize("state", ["present", "started"])
def test_what_a_start_that_was_killed_has_left_is_completed(
    cluster: Cluster, make: Make, state: str
) -> None:
    service = make(target_num_containers=2)
    service.start().wait_until("Running")
    # As it is when the swarm has been asked for the first alone.
    tell_swarm(cluster.engine, service, 1, replicas=2)
    service.wait_until("Partly running")
    outcome = brought(cluster, service, state)
    assert [action.verb for action in outcome.actions] == ["scale"]
    assert (service.state, service.counts.running) == ("Running", 2)
    assert not brought(cluster, service, state).changed


def test_a_number_that_was_set_and_not_reached_is_reached(cluster: Cluster, make: Make) -> None:
    service = make()
    service.start().wait_until("Running")
    # As it is when a task was killed between the update and the scaling.
    service.update(target_num_containers=2)
    service.wait_until("Running")
    assert brought(cluster, service, "started", target_num_containers=2).changed
    assert service.counts.running == 2


def test_a_service_that_somebody_has_scaled_comes_back(cluster: Cluster, make: Make) -> None:
    service = make()
    service.start().wait_until("Running")
    tell_swarm(cluster.engine, service, 3)
    service.wait_until("Running")
    assert brought(cluster, service, "started").changed
    assert (service.state, service.counts.running) == ("Running", 1)
    assert not brought(cluster, service, "started").changed


def test_a_number_for_every_node_is_refused_before_anything_is_done(
    cluster: Cluster, make: Make
) -> None:
    service = make(deployment_strategy="EVERY_NODE")
    service.start().wait_until("Running")
    assert not brought(cluster, service, "started").changed
    with pytest.raises(InvalidInput, match="leave it out"):
        brought(cluster, service, "started", target_num_containers=2, nickname="Nick")
    assert service.refresh().definition.nickname == service.name
