"""Who is on a network that is made anew, where the engine tells it in an odd way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.spec.network import NetworkSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

NETWORK = {"Id": "n" * 64, "Name": "net", "Driver": "bridge", "Scope": "local"}


@pytest.mark.parametrize("names", [None, []])
def test_a_container_that_is_being_removed_has_no_name(serve: Serve, names: Any) -> None:
    gone = {"Id": "c" * 64, "Names": names, "State": "dead"}
    script = [Read.REQUEST, answer(b"OK", api_version="1.44")]
    for body in (NETWORK, [gone]):
        script += [Read.REQUEST, answer(json.dumps(body).encode())]
    with serve(script) as server, Engine(server.host) as engine:
        made = reconcile(engine, NetworkKind(force=True), NetworkSpec("net"), check=True)
    assert [str(action) for action in made.actions] == ["remove network net", "create network net"]
