"""What is used of the configuration of the docker command, and what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.conftest import Serve

_CONFIG = {
    "HttpHeaders": {"X-Meta": "secret-header"},
    "proxies": {"default": {"httpProxy": "http://secret-proxy:1", "noProxy": "*"}},
}


@pytest.mark.pitfall(38)
def test_proxies_and_headers_of_the_docker_command_are_not_used(
    serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(_CONFIG))
    record = b'{"id": "moby.image.id", "aux": {"ID": "sha256:1"}}'
    created = (Read.REQUEST, answer(b'{"Id": "a"}'))
    server = serve(created, (Read.REQUEST, answer(record)))
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    with Engine(server.host, api_version="1.41", environ=environ) as engine:
        engine.containers.create({"Image": "busybox"})
        engine.build.image({"Dockerfile": "FROM scratch"})
    sent = [f"{request.target} {request.headers} {request.body!r}" for request in server.requests]
    assert [text for text in sent if "secret-" in text or "x-meta" in text] == []
    assert json.loads(server.requests[0].body) == {"Image": "busybox"}
