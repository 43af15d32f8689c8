"""How a command ended, from an engine whose answers are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError, Timeout
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve


@pytest.mark.parametrize("told", [b'{"Running": false, "ExitCode": null}', b"{}"])
def test_an_engine_that_does_not_tell_how_a_command_ended_is_given_up(
    told: bytes, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_engine.core.api.exec._TOLD", 0.2)
    server = serve((Read.REQUEST, answer(told), Read.AGAIN))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        with pytest.raises(EngineError, match="does not tell how exec abc ended") as caught:
            engine.exec.wait("abc")
        assert not isinstance(caught.value, Timeout)


def test_a_command_that_has_not_begun_yet_is_waited_for(serve: Serve) -> None:
    states = (b'{"Running": false}', b'{"Running": true}', b'{"ExitCode": 3}')
    server = serve(tuple(step for state in states for step in (Read.REQUEST, answer(state))))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        assert engine.exec.wait("abc") == 3
