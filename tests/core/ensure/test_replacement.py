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
    from tests.core.scripted import Step

_ID = "a" * 64
_CREATED = {"Id": _ID, "Name": "/web", "State": {"Status": "created"}, "Config": {}}


@pytest.mark.parametrize(
    "away", [(Read.REQUEST,), (Read.REQUEST, answer(status="502 Bad Gateway"))]
)
def test_a_container_is_looked_for_until_an_engine_is_back(
    away: Sequence[Step], serve: Serve
) -> None:
    there = (Read.REQUEST, answer(json.dumps(_CREATED).encode(), api_version="1.41"), Read.AGAIN)
    server = serve((Read.REQUEST,), away, away, there)
    with Engine(server.host, api_version="1.41") as engine:
        new = NewContainer(engine, "web", None, keep_volumes=True)
        with pytest.raises(ConnectionLost):
            new.create({"Image": "busybox"})
        new.undo()
    last = server.requests[-1]
    assert (last.method, last.target.partition("?")[0]) == ("DELETE", f"/v1.41/containers/{_ID}")
