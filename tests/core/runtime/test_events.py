"""Events of a real engine, as values."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed, ConnectionLost
from pytest_engine.core.runtime import (
    ContainerStopOptions,
    EngineRuntime,
    Event,
    EventAction,
    EventsStreamOptions,
    EventType,
)
from tests.core.scripted import Read

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch
    from tests.core.conftest import Serve
    from tests.core.runtime.conftest import Make

_SECOND = timedelta(seconds=1)


def _now() -> datetime:
    return datetime.now(timezone.utc)


@pytest.mark.engine
@pytest.mark.smoke
def test_what_happens_is_told_as_it_happens(runtime: Runtime, engine: Engine, create: Make) -> None:
    name = create()
    container = runtime.container_status(name).id
    begin = _now()
    filters = {"type": "container", "container": name}
    with runtime.events_stream(EventsStreamOptions(filters=filters)) as events:
        runtime.container_start(name)
        engine.containers.pause(name)
        engine.containers.unpause(name)
        runtime.container_stop(name, ContainerStopOptions(timeout=5))
        runtime.container_remove(name)
        told: list[Event] = []
        for event in events:
            told.append(event)
            if event.action in (EventAction.DESTROY, EventAction.REMOVE):
                break
    # Podman tells a stop now and then only, and 28.5 before the death.
    wanted = (EventAction.START, EventAction.PAUSE, EventAction.UNPAUSE, EventAction.DIE)
    assert [event.action for event in told if event.action in wanted] == list(wanted)
    assert {event.type for event in told} == {EventType.CONTAINER}
    assert {event.actor.id for event in told} == {container}
    assert all(begin - _SECOND <= event.time <= _now() + _SECOND for event in told)


@pytest.mark.engine
def test_other_resources_have_events_as_well(
    runtime: Runtime, engine: Engine, scratch: Scratch
) -> None:
    with runtime.events_stream(
        EventsStreamOptions(filters={"type": ["volume", "network"], "event": ["create"]})
    ) as events:
        engine.volumes.create({"Name": scratch.name("v")})
        network = engine.networks.create({"Name": scratch.name("n")})["Id"]
        told = list(itertools.islice(events, 2))
    assert [(event.type, event.actor.id) for event in told] == [
        (EventType.VOLUME, scratch.name("v")),
        (EventType.NETWORK, network),
    ]


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it leaves out some events of the past")
def test_events_of_the_past_are_told_between_two_moments(
    runtime: Runtime, engine: Engine, create: Make
) -> None:
    name = create()
    begin = _now()
    engine.containers.start(name)
    end = _now()
    engine.containers.remove(name, force=True)
    filters = {"container": name, "event": ["create", "start", "die"]}
    options = EventsStreamOptions(since=begin, until=end, filters=filters)
    with runtime.events_stream(options) as events:
        assert [event.action for event in events] == [EventAction.START]


@pytest.mark.engine
@pytest.mark.smoke
def test_events_are_ended_by_another_thread(runtime: Runtime, create: Make) -> None:
    name = create()
    options = EventsStreamOptions(filters={"container": name, "event": "start"})
    told: list[Event] = []
    came = threading.Event()
    with runtime.events_stream(options) as events:

        def follow() -> None:
            for event in events:
                told.append(event)
                came.set()

        reader = threading.Thread(target=follow)
        reader.start()
        runtime.container_start(name)
        assert came.wait(60)
        events.close()
        reader.join(1)
        assert not reader.is_alive()
        with pytest.raises(StopIteration):
            next(events)
    assert [event.action for event in told] == [EventAction.START]


def test_a_connection_that_is_lost_is_an_error(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    record = b'{"Type": "image", "Action": "pull", "Actor": {"ID": "a:1"}, "timeNano": 1000}\n'
    server = serve((Read.REQUEST, head + b"%x\r\n%b\r\n" % (len(record), record)))
    runtime = EngineRuntime(Engine(server.host, api_version="1.41", environ={}))
    with runtime.events_stream() as events:
        event = next(events)
        assert (event.type, event.action, event.actor.id) == ("image", "pull", "a:1")
        with pytest.raises(ConnectionLost):
            next(events)


def test_an_engine_that_is_away_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed):
        EngineRuntime(Engine(f"unix://{tmp_path}/none.sock", environ={})).events_stream()
