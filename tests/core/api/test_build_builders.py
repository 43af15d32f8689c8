"""One call for every builder that an engine has, and the same result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.buildtrace import BuildOutput, BuildStep
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BuildFailed, Incompatible, InvalidInput
from tests.core.scripted import Read, Step, answer

if TYPE_CHECKING:
    from pytest_engine.core.api.build_options import BuilderName
    from pytest_engine.core.buildtrace import BuildEvent
    from tests.conftest import Scratch
    from tests.core.conftest import Serve

BUILDERS = pytest.mark.parametrize("builder", ["buildkit", "classic", None])


@pytest.mark.engine
@pytest.mark.smoke
@BUILDERS
def test_builders_make_the_same_image(
    builder: BuilderName | None, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    dockerfile = f"FROM {busybox} AS one\nARG WHO\nENV WHO=$WHO\nCOPY f /f\nFROM one\nENV TWO=2\n"
    image_id = engine.build.image(
        {"Dockerfile": dockerfile, "f": "x"},
        tags=[scratch.name()],
        target="one",
        args={"WHO": "me"},
        labels={"a": "b"},
        builder=builder,
    )
    found = engine.images.inspect(scratch.name())
    assert found["Id"] == image_id
    assert found["Config"]["Labels"]["a"] == "b"
    assert [text for text in found["Config"]["Env"] if "PATH" not in text] == ["WHO=me"]


@pytest.mark.engine
@BUILDERS
def test_builders_tell_the_same(builder: BuilderName | None, engine: Engine, busybox: str) -> None:
    told: list[BuildEvent] = []
    number = str(time.time_ns())
    context = {"Dockerfile": f"FROM {busybox}\nRUN echo {number}; printf half >&2\n"}
    arguments: dict[str, Any] = {"builder": builder, "on_event": told.append}
    image_id = engine.build.image(context, **arguments)
    ours = [one for one in told if isinstance(one, BuildStep) and "RUN" in one.name]
    states = [step.state for step in ours if step.state != "pending"]
    assert list(dict.fromkeys(states)) == ["running", "done"]
    # Podman may put what comes from two streams into one line.
    lines = [one.line for one in told if isinstance(one, BuildOutput)]
    assert [line for line in lines if line.endswith(number)]
    assert [line for line in lines if line.startswith("half")]

    told.clear()
    assert engine.build.image(context, **arguments) == image_id
    (last,) = [one for one in told if isinstance(one, BuildStep) and "RUN" in one.name][-1:]
    assert last.cached
    engine.images.remove(image_id, force=True)


@pytest.mark.engine
@BUILDERS
def test_builders_fail_the_same(
    builder: BuilderName | None, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    label = scratch.name()
    context = {"Dockerfile": f"FROM {busybox}\nLABEL {label}=b\nRUN echo why; exit 3\n"}
    with pytest.raises(BuildFailed) as caught:
        engine.build.image(context, builder=builder)
    assert caught.value.step.endswith("RUN echo why; exit 3")
    assert (caught.value.log, caught.value.line) == ("why", 3)
    # The step's container has the label, if there is one.
    assert engine.containers.list(all=True, filters={"label": label}) == []


@pytest.mark.engine
@BUILDERS
def test_a_quiet_build_tells_no_more_than_the_image(
    builder: BuilderName | None, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    lines: list[str] = []
    image_id = engine.build.image(
        {"Dockerfile": f"FROM {busybox}\nRUN echo {scratch.name()}\n"},
        tags=[scratch.name()],
        builder=builder,
        quiet=True,
        progress=lines.append,
    )
    assert engine.images.inspect(scratch.name())["Id"] == image_id
    assert [line.strip()[-64:] for line in lines] == [image_id[-64:]]


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it says nothing of a quiet build")
@BUILDERS
def test_a_quiet_build_that_fails_tells_its_log(
    builder: BuilderName | None, engine: Engine, busybox: str
) -> None:
    with pytest.raises(BuildFailed) as caught:
        engine.build.image(
            {"Dockerfile": f"FROM {busybox}\nRUN echo why; false\n"}, builder=builder, quiet=True
        )
    assert caught.value.log == "why"


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it limits its builds")
def test_what_buildkit_would_pass_over_is_refused(engine: Engine) -> None:
    with pytest.raises(Incompatible, match='BuildKit does not know memory; builder="classic" does'):
        engine.build.image({"Dockerfile": "FROM scratch"}, memory=1 << 26)
    with pytest.raises(Incompatible, match="The classic builder does not know outputs"):
        engine.build.image({"Dockerfile": ""}, builder="classic", outputs=[{"Type": "moby"}])


# What engines say of themselves, by servers that say the same

_BUILT = answer(b'{"aux": {"ID": "sha256:1"}}')


def _sent(serve: Serve, *, builder: BuilderName | None = None, **headers: str) -> str:
    script: tuple[Step, ...] = (Read.REQUEST, answer(b"OK", api_version="1.41", **headers))
    server = serve(script, (Read.REQUEST, _BUILT))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        assert engine.build.image({"Dockerfile": "FROM scratch"}, builder=builder) == "sha256:1"
    assert [request.target.partition("?")[0] for request in server.requests] == [
        "/v1.41/_ping",
        "/v1.41/build",
    ]
    return server.requests[1].target.partition("&version=")[2]


@pytest.mark.parametrize(
    ("headers", "builder", "version"),
    [
        ({}, None, "2"),
        ({"builder_version": ""}, None, "2"),
        ({"builder_version": "2"}, None, "2"),
        ({"builder_version": "1"}, None, "1"),
        ({"builder_version": "1"}, "buildkit", "2"),
        ({"builder_version": "2"}, "classic", "1"),
        ({"libpod_api_version": "5.4.2"}, None, "2"),
        ({"libpod_api_version": "5.4.2"}, "classic", "1"),
    ],
)
def test_the_builder_is_the_one_that_is_stated_or_the_engines(
    headers: dict[str, str], builder: BuilderName | None, version: str, serve: Serve
) -> None:
    assert _sent(serve, builder=builder, **headers) == version


@pytest.mark.parametrize("builder", ["", "2", "Classic", 1])
def test_another_builder_is_refused_before_anything_is_sent(builder: Any, serve: Serve) -> None:
    server = serve()
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(InvalidInput, match="is none of classic, buildkit"),
    ):
        engine.build.image({"Dockerfile": ""}, builder=builder)
    assert server.requests == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"context": None},
        {"remote": "https://host/x.git"},
        {"tags": "name"},
        {"tags": [5]},
        {"args": {"A": 1}},
        {"args": "A=1"},
        {"labels": ["a"]},
        {"cachefrom": "image"},
        {"cachefrom": [object()]},
        {"extrahosts": "a:b"},
        {"ulimits": {"Name": "nofile"}},
        {"outputs": "type=tar"},
        {"securityopt": "x"},
        {"context": "/nowhere"},
        {"dockerfile": "none"},
        {"dockerfile_text": 5},
        {"target": 5},
        {"platform": ["linux/amd64"]},
        {"network": 5},
        {"session": 5},
        {"cpusetcpus": 0},
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    arguments: dict[str, Any], serve: Serve
) -> None:
    server = serve()
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(InvalidInput),
    ):
        engine.build.image(**{"context": {"Dockerfile": ""}, **arguments})
    assert server.requests == []
