"""Answers that are JSON and yet none of an engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core import api
from pytest_engine.core.api.answers import check_answer
from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.file_owner import container_user
from pytest_engine.core.errors import ConnectionFailed
from pytest_engine.core.operations import OPERATIONS
from pytest_engine.core.wait.facts import Facts
from pytest_engine.core.wait.reach import address_of, published_ports
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

Call = Callable[[Engine], object]

_LISTS: list[Call] = [
    lambda engine: engine.containers.list(),
    lambda engine: engine.containers.changes("web"),
    lambda engine: engine.images.list(),
    lambda engine: engine.networks.list(),
]
_OBJECTS: list[tuple[Call, object]] = [
    (lambda engine: engine.containers.inspect("web"), {"Id": "a", "State": None}),
    (lambda engine: engine.containers.create({"Image": "a"}), {"Warnings": []}),
    (lambda engine: engine.exec.create("web", {"Cmd": ["a"]}), {"Id": None}),
    (lambda engine: engine.images.inspect("a"), {}),
    (lambda engine: engine.distribution.inspect("a"), {"Descriptor": None}),
    (lambda engine: engine.system.login("r.test", "user", "password"), []),
    (lambda engine: engine.containers.wait("web"), []),
    (lambda engine: engine.volumes.list(), []),
    (lambda engine: engine.swarm.init({}), {}),
]


def _answered(call: Call, value: object, serve: Serve) -> object:
    server = serve((Read.REQUEST, answer(json.dumps(value).encode())))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        return call(engine)


@pytest.mark.parametrize("call", _LISTS)
def test_null_is_a_list_of_nothing(call: Call, serve: Serve) -> None:
    assert _answered(call, None, serve) == []


@pytest.mark.parametrize("value", [{}, "text", 5, False, [None], [["a"]]])
@pytest.mark.parametrize("call", _LISTS)
def test_what_is_no_list_of_objects_is_refused(call: Call, value: object, serve: Serve) -> None:
    with pytest.raises(ConnectionFailed, match=r"GET .* is not a list of objects, but"):
        _answered(call, value, serve)


@pytest.mark.parametrize(("call", "odd"), _OBJECTS)
@pytest.mark.parametrize("is_null", [True, False])
def test_what_is_not_what_was_asked_for_is_refused(
    call: Call, odd: object, serve: Serve, *, is_null: bool
) -> None:
    with pytest.raises(ConnectionFailed, match=r" is not (an object|a text).*; is this a") as it:
        _answered(call, None if is_null else odd, serve)
    assert it.value.endpoint.startswith("unix:///")


def test_an_event_that_is_no_object_is_refused(serve: Serve) -> None:
    def call(engine: Engine) -> None:
        with engine.system.events() as events:
            list(events)

    with pytest.raises(ConnectionFailed, match=r"holds \[1\], which is no object"):
        _answered(call, [1], serve)


def test_what_is_a_list_is_known() -> None:
    folder = Path(api.__file__).parent
    text = "".join(module.read_text("utf-8") for module in folder.rglob("*.py"))
    pattern = r': (list|Sequence)?\[?[A-Za-z\]]+ = self\._caller\.json\(\s*"([A-Za-z]+)"'
    kinds = {name: bool(is_list) for is_list, name in re.findall(pattern, text)}
    assert len(kinds) > 40
    for name, is_list in kinds.items():
        if name != "SwarmInit":
            value: Any = [] if is_list else {"Id": "a", "ID": "a", "Name": "a"}
            assert check_answer(OPERATIONS[name], value, "") == value


def test_a_container_whose_parts_are_null_has_none() -> None:
    told: Any = {"Id": "a" * 64, "Config": None, "HostConfig": None, "NetworkSettings": None}
    told["State"] = {"Status": "stopped", "StartedAt": None, "FinishedAt": None}
    with Engine("unix:///nowhere", environ={}) as engine:
        facts = Facts(told, engine.endpoint)
        assert (facts.image, facts.tty, facts.is_alive) == ("", False, False)
        assert (facts.has_started, facts.since) == (False, None)
        assert (published_ports(told), address_of(facts, 80)) == ({}, None)
        assert container_user(engine, "web", told) == (0, 0)
