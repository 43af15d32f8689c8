"""Looking for a file in a container that the engine cannot look into at the moment."""

from __future__ import annotations

import base64
import json
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ServerError
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.conftest import Serve

BUSY = answer(status="500 Internal Server Error")
STAT = {"name": "done", "size": 0, "mode": 0o644, "mtime": "2026-01-02T03:04:05Z", "linkTarget": ""}
THERE = answer(x_docker_container_path_stat=base64.b64encode(json.dumps(STAT).encode()).decode())


@pytest.fixture
def probe() -> Any:
    """What looks for the file."""
    facts: Any = None
    return wait.file("/done").watcher(facts).probe


@pytest.fixture
def situation() -> Iterator[Any]:
    """A wait that is not over."""
    situation = SimpleNamespace(container=SimpleNamespace(id="c"), stopping=threading.Event())
    yield situation
    situation.engine.close()


def test_a_container_that_is_just_put_away_is_looked_into_again(
    serve: Serve, probe: Any, situation: Any
) -> None:
    server = serve((Read.REQUEST, BUSY, Read.REQUEST, BUSY, Read.REQUEST, THERE))
    situation.engine = Engine(server.host, api_version="1.41")
    assert probe(situation) is None
    assert [request.method for request in server.requests] == ["HEAD"] * 3


def test_an_engine_that_never_can_is_an_error(serve: Serve, probe: Any, situation: Any) -> None:
    server = serve((Read.REQUEST, BUSY, Read.AGAIN))
    situation.engine = Engine(server.host, api_version="1.41")
    with pytest.raises(ServerError, match="HTTP 500"):
        probe(situation)


def test_the_end_of_the_wait_is_the_end_of_that(serve: Serve, probe: Any, situation: Any) -> None:
    server = serve((Read.REQUEST, BUSY, Read.AGAIN))
    situation.engine = Engine(server.host, api_version="1.41")
    situation.stopping.set()
    with pytest.raises(ServerError, match="HTTP 500"):
        probe(situation)
    assert len(server.requests) == 1
