"""Sessions: the engine begins to speak gRPC."""

from __future__ import annotations

import pytest

from tests.core.operations.cases import World, case

pytestmark = [pytest.mark.lacks("podman5", reason="Podman has no sessions")]

# What a client of HTTP/2 says first (RFC 9113, section 3.4).
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@case("Session")
def opened(world: World) -> None:
    with world.engine.session.open(
        "some-id", name="test", shared_key="key", grpc_methods=["/a.B/C", "/a.B/D"]
    ) as stream:
        stream.settimeout(20)
        said = b""
        while len(said) < len(PREFACE):
            piece = stream.read()
            assert piece, "the engine has closed the session"
            said += piece
    assert said.startswith(PREFACE)
