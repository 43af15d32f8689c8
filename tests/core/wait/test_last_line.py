"""A last line that an engine keeps from who follows the log, as 20.10 does now and then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import ContainerDied
from tests.core.scripted import ONE_ANSWER, PONG, Read, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.scripted import ScriptedServer, Step

NAME = "c1"


def inspected(status: str) -> bytes:
    state = {"Status": status, "StartedAt": "2026-01-01T00:00:00Z", "ExitCode": 0}
    return answer(json.dumps({"Id": NAME, "Name": f"/{NAME}", "State": state}).encode())


def log(*lines: bytes) -> tuple[Step, ...]:
    """A connection that answers with a log, whose end is its own."""
    frames = b"".join(b"\x01\x00\x00\x00" + len(line).to_bytes(4, "big") + line for line in lines)
    return (Read.REQUEST, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + frames)


@pytest.fixture
def container(serve: Callable[..., ScriptedServer]) -> Container:
    """One that has ended, with a log whose last line is told only to who does not follow it."""
    states = (Read.REQUEST, inspected("running"), Read.REQUEST, inspected("exited"))
    server = serve(
        (Read.REQUEST, PONG, *states, *ONE_ANSWER, *ONE_ANSWER),
        log(b"one\n", b"one\n"),
        log(b"one\n", b"one\n", b"two"),
        log(b"two"),
    )
    return Container(Engine(server.host), NAME)


@pytest.mark.parametrize("condition", [wait.log("two"), wait.log("one", times=2)])
def test_it_is_seen_all_the_same(container: Container, condition: wait.Condition) -> None:
    container.wait(condition, timeout=10)


def test_no_line_counts_twice(container: Container) -> None:
    with pytest.raises(ContainerDied, match="2 of 3 lines have it"):
        container.wait(wait.log("one", times=3), timeout=10)
