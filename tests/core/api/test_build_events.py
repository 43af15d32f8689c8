"""Builds event by event: followed, ended from elsewhere, cut off."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.buildtrace import BuildOutput, BuildProgress, BuildStep, BuildWarning
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BuildFailed, ConnectionLost, EngineError
from tests.core.buildtrace.records import log, message, step
from tests.core.scripted import PATIENCE, PONG, Read, answer

if TYPE_CHECKING:
    from pytest_engine.core.buildtrace import BuildEvent
    from tests.conftest import Scratch
    from tests.core.conftest import Serve

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_CONTEXT = {"Dockerfile": "FROM scratch"}


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="its builder tells no times")
def test_a_build_is_followed(engine: Engine, busybox: str, scratch: Scratch) -> None:
    dockerfile = f"FROM {busybox}\nRUN echo out; echo err >&2\n"
    with engine.build.building(
        {"Dockerfile": dockerfile}, tags=[scratch.name()], nocache=True
    ) as build:
        assert build.image_id == ""
        told = list(build)
    assert build.image_id == engine.images.inspect(scratch.name())["Id"]
    steps = {event.name: event for event in told if isinstance(event, BuildStep)}
    ran = steps["[2/2] RUN echo out; echo err >&2"]
    assert ran.state == "done"
    assert (ran.seconds or 0) > 0
    printed = [event for event in told if isinstance(event, BuildOutput)]
    assert {(one.step.number, one.stream, one.line) for one in printed} == {
        (ran.number, "stdout", "out"),
        (ran.number, "stderr", "err"),
    }
    assert all(ran.started < (one.time or 0) < ran.completed for one in printed)  # type: ignore[operator]
    parts = [event for event in told if isinstance(event, BuildProgress)]
    assert {part.name for part in parts if part.is_done} >= {"exporting layers"}


@pytest.mark.engine
@pytest.mark.lacks("20.10", "26.1", "podman5", reason="it does not look at the Dockerfile so")
def test_warnings_are_told_with_their_line(engine: Engine, busybox: str, scratch: Scratch) -> None:
    told: list[BuildEvent] = []
    engine.build.image(
        {"Dockerfile": f"FROM {busybox}\nMAINTAINER me\n"},
        tags=[scratch.name()],
        on_event=told.append,
    )
    warnings = [event for event in told if isinstance(event, BuildWarning)]
    assert [(one.line, "MaintainerDeprecated" in one.message) for one in warnings] == [(2, True)]
    assert warnings[0].url.startswith("https://")


@pytest.mark.engine
def test_a_build_is_given_up_by_closing_it(engine: Engine, busybox: str) -> None:
    dockerfile = {"Dockerfile": f"FROM {busybox}\nRUN echo ready; sleep 1000\n"}
    with engine.build.building(dockerfile, nocache=True) as build:
        iterator = iter(build)
        for event in iterator:
            if isinstance(event, BuildOutput) and event.line == "ready":
                build.close()
        assert build.image_id == ""
    with engine.build.building({"Dockerfile": f"FROM {busybox}\n"}) as after:
        assert list(after)


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="only BuildKit cancels builds by their names")
def test_a_build_is_given_up_by_its_name(engine: Engine, busybox: str, scratch: Scratch) -> None:
    def give_up(event: BuildEvent) -> None:
        if isinstance(event, BuildOutput) and event.line == "ready":
            engine.build.cancel(scratch.name())

    dockerfile = {"Dockerfile": f"FROM {busybox}\nRUN echo ready; sleep 1000\n"}
    with pytest.raises(BuildFailed, match="cancel"):
        engine.build.image(dockerfile, nocache=True, buildid=scratch.name(), on_event=give_up)


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="only BuildKit cancels builds by their names")
def test_a_build_of_an_unknown_name_is_not_given_up(engine: Engine) -> None:
    engine.build.cancel("nobody-has-this-name")


# By servers that do what engines do on bad days


def _message(data: bytes) -> bytes:
    return json.dumps(message(data)).encode()


def _engine(serve: Serve, *steps: bytes | threading.Event) -> Engine:
    server = serve((Read.REQUEST, PONG), (Read.REQUEST, *steps))
    return Engine(server.host, api_version="1.41", environ={})


def test_messages_become_events_wherever_they_are_cut(serve: Serve) -> None:
    body = _message(step("s1", "RUN a", started=1)) + b"\r\n" + _message(log("s1", "text\n"))
    sent = answer(body + b'{"id": "moby.image.id", "aux": {"ID": "sha256:1"}}')
    engine = _engine(serve, *(sent[i : i + 1] for i in range(len(sent))))
    running = BuildStep(1, "RUN a", "running", 1_000_000_000)
    with engine, engine.build.building(_CONTEXT) as build:
        assert list(build.with_lines()) == [
            (running, ("RUN a",)),
            (BuildOutput(running, "stdout", "text", 7_000_000_005), ("  text",)),
        ]
    assert build.image_id == "sha256:1"


def test_an_answer_without_an_image_is_a_lost_connection(serve: Serve) -> None:
    with (
        _engine(serve, answer(_message(step("s1", "RUN a")))) as engine,
        pytest.raises(ConnectionLost, match="without an image and without a reason"),
    ):
        engine.build.image(_CONTEXT)


def test_an_image_is_not_missed_where_none_was_wanted(serve: Serve) -> None:
    with _engine(serve, answer(b"")) as engine:
        assert engine.build.image(_CONTEXT, outputs=[{"Type": "cacheonly"}]) == ""


def test_an_answer_that_is_cut_is_a_lost_connection(serve: Serve) -> None:
    with (
        _engine(serve, _HEAD + b'5\r\n{"id"\r\n0\r\n\r\n') as engine,
        pytest.raises(ConnectionLost),
    ):
        engine.build.image(_CONTEXT)


def test_closing_from_another_thread_is_an_end(serve: Serve) -> None:
    data = _message(step("s1", "RUN a", started=1)) + b'{"id'
    chunk = f"{len(data):x}\r\n".encode() + data + b"\r\n"
    over = threading.Event()
    with (
        _engine(serve, _HEAD + chunk, over) as engine,
        engine.build.building(_CONTEXT) as build,
    ):
        iterator = iter(build)
        assert isinstance(next(iterator), BuildStep)
        closer = threading.Timer(0.05, build.close)
        closer.start()
        assert list(iterator) == []
        assert not over.is_set()
        closer.join(PATIENCE)
        over.set()


@pytest.mark.parametrize("aux", ["not base64!", "gA=="])
def test_a_trace_that_cannot_be_read_is_an_error_of_ours(aux: str, serve: Serve) -> None:
    body = json.dumps({"id": "moby.buildkit.trace", "aux": aux}).encode()
    with (
        _engine(serve, answer(body)) as engine,
        pytest.raises(EngineError, match="trace of the build cannot be read"),
    ):
        engine.build.image(_CONTEXT)


@pytest.mark.parametrize(
    "sent",
    [
        answer(b'{"errorDetail": {"message": "the reason.\\n"}, "error": "the reason.\\n"}'),
        answer(b'{"message": "the reason"}', "500 No"),
        answer(b'{"message": "the reason"}', "400 No"),
    ],
)
def test_a_build_fails_in_the_engines_words(sent: bytes, serve: Serve) -> None:
    with _engine(serve, sent) as engine, pytest.raises(BuildFailed) as caught:
        engine.build.image(_CONTEXT, tags=["name"])
    assert str(caught.value) == "Cannot build name: the reason."
    assert (caught.value.detail, caught.value.image) == ("the reason", "name")
    assert (caught.value.step, caught.value.line, caught.value.log) == ("", None, "")
