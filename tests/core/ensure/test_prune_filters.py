"""Filters of a prune that cannot be are refused before anything is removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.pruning import BuildCachePruning, prune
from pytest_engine.core.errors import InvalidInput, ServerError
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve
    from tests.core.scripted import Step

ALL = dict.fromkeys(("containers", "images", "networks", "volumes"))
PING = (Read.REQUEST, answer(b"OK", api_version="1.44"))


def telling(body: object, status: str = "200 OK") -> tuple[Step, ...]:
    return (Read.REQUEST, answer(json.dumps(body).encode(), status))


@pytest.mark.parametrize(
    ("wanted", "cache", "message"),
    [
        ({"volumes": {"until": "24h"}}, None, "Volumes cannot be pruned by until"),
        ({"networks": {"driver": "bridge"}}, None, "Networks cannot be pruned by driver"),
        ({"images": {"dangling": "perhaps"}}, None, "dangling: true or false"),
        ({"images": {"until": ["1h", "2h"]}}, None, "until: there can be one value alone"),
        ({"volumes": {"all": "perhaps"}}, None, "all: true or false"),
        ({}, {"id": ["a", "b"]}, "id: there can be one value alone"),
        ({}, {"until": ["1h", "2h"]}, "until: there can be one value alone"),
    ],
)
def test_a_filter_of_a_later_sort_is_refused_first(
    serve: Serve, wanted: dict[str, Any], cache: dict[str, Any] | None, message: str
) -> None:
    kept = None if cache is None else BuildCachePruning(filters=cache)
    with serve(PING) as server, Engine(server.host) as engine:
        for check in (True, False):
            with pytest.raises(InvalidInput, match=f"^{message}"):
                prune(engine, {**ALL, **wanted}, kept, check=check)
        assert [request.method for request in server.requests] == ["GET"]


def test_what_went_before_a_refusal_is_told(serve: Serve) -> None:
    script = (*PING, *telling({"ContainersDeleted": ["a"]}), *telling({}, "500 Oh no"))
    with (
        serve(script) as server,
        Engine(server.host) as engine,
        pytest.raises(ServerError) as caught,
    ):
        prune(engine, {"containers": None, "networks": None})
    assert caught.value.done == ("prune containers",)


def test_an_id_that_is_no_regular_expression_is_told(serve: Serve) -> None:
    usage = {"BuildCache": [{"ID": "a", "Type": "regular", "InUse": False}]}
    cache = BuildCachePruning(filters={"id": "["})
    refused = pytest.raises(InvalidInput, match=r"^id: '\[' is no regular expression")
    with serve((*PING, *telling(usage))) as server, Engine(server.host) as engine, refused:
        prune(engine, {}, cache, check=True)
