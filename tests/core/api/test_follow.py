"""Logs that are followed line by line, on a real engine."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.api.events import EventStream
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import ConnectionLost, ContainerNotFound
from pytest_engine.core.follow import LogFollower
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve

# Says which run of it this is, and ends.
_RUNS = "echo x >> /runs; n=$(wc -l < /runs); for i in 1 2 3; do echo run $n line $i; done"


def _text(lines: LogFollower | Iterator[tuple[str, bytes]]) -> list[str]:
    return [line.decode() for _, line in lines]


@pytest.mark.engine
@pytest.mark.parametrize("tty", [False, True])
def test_lines_come_until_the_container_ends(engine: Engine, run: Run, tty: bool) -> None:  # noqa: FBT001
    name = run("sh", "-c", "echo one; sleep 0.3; echo two; echo three", Tty=tty)
    with Container(engine, name).follow() as lines:
        assert _text(lines) == ["one", "two", "three"]


@pytest.mark.engine
def test_streams_and_the_last_lines_are_chosen(engine: Engine, finished: Run) -> None:
    container = Container(engine, finished("sh", "-c", "seq 3; echo err >&2"))
    assert list(container.follow(stdout=False)) == [("stderr", b"err")]
    assert _text(container.follow(stderr=False)) == ["1", "2", "3"]
    assert _text(Container(engine, finished("seq", "3", suffix="y")).follow(tail=2)) == ["2", "3"]


@pytest.mark.engine
def test_a_line_longer_than_an_entry_of_the_log_is_one_line(engine: Engine, finished: Run) -> None:
    name = finished("sh", "-c", "head -c 50000 /dev/zero | tr '\\0' x; echo; echo end")
    assert _text(Container(engine, name).follow()) == ["x" * 50_000, "end"]


@pytest.mark.engine
@pytest.mark.parametrize("tty", [False, True])
def test_restarts_lose_no_line_and_repeat_none(engine: Engine, create: Run, tty: bool) -> None:  # noqa: FBT001
    container = Container(engine, create("sh", "-c", _RUNS, Tty=tty))
    container.start()
    expected = [f"run {n} line {i}" for n in (1, 2, 3, 4) for i in (1, 2, 3)]
    with container.follow(restarts=True) as lines:
        seen = []
        for stream, line in lines:
            assert stream == "stdout"
            seen.append(line.decode())
            if seen[-1].endswith("line 3") and len(seen) < len(expected):
                engine.containers.wait(container.id, timeout=60)
                container.start()
            elif len(seen) == len(expected):
                container.remove()
    assert seen == expected


@pytest.mark.engine
def test_restarts_by_the_engine_are_followed(engine: Engine, create: Run) -> None:
    policy = {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}
    container = Container(engine, create("sh", "-c", f"{_RUNS}; exit 1", HostConfig=policy))
    container.start()
    expected = [f"run {n} line {i}" for n in (1, 2, 3, 4) for i in (1, 2, 3)]
    with container.follow(restarts=True) as lines:
        iterator = iter(lines)
        assert _text(next(iterator) for _ in expected) == expected


@pytest.mark.engine
def test_what_a_later_start_logs_is_new_where_nothing_was_told(engine: Engine, run: Run) -> None:
    container = Container(engine, run("sh", "-c", _RUNS))
    engine.containers.wait(container.id, timeout=60)
    told: list[tuple[str, bytes]] = []
    with container.follow(restarts=True, tail=0) as lines:
        reader = threading.Thread(target=lambda: told.append(next(iter(lines))))
        reader.start()
        deadline = time.monotonic() + 60
        # It waits for the next start once it has read the log and listens to events.
        while not isinstance(lines._open, EventStream) and time.monotonic() < deadline:  # noqa: SLF001
            time.sleep(0.01)
        container.start()
        reader.join(60)
    assert told == [("stdout", b"run 2 line 1")]


@pytest.mark.engine
@pytest.mark.parametrize("script", ["echo x; sleep 1000", "echo x"])
def test_closing_wakes_a_reader(script: str, engine: Engine, run: Run) -> None:
    seen = threading.Event()
    with Container(engine, run("sh", "-c", script)).follow(restarts=True) as lines:

        def read() -> None:
            for _ in lines:
                seen.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert seen.wait(60)
        lines.close()
        reader.join(1)
        assert not reader.is_alive()


@pytest.mark.engine
def test_what_is_missing_is_named(engine: Engine) -> None:
    with pytest.raises(ContainerNotFound):
        list(Container(engine, "no-such-container").follow())


def test_a_lost_connection_is_an_error(serve: Serve) -> None:
    cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
    server = serve((Read.REQUEST, answer(b'{"Id": "x", "Config": {}}')), (Read.REQUEST, cut))
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        follower = LogFollower(engine, "web", restarts=True)
        with pytest.raises(ConnectionLost):
            list(follower)


def test_entries_of_the_same_nanosecond_come_once_each(serve: Serve) -> None:
    def log(*entries: str) -> bytes:
        frames = [f"2024-01-01T00:00:0{entry}\n".encode() for entry in entries]
        return answer(b"".join(b"\1\0\0\0" + len(f).to_bytes(4, "big") + f for f in frames))

    state = b'{"Id": "x", "Config": {}, "State": {"Running": true, "StartedAt": "%d"}}'
    server = serve(
        (Read.REQUEST, answer(state % 1), Read.REQUEST, answer(state % 2), Read.REQUEST,
         answer(b"{}")),
        (Read.REQUEST, log("1.5Z a", "1.5Z a")),
        (Read.REQUEST, answer(b"")),
        (Read.REQUEST, log("1.5Z a", "1.5Z a", "1.5Z a", "2Z b")),
        (Read.REQUEST, answer(b"")),
    )  # fmt: skip
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        lines = iter(LogFollower(engine, "web", restarts=True))
        assert _text(next(lines) for _ in range(4)) == ["a", "a", "a", "b"]
    assert "since=1704067201.500000000" in server.requests[4].target


@pytest.mark.parametrize(
    ("ended", "since"),
    [("2024-01-01T00:00:01.5Z", "1704067201.510000000"), ("0001-01-01T00:00:00Z", "0.000000000")],
)
def test_what_is_new_begins_surely_after_the_end_that_is_told(
    ended: str, since: str, serve: Serve
) -> None:
    state = (
        '{"Id": "x", "Config": {}, "State": {"Running": %s, "StartedAt": "%d", "FinishedAt": "%s"}}'
    )
    over, runs = (answer((state % one).encode()) for one in (("false", 1, ended), ("true", 2, "")))
    entry = b"2024-01-01T00:00:06Z new\n"
    server = serve(
        (Read.REQUEST, over, Read.REQUEST, runs),
        (Read.REQUEST, answer(b"")),
        (Read.REQUEST, answer(b"")),
        (Read.REQUEST, answer(b"\1\0\0\0" + len(entry).to_bytes(4, "big") + entry)),
    )
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        lines = iter(LogFollower(engine, "web", restarts=True, tail=0))
        assert next(lines) == ("stdout", b"new")
    assert f"since={since}" in server.requests[-1].target
