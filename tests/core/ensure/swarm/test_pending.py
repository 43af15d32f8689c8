"""Swarms of which an engine is a node that does not manage anything yet, or any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.ensure.swarm import SwarmKind
from pytest_engine.core.errors import EngineError, NotSwarmManager
from pytest_engine.core.spec.swarm import SwarmSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.conftest import Serve
    from tests.core.scripted import Step

_NONE = "This node is not a swarm manager. "
_PREPARED = f"{_NONE}Manager is being prepared or has trouble connecting to the cluster."
_WORKER = f"{_NONE}Worker nodes can't be used to view or modify cluster state."
_FAILED = f'{_NONE}Use "docker swarm init" or "docker swarm join" to connect this node to swarm.'


def _told(value: object, status: str = "200 OK") -> Sequence[Step]:
    body = json.dumps(value).encode()
    return (Read.REQUEST, answer(body, status, api_version="1.41", connection="close"))


def _refused(words: str) -> Sequence[Step]:
    return _told({"message": words}, "503 Service Unavailable")


def test_a_manager_that_is_being_prepared_is_waited_for(serve: Serve) -> None:
    swarm = {"ID": "s", "Version": {"Index": 1}, "Spec": {"Name": "default"}}
    server = serve(_refused(_PREPARED), _refused(_PREPARED), _told(swarm))
    with Engine(server.host, api_version="1.41") as engine:
        assert not reconcile(engine, SwarmKind(), SwarmSpec()).changed
    assert [request.target for request in server.requests] == ["/v1.41/swarm"] * 3


@pytest.mark.parametrize(
    ("words", "member", "error", "told"),
    [
        (_WORKER, {"LocalNodeState": "pending"}, NotSwarmManager, "Worker nodes"),
        (_WORKER, {"LocalNodeState": "active"}, NotSwarmManager, "Worker nodes"),
        (
            _FAILED,
            {"LocalNodeState": "error", "Error": "bad certificate."},
            EngineError,
            r"failed there: bad certificate\. .* \(absent\)\.$",
        ),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_node_of_a_swarm_founds_no_other(
    words: str, member: Any, error: type[EngineError], told: str, serve: Serve, *, check: bool
) -> None:
    server = serve(_refused(words), _told({"Swarm": member}))
    with (
        Engine(server.host, api_version="1.41") as engine,
        pytest.raises(error, match=told),
    ):
        reconcile(engine, SwarmKind(), SwarmSpec(), check=check)


def test_an_engine_in_no_swarm_founds_one(serve: Serve) -> None:
    server = serve(_refused(_FAILED), _told({"Swarm": {"LocalNodeState": "inactive"}}))
    with Engine(server.host, api_version="1.41") as engine:
        assert reconcile(engine, SwarmKind(), SwarmSpec(), check=True).changed
