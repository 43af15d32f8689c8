"""Names and parameters in paths: whatever they are, they reach no other operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.api.asked import fill_path
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.operations import OPERATIONS
from tests.core.scripted import ALWAYS

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_ODD = [
    "",
    ".",
    "..",
    "../info",
    "a/../../info",
    "a/b",
    "/web",
    "a\r\nX: y",
    "a\nb",
    "a\0b",
    "\x7f",
]

Call = Callable[[Engine, str], object]


@pytest.mark.parametrize("name", _ODD)
@pytest.mark.parametrize(
    "call",
    [
        lambda engine, name: engine.containers.inspect(name),
        lambda engine, name: engine.containers.remove(name),
        lambda engine, name: engine.containers.logs(name),
        lambda engine, name: engine.exec.create(name, {}),
        lambda engine, name: engine.exec.start(name),
        lambda engine, name: engine.exec.inspect(name),
        lambda engine, name: engine.networks.inspect(name),
        lambda engine, name: engine.networks.connect(name, "web"),
        lambda engine, name: engine.volumes.remove(name),
    ],
)
@pytest.mark.pitfall(19)
def test_a_name_that_is_a_path_is_refused_before_anything_is_sent(call: Call, name: str) -> None:
    engine = Engine("unix:///nowhere", api_version="1.41", environ={})
    with engine, pytest.raises(InvalidInput):
        call(engine, name)


@pytest.mark.parametrize("name", ["", "..", "a/../b", "a//b", "/a", "a/", "a\r\nX: y", "a/./b"])
def test_an_image_that_is_a_relative_path_is_refused(name: str) -> None:
    with Engine("unix:///nowhere", api_version="1.41", environ={}) as engine:
        for call in (engine.images.inspect, engine.images.remove):
            with pytest.raises(InvalidInput):
                call(name)


@pytest.mark.parametrize("name", ["a b", "a?force=1", "a#b", "a%2Fb", "a&b=c", "\u00fc", "a:b@c"])
@pytest.mark.pitfall(19)
def test_odd_names_are_quoted(name: str, serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.containers.inspect(name)
    target = urlsplit(server.requests[0].target)
    assert (unquote(target.path), target.query) == (f"/v1.41/containers/{name}/json", "")


def test_the_slashes_of_an_image_separate_segments() -> None:
    path = fill_path(OPERATIONS["ImageInspect"], ["reg:5000/a/b:1"])
    assert path == "/images/reg%3A5000/a/b%3A1/json"


@given(st.text())
def test_any_name_is_one_segment_or_refused(name: str) -> None:
    try:
        path = fill_path(OPERATIONS["ContainerDelete"], [name])
    except InvalidInput:
        return
    quoted = path.replace("/containers/", "", 1)
    assert unquote(quoted) == name
    assert not set(quoted) & set("/?#\r\n ")


@pytest.mark.parametrize("value", ["a&b=c", "a b", "\u00fc", "a\r\nX: y", "%", "+", "a/../b"])
def test_parameters_are_quoted(value: str, serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.containers.rename("web", value)
    assert parse_qsl(urlsplit(server.requests[0].target).query) == [("name", value)]
