"""The table of operations against itself, the client and what calls by it."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine import generate
from pytest_engine.core import client as client_module
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Incompatible
from pytest_engine.core.operations import OPERATIONS, Span
from pytest_engine.core.operations import table as table_module
from pytest_engine.generate.__main__ import main
from pytest_engine.generate.operations import CALLS
from tests.core.operations.cases import CASES
from tests.core.operations.world import find_operation
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

API = Path(client_module.__file__).parent / "api"
_MADE = (Read.REQUEST, answer(b'{"Id": "a"}'))
DOCUMENTED = [one for one in OPERATIONS.values() if one.documented]


def test_the_newest_description_has_108_operations() -> None:
    assert len(DOCUMENTED) == 108


@pytest.mark.parametrize(("version", "count"), [((1, 33), 105), ((1, 41), 106), ((1, 42), 107)])
def test_an_older_description_has_fewer(version: tuple[int, int], count: int) -> None:
    assert sum(one.span.covers(version) for one in DOCUMENTED) == count


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_calls_an_operation_exists(name: str) -> None:
    resource, _, method = OPERATIONS[name].call.partition(".")
    with Engine("unix:///nowhere", environ={}) as engine:
        called = getattr(getattr(engine, resource), method)
    assert inspect.getdoc(called)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_path_leads_back_to_its_operation(name: str) -> None:
    operation = OPERATIONS[name]
    path = re.sub(r"\{[a-z]+\}", "some", operation.path)
    assert find_operation(operation.method, path) == name


def test_the_resources_call_by_the_table() -> None:
    called: set[str] = set()
    for module in API.rglob("*.py"):
        called |= set(re.findall(r'"([A-Z][A-Za-z]+)"', module.read_text("utf-8")))
    assert set(OPERATIONS) - called - {"ImageGet"} == set(), "ImageGetAll is served for one as well"


def test_the_methods_are_named_once() -> None:
    assert {name for methods in CALLS.values() for name in methods} == set(OPERATIONS)


def test_the_cases_are_of_operations() -> None:
    assert set(CASES) <= set(OPERATIONS)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda e: e.containers.stop("web", signal="INT"),
            "signal of ContainerStop needs API 1.42",
        ),
        (
            lambda e: e.containers.create(
                {"Image": "i", "HostConfig": {"Annotations": {"a": "b"}}}
            ),
            "HostConfig.Annotations of ContainerCreate needs API 1.43",
        ),
        (
            lambda e: e.containers.create(
                {
                    "HostConfig": {
                        "Mounts": [
                            {"Type": "volume", "Target": "/a"},
                            {"Type": "volume", "Target": "/b", "VolumeOptions": {"Subpath": "c"}},
                        ]
                    }
                }
            ),
            r"HostConfig.Mounts\[\].VolumeOptions.Subpath of ContainerCreate needs API 1.45",
        ),
        (
            lambda e: e.networks.create({"Name": "n", "EnableIPv4": False}),
            "EnableIPv4 of NetworkCreate needs API 1.47",
        ),
        (
            lambda e: e.containers.create(
                {"NetworkingConfig": {"EndpointsConfig": {"net": {"GwPriority": 5}}}}
            ),
            r"EndpointsConfig\{\}.GwPriority of ContainerCreate needs API 1.48",
        ),
        (lambda e: e.volumes.update("v", {}, version=1), "VolumeUpdate needs API 1.42"),
    ],
)
def test_what_the_version_lacks_is_refused_by_name(call: Any, words: str) -> None:
    engine = Engine("unix:///nowhere", api_version="1.41", environ={})
    with engine, pytest.raises(Incompatible, match=f"{words}; the engine at unix:///nowhere"):
        call(engine)


def test_what_the_version_no_longer_has_is_refused(serve: Serve) -> None:
    body: Any = {"Image": "i", "MacAddress": "02:00:00:00:00:01"}
    server = serve(_MADE)
    with Engine(server.host, api_version="1.51", environ={}) as engine:
        engine.containers.create(body)
    gone = r"MacAddress of ContainerCreate is not in the API since 1\.52"
    with (
        Engine(server.host, api_version="1.52", environ={}) as engine,
        pytest.raises(Incompatible, match=gone),
    ):
        engine.containers.create(body)


def test_fields_that_are_empty_count_as_not_stated(serve: Serve) -> None:
    host: Any = {"Annotations": None, "KernelMemory": 0, "Mounts": []}
    server = serve(_MADE)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.containers.create({"Image": "i", "HostConfig": host})
    assert json.loads(server.requests[0].body)["HostConfig"] == host


def test_a_span_covers_its_versions() -> None:
    span = Span((1, 42), (1, 50))
    covered = [minor for minor in range(40, 53) if span.covers((1, minor))]
    assert covered == list(range(42, 50))


def test_the_table_says_what_wrote_it() -> None:
    first = Path(table_module.__file__).read_text("utf-8").splitlines()[0]
    assert first == (
        "# Generated from the description of Engine API 1.55 by " + generate.__name__ + "."
    )


def test_the_program_writes_the_table(tmp_path: Path) -> None:
    operation = {
        "id": "NetworkInspect",
        "method": "GET",
        "path": "/networks/{id}",
        "params": [{"name": "verbose", "in": "query"}],
        "responses": {},
    }
    api = tmp_path / "api.json"
    api.write_text(json.dumps({"api": "1.60", "operations": [operation], "definitions": {}}))
    known = {
        "in": ["1.25", None],
        "params": {"query:verbose": ["1.58", None], "query:old": ["1.25", "1.30"]},
    }
    changes = tmp_path / "changes.json"
    changes.write_text(json.dumps({"operations": {"GET /networks/{}": known}, "definitions": {}}))
    table = tmp_path / "table.py"
    assert main(["operations", str(api), "--changes", str(changes), "--output", str(table)]) == 0
    text = table.read_text("utf-8")
    assert "NetworkInspect GET /networks/{id} networks.inspect 1.25\n query verbose=1.58\n" in text
    assert "old" not in text
    assert "Engine API 1.60" in text
