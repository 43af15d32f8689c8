"""Engines in a swarm and out of it: what is refused, and what is said then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.errors import (
    AlreadyInSwarm,
    BadRequest,
    Conflict,
    EngineError,
    NotSwarmManager,
)
from tests.core.swarms import service_spec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

_SECRET = "the-cat-is-called-mimi"


class TestWithoutASwarm:
    """An engine that is in no swarm says so, and what to do."""

    @pytest.mark.parametrize(
        "call",
        [
            lambda engine: engine.swarm.inspect(),
            lambda engine: engine.swarm.leave(),
            lambda engine: engine.swarm.unlock_key(),
            lambda engine: engine.nodes.list(),
            lambda engine: engine.services.create(service_spec("a", "busybox")),
            lambda engine: engine.services.logs("a"),
            lambda engine: engine.tasks.list(),
            lambda engine: engine.secrets.list(),
            lambda engine: engine.configs.inspect("a"),
        ],
    )
    def test_it_is_no_manager(self, engine: Engine, call: Callable[[Engine], object]) -> None:
        with pytest.raises(NotSwarmManager, match=r"found a swarm \(swarm.init\)"):
            call(engine)

    def test_it_cannot_listen_where_it_is_not(self, engine: Engine) -> None:
        with pytest.raises(BadRequest, match="must be an IP address"):
            engine.swarm.init({"ListenAddr": "no-such-address:2377"})

    def test_a_token_that_is_none_is_refused_and_not_shown(self, engine: Engine) -> None:
        with pytest.raises(EngineError) as caught:
            engine.swarm.join(
                {
                    "ListenAddr": "127.0.0.1:2377",
                    "RemoteAddrs": ["127.0.0.1:1"],
                    "JoinToken": _SECRET,
                }
            )
        assert _SECRET not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


class TestTheSwarm:
    def test_founding_another_one_is_refused(self, engine: Engine, node: str) -> None:
        assert node
        with pytest.raises(AlreadyInSwarm, match=r"leave it first \(swarm.leave\)"):
            engine.swarm.init({"ListenAddr": "127.0.0.1:2377"})

    def test_its_last_manager_leaves_by_force_only(self, engine: Engine, node: str) -> None:
        with pytest.raises(Conflict, match="Removing the last manager"):
            engine.swarm.leave()
        assert engine.nodes.inspect(node)["ID"] == node

    def test_its_last_manager_stays_one(self, engine: Engine, node: str) -> None:
        found = engine.nodes.inspect(node)
        with pytest.raises(Conflict, match="last manager"):
            engine.nodes.update(
                node, {**found["Spec"], "Role": "worker"}, version=found["Version"]["Index"]
            )
        with pytest.raises(Conflict, match="demoted"):
            engine.nodes.remove(node, force=True)

    def test_a_manager_that_is_not_locked_cannot_be_unlocked(
        self, engine: Engine, node: str
    ) -> None:
        assert node
        with pytest.raises(Conflict, match="not locked"):
            engine.swarm.unlock({"UnlockKey": _SECRET})
