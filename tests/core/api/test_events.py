"""Events that go on when the connection is lost: none missed, none told twice."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BadRequest, ConnectionFailed, ConnectionLost, InvalidInput
from tests.core.roads.relay import Relay
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_INFO = (Read.REQUEST, answer(b'{"SystemTime": "1970-01-01T00:00:10.000000005Z"}'))


def _event(nano: int, action: str = "start") -> bytes:
    return json.dumps({"Action": action, "timeNano": nano}).encode()


def _chunk(*events: bytes) -> bytes:
    data = b"\n".join(events) + b"\n"
    return b"%x\r\n%b\r\n" % (len(data), data)


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={})


def _told(events: Any) -> list[tuple[str, int]]:
    return [(event["Action"], event["timeNano"]) for event in events]


def test_a_lost_connection_is_an_error_unless_asked_otherwise(serve: Serve) -> None:
    server = serve((Read.REQUEST, _HEAD + _chunk(_event(1))))
    with _engine(server.host).system.events() as events, pytest.raises(ConnectionLost):
        list(events)
    assert server.connections == 1


@pytest.mark.parametrize("cut", [0, 10, -1])
@pytest.mark.pitfall(16)
def test_events_go_on_without_loss_or_doubles(cut: int, serve: Serve) -> None:
    first, second, third = (_event(11 * 10**9 + n) for n in (1, 1, 2))
    lost = _chunk(_event(11 * 10**9 + 2, "stop"))
    server = serve(
        (Read.REQUEST, _HEAD + _chunk(first, second) + lost[: len(lost) + cut if cut < 0 else cut]),
        (
            Read.REQUEST,
            # Two that are alike and one that was not told yet.
            _HEAD + _chunk(first, second, third, _event(11 * 10**9 + 2, "stop")) + b"0\r\n\r\n",
        ),
    )
    with _engine(server.host).system.events(since=10, until=20, reconnect=5) as events:
        assert _told(events) == [
            ("start", 11_000_000_001),
            ("start", 11_000_000_001),
            *([] if cut != -1 else [("stop", 11_000_000_002)]),
            ("start", 11_000_000_002),
            *([("stop", 11_000_000_002)] if cut != -1 else []),
        ]
    assert "since=10.000000001&" in server.requests[1].target or (
        "since=10.000000002&" in server.requests[1].target
    )


def test_what_is_asked_for_again_is_not_before_what_was_asked_for(serve: Serve) -> None:
    server = serve(
        (Read.REQUEST, _HEAD + _chunk(_event(10_500_000_000))),
        (Read.REQUEST, _HEAD + b"0\r\n\r\n"),
    )
    moment = "1970-01-01T00:00:10.250000001Z"
    with _engine(server.host).system.events(since=moment, until=20, reconnect=5) as events:
        assert len(list(events)) == 1
    assert [r.target.partition("since=")[2][:12] for r in server.requests] == ["10.250000001"] * 2


def test_without_a_moment_the_engines_clock_says_where_to_go_on(serve: Serve) -> None:
    server = serve(_INFO, (Read.REQUEST, _HEAD), (Read.REQUEST, _HEAD + _chunk(_event(10**10))))
    with _engine(server.host).system.events(reconnect=5) as events:
        assert _told([next(iter(events))]) == [("start", 10**10)]
    assert "since=10.000000005" in server.requests[2].target


def test_an_engine_that_ends_the_answer_is_connected_to_again(serve: Serve) -> None:
    server = serve(
        (Read.REQUEST, _HEAD + _chunk(_event(10**10)) + b"0\r\n\r\n"),
        (Read.REQUEST, _HEAD + _chunk(_event(10**10), _event(10**10 + 1)) + b"0\r\n\r\n"),
    )
    with _engine(server.host).system.events(since=0, reconnect=5) as events:
        iterator = iter(events)
        assert _told([next(iterator), next(iterator)]) == [("start", 10**10), ("start", 10**10 + 1)]


def test_an_engine_that_stays_away_is_an_error_in_time(serve: Serve) -> None:
    server = serve((Read.REQUEST, _HEAD + _chunk(_event(10**10))))
    with _engine(server.host).system.events(since=0, reconnect=0.3) as events:
        iterator = iter(events)
        next(iterator)
        server.__exit__(None, None, None)
        begin = time.monotonic()
        with pytest.raises(ConnectionLost, match=r"stayed away for 0\.3 s"):
            next(iterator)
        assert time.monotonic() - begin < 5


def test_an_engine_may_stay_away_for_longer_than_a_socket_can_wait(serve: Serve) -> None:
    first, second = _event(10**10), _event(10**10 + 1)
    server = serve(
        (Read.REQUEST, _HEAD + _chunk(first)), (Read.REQUEST, _HEAD + _chunk(first, second))
    )
    with _engine(server.host).system.events(since=0, reconnect=3e6) as events:
        iterator = iter(events)
        assert _told([next(iterator), next(iterator)]) == [("start", 10**10), ("start", 10**10 + 1)]


@pytest.mark.parametrize("reconnect", [-1, float("nan"), float("inf"), 1e300, "5"])
def test_a_time_for_which_no_engine_stays_away_is_refused(reconnect: Any, tmp_path: Path) -> None:
    # Nobody listens there.
    system = _engine(f"unix://{tmp_path}/none.sock").system
    with pytest.raises(InvalidInput, match=r"^reconnect: .* is not a number of seconds from 0 to"):
        system.events(reconnect=reconnect)


def test_an_engine_that_cuts_every_connection_is_an_error_in_time(serve: Serve) -> None:
    server = serve((Read.REQUEST, _HEAD))
    expected = pytest.raises(ConnectionLost, match=r"stayed away for 0\.3 s")
    with _engine(server.host).system.events(since=0, reconnect=0.3) as events, expected:
        list(events)
    assert server.connections < 20


def test_an_engine_at_which_nothing_happened_for_a_while_was_not_away(serve: Serve) -> None:
    silences = [threading.Event() for _ in range(2)]
    server = serve(
        *((Read.REQUEST, _HEAD, silence) for silence in silences),
        (Read.REQUEST, _HEAD + _chunk(_event(10**10))),
    )
    cuts = [threading.Timer(1.3 * n, one.set) for n, one in enumerate(silences, 1)]
    for cut in cuts:
        cut.start()
    # Less than the first connection lives.
    with _engine(server.host).system.events(since=0, reconnect=0.5) as events:
        assert _told([next(iter(events))]) == [("start", 10**10)]
    assert server.connections == 3


def test_an_engine_that_refuses_is_not_asked_again(serve: Serve) -> None:
    refusal = (Read.REQUEST, answer(b'{"message": "no"}', "400 Bad Request"))
    server = serve((Read.REQUEST, _HEAD), refusal)
    expected = pytest.raises(BadRequest, match="no")
    with _engine(server.host).system.events(since=0, reconnect=5) as events, expected:
        list(events)
    assert server.connections == 2


def test_an_engine_that_is_away_from_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed):
        _engine(f"unix://{tmp_path}/none.sock").system.events(since=0, reconnect=5)


@pytest.mark.parametrize("stalls", [False, True])
@pytest.mark.pitfall(16)
def test_closing_wakes_a_reader_that_reconnects(stalls: bool, serve: Serve) -> None:  # noqa: FBT001
    silence = threading.Event()
    server = serve(
        (Read.REQUEST, _HEAD),
        (Read.REQUEST, silence) if stalls else (Read.REQUEST, answer(b"", "503 Not Now")),
    )
    with _engine(server.host).system.events(since=0, reconnect=60) as events:
        reader = threading.Thread(target=lambda: list(events))
        reader.start()
        server.wait_for_requests(2)
        events.close()
        reader.join(1)
        assert not reader.is_alive()
    silence.set()


class _CuttingRelay(Relay):
    def cut(self) -> None:
        """End all connections."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


@pytest.mark.engine
def test_events_of_a_real_engine_outlive_the_connection(
    engine: Engine, engine_host: str, create: Run
) -> None:
    name = create()
    filters = {"container": engine.containers.inspect(name)["Id"], "type": "container"}
    with contextlib.ExitStack() as stack:
        relay = _CuttingRelay(engine_host.partition("://")[2])
        stack.enter_context(relay)
        client = stack.enter_context(Engine(f"tcp://{relay.address}", environ={}))
        events = stack.enter_context(client.system.events(reconnect=30, filters=filters))
        iterator = iter(events)
        told = []
        for number in range(5):
            engine.containers.rename(name, f"{name}-{number}")
            engine.containers.rename(f"{name}-{number}", name)
            told.append(next(iterator))
            relay.cut()
        told += [next(iterator) for _ in range(5)]
    names = [event["Actor"]["Attributes"]["name"] for event in told]
    assert names == [n for number in range(5) for n in (f"{name}-{number}", name)]
