"""The way back of a replacement, on engines that are away for a while."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.replacement import NewContainer
from pytest_engine.core.errors import ConnectionLost
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.conftest import Serve
    from tests.core.scripted import ScriptedServer, Step

_ID = "a" * 64
_IMAGE = "1" * 64
_CREATED = {
    "Id": _ID,
    "Name": "/web",
    "Image": _IMAGE,
    "State": {"Status": "created"},
    "Config": {},
}


def _telling(value: object) -> Sequence[Step]:
    told = json.dumps(value).encode()
    return (Read.REQUEST, answer(told, api_version="1.41", connection="close"))


def _undone(server: ScriptedServer) -> str:
    """Undo a creation that was not answered, and return the last request."""
    with Engine(server.host, api_version="1.41") as engine:
        new = NewContainer(engine, "web", None, keep_volumes=True)
        with pytest.raises(ConnectionLost):
            new.create({"Image": "busybox"})
        new.undo()
    return f"{server.requests[-1].method} {server.requests[-1].target}"


@pytest.mark.parametrize(
    "away", [(Read.REQUEST,), (Read.REQUEST, answer(status="502 Bad Gateway", connection="close"))]
)
def test_a_container_is_looked_for_until_an_engine_is_back(
    away: Sequence[Step], serve: Serve
) -> None:
    there = (_telling(_CREATED), _telling({"Id": _IMAGE}))
    server = serve((Read.REQUEST,), away, away, *there, _telling({}))
    assert _undone(server).startswith(f"DELETE /v1.41/containers/{_ID}")


def test_a_container_of_another_image_is_somebody_elses(serve: Serve) -> None:
    other = {**_CREATED, "Id": "b" * 64, "Image": "2" * 64}
    first, then = ((_telling(one), _telling({"Id": _IMAGE})) for one in (other, _CREATED))
    # Without force, so that one which runs meanwhile is not killed.
    server = serve((Read.REQUEST,), *first, *then, _telling({}))
    assert _undone(server) == f"DELETE /v1.41/containers/{_ID}?v=true"
