"""What is asked for otherwise where the engine is Podman."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ContainerNotFound
from tests.core.scripted import PONG, Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

PODMAN = answer(b"OK", api_version="1.41", libpod_api_version="5.4.2")
DONE = answer(status="204 No Content")
MISSING = answer(b'{"message": "no such container"}', "404 Not Found")


def _asked(serve: Serve, *answers: bytes, version: str | None = None, force: bool) -> list[str]:
    """Remove a container and return what the engine was asked for."""
    server = serve([step for one in answers for step in (Read.REQUEST, one)])
    with Engine(server.host, api_version=version, environ={}) as engine:
        engine.containers.remove("c", force=force)
    return [f"{request.method} {request.target}" for request in server.requests]


@pytest.mark.parametrize("version", [None, "1.41"])
@pytest.mark.parametrize("killed", [DONE, MISSING])
def test_what_is_removed_by_force_is_killed_first(
    serve: Serve, version: str | None, killed: bytes
) -> None:
    assert _asked(serve, PODMAN, killed, DONE, version=version, force=True) == [
        "GET /_ping",
        "POST /v1.41/containers/c/kill",
        "DELETE /v1.41/containers/c?force=true",
    ]


def test_what_is_removed_without_force_is_not_killed(serve: Serve) -> None:
    assert _asked(serve, PODMAN, DONE, force=False) == ["GET /_ping", "DELETE /v1.41/containers/c"]


def test_docker_kills_by_itself(serve: Serve) -> None:
    asked = _asked(serve, PONG, DONE, force=True)
    assert asked == ["GET /_ping", "DELETE /v1.41/containers/c?force=true"]


def test_a_container_that_is_missing_is_an_error_all_the_same(serve: Serve) -> None:
    with pytest.raises(ContainerNotFound):
        _asked(serve, PODMAN, MISSING, MISSING, force=True)


@pytest.mark.parametrize(("pong", "encoded"), [(PODMAN, True), (PONG, False)])
def test_hosts_of_a_build_are_written_as_the_engine_reads_them(
    serve: Serve,
    pong: bytes,
    encoded: bool,  # noqa: FBT001
) -> None:
    hosts = ["a:192.0.2.1", "b:192.0.2.2"]
    built = answer(b'{"aux": {"ID": "sha256:1"}}')
    # It is asked for the version, and for the builder that it has.
    server = serve((Read.REQUEST, pong, Read.REQUEST, pong), (Read.REQUEST, built))
    with Engine(server.host, environ={}) as engine:
        engine.build.image({"Dockerfile": "FROM scratch\n"}, builder="classic", extrahosts=hosts)
    stated = parse_qs(urlsplit(server.requests[-1].target).query)["extrahosts"]
    assert stated == ([json.dumps(hosts)] if encoded else hosts)


def test_images_that_are_told_as_one_text_are_several(serve: Serve) -> None:
    server = serve(
        (Read.REQUEST, PODMAN), (Read.REQUEST, answer(b'{"stream": "Loaded image: a:1,b:2\\n"}'))
    )
    with Engine(server.host, environ={}) as engine:
        assert engine.images.load(b"archive") == ("a:1", "b:2")
