"""A service whose stored definition cannot be read is told of, and disturbs no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.service.body import DEFINITION_LABEL, LIFE_LABEL, read_definition
from pytest_engine.core.service.services import LiveServices
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve


def service(name: str, definition: str, life: str = "{}") -> Any:
    labels = {DEFINITION_LABEL: definition, LIFE_LABEL: life}
    mode = {"Replicated": {"Replicas": 1}}
    spec = {"Name": name, "Labels": labels, "Mode": mode, "TaskTemplate": {}}
    return {"ID": f"id-{name}", "Version": {"Index": 1}, "Spec": spec}


READABLE = json.dumps({"image": "x:1", "name": "readable"})
UNREADABLE = [
    service("broken", "{"),
    service("none", "null"),
    service("list", "[]"),
    service("deep", "[" * 100_000),
    service("newer", json.dumps({"image": "x:1", "name": "newer", "later_attribute": 1})),
    service("other", json.dumps({"image": "x:1", "name": "other", "container_ports": 5})),
    service("choice", json.dumps({"image": "x:1", "name": "choice", "autorestart": "LATER"})),
    service("life", READABLE, "{"),
    service("record", READABLE, json.dumps({"later_record": 1})),
]


@pytest.mark.parametrize("found", UNREADABLE, ids=lambda found: found["Spec"]["Name"])
def test_a_definition_that_cannot_be_read_is_told_with_what_to_do(found: Any) -> None:
    name = found["Spec"]["Name"]
    with pytest.raises(InvalidInput, match=rf"^Service {name}: its label .*\. If a newer version"):
        read_definition(found)


def test_it_is_left_out_among_others(serve: Serve) -> None:
    found = [service("readable", READABLE), *UNREADABLE]
    script = [
        step for body in (found, []) for step in (Read.REQUEST, answer(json.dumps(body).encode()))
    ]
    with serve(script) as server, Engine(server.host, api_version="1.41") as engine:
        assert [one.name for one in LiveServices(engine).list()] == ["readable"]
