"""What operations do with what they are given, beyond the walk over the table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.platforms import encode_platform, encode_platforms
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Incompatible, InvalidInput, NotFound, PullFailed
from tests.core.scripted import ALWAYS, PONG, Read, answer

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve

NOWHERE = "unix:///nowhere"


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it has no links between containers")
def test_a_link_is_removed_and_its_containers_stay(engine: Engine, run: Run) -> None:
    target = run(suffix="a")
    name = run(suffix="b", HostConfig={"Links": [f"{target}:db"]})
    assert engine.containers.inspect(name)["HostConfig"]["Links"] == [f"/{target}:/{name}/db"]
    engine.containers.remove(f"{name}/db", link=True)
    assert not engine.containers.inspect(name)["HostConfig"]["Links"]
    for container in (target, name):
        assert engine.containers.inspect(container)["State"]["Running"]


@pytest.mark.parametrize("name", ["a/b/c", "a/", "/a", "a/checkpoints/b", "a/..", ""])
def test_what_is_no_link_s_name_is_refused(name: str) -> None:
    with Engine(NOWHERE, api_version="1.41", environ={}) as engine, pytest.raises(InvalidInput):
        engine.containers.remove(name, link=True)


def _on_networks(*names: str) -> Any:
    return {"NetworkingConfig": {"EndpointsConfig": {name: {} for name in names}}}


@pytest.mark.engine
def test_several_networks_at_creation_work_or_are_incompatible(
    engine: Engine, create: Run, scratch: Scratch
) -> None:
    names = [scratch.name(suffix) for suffix in ("net1", "net2")]
    for name in names:
        engine.networks.create({"Name": name})
    try:
        container = create(**_on_networks(*names))
    except Incompatible as exc:
        assert "More than one network at creation needs API 1.44" in str(exc)  # noqa: PT017
        assert engine.api_version < "1.44"
    else:
        settings: Any = engine.containers.inspect(container)["NetworkSettings"]
        assert sorted(settings["Networks"]) == names


def test_a_refusal_for_another_reason_is_no_matter_of_versions(serve: Serve) -> None:
    refused = answer(b'{"message": "no"}', "400 Bad Request")
    for version, config in (("1.41", _on_networks("a")), ("1.44", _on_networks("a", "b"))):
        server = serve((Read.REQUEST, refused))
        with (
            Engine(server.host, api_version=version, environ={}) as engine,
            pytest.raises(InvalidInput, match=r"no \(HTTP 400\)$"),
        ):
            engine.containers.create(config)


# Archives


@pytest.mark.parametrize("archive", [[5], [b"good", "bad"], [None], "text", io.StringIO("text"), 7])
def test_an_archive_that_is_not_made_of_bytes_is_refused(archive: Any, serve: Serve) -> None:
    server = serve((Read.HEAD, Read.END))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        for call in (
            lambda: engine.containers.put_archive("web", "/srv", archive),
            lambda: engine.images.load(archive),
            lambda: engine.plugins.create("plugin", archive),
        ):
            with pytest.raises(InvalidInput, match=r"bytes"):
                call()


@pytest.mark.parametrize(
    "archive", [b"abc", bytearray(b"abc"), memoryview(b"abc"), io.BytesIO(b"abc"), [b"a", b"bc"]]
)
def test_an_archive_may_be_anything_that_is_made_of_bytes(archive: Any, serve: Serve) -> None:
    server = serve(ALWAYS)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.containers.put_archive("web", "/srv", archive)
    (request,) = server.requests
    assert request.body == b"abc"


# Platforms


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", '{"os": "linux"}'),
        ("linux/arm64", '{"os": "linux", "architecture": "arm64"}'),
        ("linux/arm/v7", '{"os": "linux", "architecture": "arm", "variant": "v7"}'),
        (
            {"os": "windows", "os.version": "10.0.1"},
            '{"os": "windows", "os.version": "10.0.1"}',
        ),
        (None, None),
    ],
)
def test_a_platform_is_written_as_json(platform: Any, expected: str | None) -> None:
    assert encode_platform(platform) == expected


@pytest.mark.parametrize("platform", ["", "/", "linux/", "linux/arm/v7/x", {}, {"os": ""}, 5, []])
def test_what_is_no_platform_is_refused(platform: Any) -> None:
    with pytest.raises(InvalidInput, match="is no platform like linux/arm64"):
        encode_platform(platform)


def test_platforms_may_be_one_or_several() -> None:
    expected = ['{"os": "linux"}']
    assert encode_platforms("linux") == encode_platforms(["linux"]) == expected
    assert encode_platforms({"os": "linux"}) == expected
    assert encode_platforms(None) is None
    with pytest.raises(InvalidInput, match="neither a platform nor a list of them"):
        encode_platforms(5)  # type: ignore[arg-type]


# Input that cannot be right, before anything is sent


@pytest.mark.parametrize(
    "call",
    [
        lambda e: e.containers.rename("web", ""),
        lambda e: e.images.commit(""),
        lambda e: e.images.search(""),
        lambda e: e.images.save([]),
        lambda e: e.images.save(["a", ""]),
        lambda e: e.images.save(5),
        lambda e: e.images.pull("name:tag", all_tags=True),
        lambda e: e.images.inspect("name", platform="linux//"),
        lambda e: e.images.remove("name", platforms=[5]),
        lambda e: e.images.history(""),
        lambda e: e.containers.top("a/b"),
        lambda e: e.containers.changes(""),
        lambda e: e.networks.inspect("a", scope=5.5),
        lambda e: e.plugins.pull("Upper"),
        lambda e: e.plugins.pull("name", "network"),
        lambda e: e.plugins.pull("name", ["network"]),
        lambda e: e.plugins.set("name", "A=b"),
        lambda e: e.plugins.set("name", [5]),
        lambda e: e.plugins.enable(""),
        lambda e: e.plugins.create("", b""),
        lambda e: e.distribution.inspect(""),
        lambda e: e.session.open(""),
        lambda e: e.session.open("id", name="two\nlines"),
        lambda e: e.session.open("id", grpc_methods="/a.B/C"),
        lambda e: e.session.open("id", grpc_methods=[5]),
    ],
)
def test_what_cannot_be_right_is_refused_before_it_is_sent(call: Any) -> None:
    engine = Engine(NOWHERE, api_version="1.55", environ={"DOCKER_CONFIG": "/nowhere"})
    with engine, pytest.raises(InvalidInput):
        call(engine)


# Answers


@pytest.mark.parametrize(
    "call",
    [
        lambda e: e.containers.changes("web"),
        lambda e: e.containers.checkpoints("web"),
        lambda e: e.plugins.privileges("name"),
    ],
)
def test_null_for_nothing_is_an_empty_list(call: Any, serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"null")))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        assert call(engine) == []


def test_a_ping_tells_what_the_engine_is(serve: Serve) -> None:
    headers = {"ostype": "linux", "builder_version": "2", "docker_experimental": "true"}
    pong = answer(b"OK", api_version="1.48", swarm="active/manager", **headers)
    server = serve(
        (Read.REQUEST, PONG, Read.REQUEST, pong, Read.REQUEST, pong.rpartition(b"OK")[0])
    )
    with Engine(server.host, environ={}) as engine:
        ping = engine.system.ping()
        assert engine.system.ping_head() == ping
    assert (ping.api_version, ping.os_type, ping.builder_version) == ("1.48", "linux", "2")
    assert (ping.swarm, ping.experimental) == ("active/manager", True)
    assert [one.target for one in server.requests] == ["/_ping", "/v1.41/_ping", "/v1.41/_ping"]


# Plugins, registries and sessions


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="Podman has neither plugins nor sessions nor /distribution")
def test_a_plugin_that_is_not_there_is_not_found(engine: Engine, scratch: Scratch) -> None:
    name = scratch.name()
    for call in (
        engine.plugins.inspect,
        engine.plugins.remove,
        engine.plugins.enable,
        engine.plugins.disable,
        engine.plugins.push,
    ):
        with pytest.raises(NotFound, match="not found"):
            call(name)


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="Podman has no plugins")
def test_a_plugin_that_no_registry_has_says_what_to_check(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(PullFailed, match=f"Cannot pull {scratch.name()}: ") as caught:
        engine.plugins.pull(scratch.name())
    assert caught.value.image == scratch.name()


def test_what_a_session_serves_is_named_one_by_one(serve: Serve) -> None:
    methods = [f"/a.B/C{number}" for number in range(5)]
    upgraded = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    server = serve((Read.END,), (Read.HEAD, upgraded, b"PRI"))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        server.scripts = server.scripts[1:]
        with engine.session.open("id", grpc_methods=methods) as stream:
            assert (stream.status, stream.read()) == (101, b"PRI")
    headers = server.requests[0].headers
    assert (headers["upgrade"], headers["x-docker-expose-session-uuid"]) == ("h2c", "id")
