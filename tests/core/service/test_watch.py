"""What the watcher does: autodestroy and autoredeploy."""

from __future__ import annotations

import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.system import System
from pytest_engine.core.errors import NotFound, NotSwarmManager
from pytest_engine.core.service.services import LiveServices
from pytest_engine.core.service.states import WrongState
from pytest_engine.core.service.watch import look_once, watch
from tests.clusters import LACKS_NODES

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import Cluster
    from pytest_engine.core.service.service import LiveService
    from tests.core.service.conftest import Make

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def ended(make: Make, autodestroy: str, exit_code: int) -> LiveService:
    service = make(autodestroy=autodestroy, run_command=["sh", "-c", f"exit {exit_code}"])
    return service.start().wait_until("Stopped")


@pytest.mark.parametrize(
    ("autodestroy", "exit_code", "is_gone"),
    [("ON_SUCCESS", 0, True), ("ON_SUCCESS", 3, False), ("ALWAYS", 3, True), ("OFF", 0, False)],
)
def test_what_has_ended_is_terminated_as_stated(
    make: Make, services: LiveServices, autodestroy: str, exit_code: int, is_gone: object
) -> None:
    service = ended(make, autodestroy, exit_code)
    said: list[str] = []
    assert look_once(services, said.append) == (1 if is_gone else 0)
    assert (services.find(service.uuid) is None) is is_gone
    assert said == [f"{service.name}: terminated: its containers have ended"] * (
        1 if is_gone else 0
    )
    # Once more does nothing.
    assert look_once(services, said.append) == 0


def test_what_was_stopped_or_never_started_stays(make: Make, services: LiveServices) -> None:
    make(autodestroy="ALWAYS")
    stopped = make(autodestroy="ALWAYS")
    stopped.start().wait_until("Running")
    assert look_once(services) == 0
    stopped.stop().wait_until("Stopped")
    assert look_once(services) == 0


def spec_of(services: LiveServices, service: LiveService) -> Any:
    return services.engine.services.inspect(service.uuid)["Spec"]


class Registry(LiveServices):
    """Services whose images are what a test says."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.told: str | None = "sha256:1"

    def digest(self, definition: object) -> str | None:
        del definition
        return self.told


def test_a_newer_image_is_deployed_once(make: Make, services: LiveServices) -> None:
    service = make(autoredeploy=True)
    service.start().wait_until("Running")
    registry = Registry(services.engine)
    # It was deployed when no registry answered.
    assert service.life.digest is None
    assert look_once(registry) == 0
    assert service.refresh().life.digest == "sha256:1"
    (network,) = spec_of(services, service)["TaskTemplate"]["Networks"]
    registry.told = "sha256:2"
    late = registry.get(service.uuid)
    assert look_once(registry) == 1
    with pytest.raises(WrongState):
        late.redeploy(digest="sha256:2")
    service.wait_until("Running")
    # On the network that it was made with, whoever redeploys it.
    assert spec_of(services, service)["TaskTemplate"]["Networks"] == [network]
    with pytest.raises(WrongState, match="is deployed already"):
        late.redeploy(digest="sha256:2")
    assert look_once(registry) == 0
    assert service.refresh().life.digest == "sha256:2"
    registry.told = None
    said: list[str] = []
    assert look_once(registry, said.append) == 0
    assert said == [f"{service.name}: the registry does not tell what busybox is"]


def test_another_image_is_not_deployed_twice(make: Make, services: LiveServices) -> None:
    service = make(autoredeploy=True)
    service.start().wait_until("Running")
    service.note(digest="sha256:1")
    registry = Registry(services.engine)
    registry.told = "sha256:2"
    registry.get(service.uuid).update(image="busybox:latest").wait_until("Running")
    assert service.refresh().life.digest == "sha256:2"
    assert look_once(registry) == 0


def test_a_link_that_leads_nowhere_is_told(make: Make, services: LiveServices) -> None:
    database = make()
    service = make(autoredeploy=True, linked_to_service=[{"to_service": database.name}])
    service.start().wait_until("Running")
    registry = Registry(services.engine)
    assert look_once(registry) == 0
    database.terminate()
    registry.told = "sha256:2"
    said: list[str] = []
    assert look_once(registry, said.append) == 0
    (told,) = said
    assert told == (
        f"Service {service.name}: linked_to_service: there is no service {database.name}. Create "
        f"it, or update {service.name} to do without it."
    )


def test_the_command_line_looks_once(make: Make, cluster: Cluster, services: LiveServices) -> None:
    service = ended(make, "ALWAYS", 1)
    done = subprocess.run(
        [sys.executable, "-m", "pytest_engine", "watch", "--once"],
        env=cluster.managers[0].environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{service.name}: terminated: its containers have ended\n"
    with pytest.raises(NotFound):
        services.get(service.uuid)


def test_it_looks_again_when_something_happens(
    make: Make, cluster: Cluster, services: LiveServices
) -> None:
    looked: list[int] = []

    def until() -> bool:
        looked.append(1)
        if len(looked) == 1:
            # From here on there is something to do, and an event that says so.
            name = f"event-{uuid.uuid4().hex[:8]}"
            ended(make, "ALWAYS", 0)
            cluster.engine.services.create(
                {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": "busybox"}}}
            )
        return not services.list()

    said: list[str] = []
    watch(cluster.engine, interval=60, until=until, tell=said.append)
    assert len(said) == 1
    assert len(looked) < 20


def test_it_rests_where_the_engine_ends_the_events_too_soon(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where its clock is set an hour ahead between the two calls.
    told = {"SystemTime": "2024-02-29T12:00:00.5Z"}
    monkeypatch.setattr(System, "info", lambda _system: told)
    rests: list[float] = []
    monkeypatch.setattr("pytest_engine.core.service.watch.time.sleep", rests.append)
    looks = iter((False, False, True))
    watch(cluster.engine, interval=60, until=lambda: next(looks))
    assert len([rest for rest in rests if rest > 30]) == 2


def test_a_worker_cannot_be_watched(cluster: Cluster) -> None:
    with pytest.raises(NotSwarmManager):
        watch(cluster.workers[0].engine, until=lambda: True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest_engine", "watch", "--once"],
        env=cluster.workers[0].environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "manager" in done.stderr) == (1, True)
    assert done.stdout == ""
