"""Times that cannot be waited are refused before a swarm is told anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.converge import wait_all_converged, wait_converged
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.service.kind import ServiceKind
from pytest_engine.core.service.services import LiveServices

if TYPE_CHECKING:
    from tests.core.conftest import Serve


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e12, -1.0])
@pytest.mark.parametrize(
    ("wait", "name"),
    [
        (lambda engine, seconds: wait_converged(engine, "a", timeout=seconds), "timeout"),
        (
            lambda engine, seconds: wait_all_converged(engine, {"a": True}, timeout=seconds),
            "timeout",
        ),
        (lambda engine, seconds: LiveServices(engine).now(seconds), "timeout"),
        (lambda _engine, seconds: ServiceKind(timeout=seconds), "wait_timeout"),
    ],
)
def test_a_time_that_cannot_be_waited_is_refused(
    serve: Serve, wait: Callable[[Engine, float], object], name: str, seconds: float
) -> None:
    with serve(()) as server, Engine(server.host, api_version="1.41") as engine:
        with pytest.raises(InvalidInput, match=rf"^{name}: .* is not a number of seconds"):
            wait(engine, seconds)
        assert server.requests == []
