"""A swarm of two engines: who joins, who manages, who leaves, and one that locks itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import (
    AlreadyInSwarm,
    Conflict,
    NotSwarmManager,
    PermissionDenied,
    SwarmLocked,
)
from tests.core.swarms import Neighbour, eventually, join, leave, neighbour_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

_WRONG_KEY = "SWMKEY-1-" + "x" * 43


@pytest.fixture(scope="module")
def neighbour(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbour]:
    """A second engine."""
    with neighbour_of(engine, tmp_path_factory.mktemp("n")) as neighbour:
        yield neighbour


@pytest.fixture
def worker(engine: Engine, node: str, neighbour: Neighbour) -> Iterator[str]:
    """The second engine's node in the swarm of the first."""
    assert node
    joined = join(neighbour, engine)
    yield joined
    leave(neighbour.engine)
    if joined in {found["ID"] for found in engine.nodes.list()}:
        set_role(engine, joined, "worker")
        engine.nodes.remove(joined, force=True)


def set_role(engine: Engine, node: str, role: Literal["manager", "worker"]) -> None:
    """Make a node a manager or a worker."""
    found = engine.nodes.inspect(node)
    spec: Any = {**found["Spec"], "Role": role}
    engine.nodes.update(node, spec, version=found["Version"]["Index"])


def test_a_worker_manages_nothing(neighbour: Neighbour, worker: str) -> None:
    assert worker
    with pytest.raises(NotSwarmManager, match="Ask an engine that is a manager"):
        neighbour.engine.nodes.list()
    with pytest.raises(AlreadyInSwarm):
        neighbour.engine.swarm.join({"ListenAddr": "0.0.0.0:2377", "JoinToken": "x"})


def test_a_worker_becomes_a_manager_and_a_worker_again(
    engine: Engine, neighbour: Neighbour, worker: str
) -> None:
    set_role(engine, worker, "manager")
    eventually(lambda: neighbour.engine.system.info()["Swarm"]["ControlAvailable"])
    assert neighbour.engine.nodes.inspect(worker)["ManagerStatus"]["Reachability"] == "reachable"
    set_role(engine, worker, "worker")
    eventually(lambda: not neighbour.engine.system.info()["Swarm"]["ControlAvailable"])
    assert "ManagerStatus" not in engine.nodes.inspect(worker)


def test_a_node_is_removed_when_it_has_left(
    engine: Engine, neighbour: Neighbour, worker: str
) -> None:
    with pytest.raises(Conflict, match="not down"):
        engine.nodes.remove(worker)
    neighbour.engine.swarm.leave()
    eventually(lambda: engine.nodes.inspect(worker)["Status"]["State"] == "down")
    engine.nodes.remove(worker)
    assert worker not in {found["ID"] for found in engine.nodes.list()}


def test_a_manager_that_locks_itself_wants_its_key(neighbour: Neighbour) -> None:
    engine = neighbour.engine
    config: Any = {"EncryptionConfig": {"AutoLockManagers": True}}
    try:
        engine.swarm.init({"ListenAddr": f"{neighbour.address}:2377", "Spec": config})
        key = engine.swarm.unlock_key()
        neighbour.restart()
        for call in (engine.swarm.inspect, engine.services.list):
            with pytest.raises(SwarmLocked, match=r"swarm\.unlock"):
                call()
        with pytest.raises(PermissionDenied, match="invalid key") as caught:
            engine.swarm.unlock({"UnlockKey": _WRONG_KEY})
        assert _WRONG_KEY not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
        engine.swarm.unlock(key)
        assert engine.swarm.inspect()["Spec"]["EncryptionConfig"]["AutoLockManagers"]
    finally:
        leave(engine)
