"""What is sent for a service that cannot be, and what is told of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BadRequest
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.links import LinkedServiceMissing
from pytest_engine.core.service.services import LiveServices
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve
    from tests.core.scripted import Step


def _telling(status: str, **said: str) -> tuple[Step, ...]:
    return (Read.REQUEST, answer(json.dumps(said).encode(), status))


_MISSING = _telling("404 Not Found", message="no such thing")
_MADE = _telling("201 Created", Id="n")


def test_no_network_is_made_for_a_service_whose_link_leads_nowhere(serve: Serve) -> None:
    definition = ServiceDefinition("x:1", linked_to_service=[{"to_service": "nobody"}])
    with serve(_MISSING) as server, Engine(server.host, api_version="1.41") as engine:
        with pytest.raises(LinkedServiceMissing):
            LiveServices(engine).create(definition)
        assert [request.method for request in server.requests] == ["GET"]


def test_a_network_that_was_made_for_a_service_is_told_of_where_that_is_refused(
    serve: Serve,
) -> None:
    refused = _telling("400 Bad Request", message="no such user")
    script = (*_MISSING, *_MADE, *refused)
    with serve(script) as server, Engine(server.host, api_version="1.41") as engine:
        with pytest.raises(BadRequest) as caught:
            LiveServices(engine, network="there").create(ServiceDefinition("x:1"))
        assert [request.target for request in server.requests] == [
            "/v1.41/networks/there",
            "/v1.41/networks/create",
            "/v1.41/services/create",
        ]
    assert caught.value.done == ("create network there",)
