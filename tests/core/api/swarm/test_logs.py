"""Logs of services and of their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput
from tests.core.scripted import Read, answer
from tests.core.swarms import eventually, service_spec, tasks_of

if TYPE_CHECKING:
    from tests.core.conftest import Serve

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

_TALK = "echo out; echo err >&2; exec sleep 1000"


class TestLogs:
    def test_a_service_and_its_task_have_the_same_log(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        engine.services.create(service_spec(name, busybox, "sh", "-c", _TALK))
        (task,) = tasks_of(engine, name, "running")
        for read in (lambda: engine.services.logs(name), lambda: engine.tasks.logs(task["ID"])):
            assert _read(read) == (b"out\n", b"err\n")

    def test_a_terminal_has_one_stream(self, engine: Engine, name: str, busybox: str) -> None:
        spec = service_spec(name, busybox, "sh", "-c", _TALK)
        spec["TaskTemplate"]["ContainerSpec"]["TTY"] = True
        engine.services.create(spec)
        (task,) = tasks_of(engine, name, "running")
        for read in (lambda: engine.services.logs(name), lambda: engine.tasks.logs(task["ID"])):
            assert _read(read) == (b"out\r\nerr\r\n", b"")

    def test_a_log_is_followed_until_it_is_closed(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        command = "while true; do echo tick; sleep 0.2; done"
        engine.services.create(service_spec(name, busybox, "sh", "-c", command))
        tasks_of(engine, name, "running")
        with engine.services.logs(name, follow=True) as log:
            lines = log.lines()
            assert [next(lines) for _line in range(3)] == [("stdout", b"tick")] * 3
            log.close()
            assert list(lines) == []

    @pytest.mark.parametrize("tail", ["all", -1, 1.5])
    def test_a_tail_that_is_no_number_of_lines_is_refused(self, engine: Engine, tail: Any) -> None:
        for read in (engine.services.logs, engine.tasks.logs):
            with pytest.raises(InvalidInput, match="number of lines"):
                read("a", tail=tail)
            with pytest.raises(InvalidInput, match="stdout, stderr or both"):
                read("a", stdout=False, stderr=False)

    @pytest.mark.parametrize(
        ("content_type", "expected"),
        [
            ("application/vnd.docker.raw-stream", (b"\1\0\0\0\0\0\0\2ab", b"")),
            ("application/vnd.docker.multiplexed-stream", (b"ab", b"")),
        ],
    )
    def test_the_answers_type_tells_of_a_terminal_from_api_1_42_on(
        self, serve: Serve, content_type: str, expected: tuple[bytes, bytes]
    ) -> None:
        frame = answer(b"\1\0\0\0\0\0\0\2ab", content_type=content_type)
        server = serve((Read.REQUEST, frame))
        with Engine(server.host, api_version="1.42", environ={}) as engine:
            with engine.services.logs("a") as log:
                assert log.read() == expected
            with engine.tasks.logs("a") as log:
                assert log.read() == expected
        assert len(server.requests) == 2


def _read(open_log: Callable[[], Any]) -> tuple[bytes, bytes]:
    """Read a log when both lines have arrived in it, which takes a moment."""

    def look() -> tuple[bytes, bytes] | None:
        with open_log() as log:
            out, err = log.read()
        return (out, err) if (out + err).count(b"\n") == 2 else None

    return eventually(look)
