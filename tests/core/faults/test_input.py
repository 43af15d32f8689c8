"""Input that is no name, no number and no file: an error of ours, and the client goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ApiError, ConnectionLost, ContainerNotFound, InvalidInput
from pytest_engine.core.filters import encode_filters
from pytest_engine.core.reference import parse_reference
from tests.core.scripted import ALWAYS

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_CIRCLE: dict[str, Any] = {}
_CIRCLE["again"] = _CIRCLE
_DEEP: list[Any] = []
for _ in range(100_000):
    _DEEP = [_DEEP]

Call = Callable[[Any], object]


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.containers.inspect(5),
        lambda engine: engine.containers.inspect(b"web"),
        lambda engine: engine.containers.inspect(["web"]),
        lambda engine: engine.containers.inspect("\udcff"),
        lambda engine: engine.networks.inspect(None),
        lambda engine: engine.images.inspect(5),
        lambda engine: engine.images.pull(5),
        lambda engine: engine.images.tag("a", None),
        lambda engine: engine.containers.rename("web", 5.5),
        lambda engine: engine.containers.rename("web", "\udcff"),
        lambda engine: engine.containers.rename("web", ["a", 5]),
        lambda engine: engine.containers.stop("web", timeout=object()),
        lambda engine: engine.containers.create({"Image": object()}),
        lambda engine: engine.containers.create({("a",): 1}),
        lambda engine: engine.containers.create(_CIRCLE),
        lambda engine: engine.containers.create({"Cmd": _DEEP}),
        lambda engine: engine.containers.list(filters=["label=a"]),
        lambda engine: engine.containers.list(filters=5),
        lambda engine: engine.containers.list(filters={5: "a"}),
        lambda engine: engine.containers.put_archive("web", "/", "text"),
        lambda engine: engine.containers.put_archive("web", "/", 5),
        lambda engine: engine.containers.wait("web", timeout="soon"),
        lambda engine: engine.containers.wait("web", timeout=-1),
        lambda engine: engine.containers.wait("web", timeout=10**30),
        lambda engine: engine.containers.wait("web", timeout=float("nan")),
        lambda engine: Engine(engine.endpoint, timeout=float("inf")),
        lambda engine: Engine(engine.endpoint, timeout=1e10),
        lambda engine: engine.containers.logs("web", since=b"1"),
        lambda engine: engine.containers.logs("web", until=[]),
        lambda engine: engine.build.image("x" * 100_000),
        lambda engine: engine.build.image({"Dockerfile": ""}, args=["A=1"]),
        lambda engine: engine.build.image({"Dockerfile": ""}, tags="app:1"),
        lambda engine: engine.exec.start("e", console_size=7),
        lambda engine: engine.exec.start_detached("e", console_size=(7,)),
        lambda engine: engine.exec.start_detached("e", console_size=(7, "8")),
        lambda engine: engine.exec.wait("e", timeout="soon"),
        lambda engine: engine.exec.run("web", "env"),
        lambda engine: engine.exec.run("web", b"env"),
        lambda engine: engine.exec.run("web", 7),
        lambda engine: engine.exec.run("web", ["env", 7]),
        lambda engine: engine.exec.run("web", []),
        lambda engine: engine.exec.run("web", ["env"], env=["A=1"]),
        lambda engine: engine.exec.run("web", ["env"], env={"A": None}),
        lambda engine: engine.exec.run("web", ["env"], user=5),
        lambda engine: engine.exec.run("web", ["env"], stdin="text"),
        lambda engine: engine.exec.run("web", ["env"], timeout=-1),
        lambda engine: engine.exec.run("web", ["env"], timeout="soon"),
    ],
)
def test_what_is_of_the_wrong_type_is_refused(call: Call, serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        with pytest.raises(InvalidInput):
            call(engine)
        assert engine.system.info() == {}


@pytest.mark.parametrize(
    "arguments",
    [
        {"host": 5},
        {"host": b"unix:///a"},
        {"host": "unix:///a", "timeout": "soon"},
        {"host": "unix:///a", "timeout": None},
        {"host": "unix:///a", "api_version": 1.41},
    ],
)
def test_an_engine_of_the_wrong_type_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Engine(**arguments, environ={})


@pytest.mark.parametrize("value", [None, 5, b"redis", ["redis"], "\udcff"])
def test_a_reference_of_the_wrong_type_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        parse_reference(value)


@pytest.mark.parametrize("value", [5, "label=a", ["label"], {5: "a"}, {"a": None}, {"a": [5]}])
def test_filters_of_the_wrong_type_are_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        encode_filters(value)


@pytest.mark.engine
def test_a_name_of_ten_kilobytes_is_looked_for(engine: Engine) -> None:
    with pytest.raises(ContainerNotFound):
        engine.containers.inspect("x" * 10_000)


@pytest.mark.engine
def test_a_name_that_no_head_holds_is_an_error_and_the_client_goes_on(engine: Engine) -> None:
    with pytest.raises((ApiError, ConnectionLost)):
        engine.containers.inspect("x" * (1 << 22))
    engine.system.ping()


@pytest.mark.engine
@pytest.mark.parametrize("name", ["a b", "%2e%2e", "\u00fc", "a\u202eb", "'; --", "-rf"])
def test_an_odd_name_names_nothing(name: str, engine: Engine) -> None:
    with pytest.raises(ContainerNotFound):
        engine.containers.inspect(name)
