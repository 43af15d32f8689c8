"""What engines from API 1.42 on say of a process's streams, and take of its terminal's size."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.output import OutputStream
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve

_RAW = "application/vnd.docker.raw-stream"
_FRAMED = "application/vnd.docker.multiplexed-stream"
_BOTH_SCRIPT = "read line; echo out; echo err >&2"


def _frame(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(payload)) + payload


@pytest.fixture
def newer(engine: Engine) -> Engine:
    """An engine that says which kind of stream it sends."""
    if tuple(map(int, engine.api_version.split("."))) < (1, 42):
        pytest.skip("needs an engine with API 1.42")
    return engine


# On engines that have it


@pytest.mark.engine
@pytest.mark.parametrize("tty", [False, True])
@pytest.mark.pitfall(8)
def test_what_is_attached_to_is_told_apart_by_its_type(
    newer: Engine, create: Run, *, tty: bool
) -> None:
    name = create("sh", "-c", _BOTH_SCRIPT, OpenStdin=True, StdinOnce=True, Tty=tty)
    with newer.containers.attach(name, stdin=True) as process:
        newer.containers.start(name)
        process.write(b"\n")
        out, err = process.read()
    assert out.split()[-2 if tty else -1 :] == ([b"out", b"err"] if tty else [b"out"])
    assert err == (b"" if tty else b"err\n")


@pytest.mark.engine
@pytest.mark.parametrize("version", ["1.41", "1.42"])
@pytest.mark.pitfall(8)
def test_both_ways_to_tell_come_to_the_same(newer: Engine, finished: Run, version: str) -> None:
    with Engine(newer.endpoint.url, api_version=version, environ={}) as engine:
        for tty in (False, True):
            name = finished("echo", "out", suffix=f"tty-{tty}", Tty=tty)
            with engine.containers.attach(name, stream=False, logs=True) as process:
                assert process.read() == (b"out\r\n" if tty else b"out\n", b"")


@pytest.mark.engine
def test_a_terminal_of_a_command_has_its_size_from_the_start(newer: Engine, run: Run) -> None:
    config: Any = {"Cmd": ["stty", "size"], "Tty": True, "AttachStdout": True}
    made = newer.exec.create(run(), config)
    with newer.exec.start(made, tty=True, console_size=(40, 100)) as process:
        assert process.read() == (b"40 100\r\n", b"")


@pytest.mark.engine
def test_a_command_that_is_left_to_itself_may_have_a_size(newer: Engine, run: Run) -> None:
    box = run()
    script = "stty size > /made && mv /made /size"
    made = newer.exec.create(box, {"Cmd": ["sh", "-c", script], "Tty": True})
    newer.exec.start_detached(made, tty=True, console_size=(33, 77))
    looking = "until [ -e /size ]; do sleep 0.05; done; cat /size"
    assert newer.exec.run(box, ["sh", "-c", looking], timeout=60).stdout == b"33 77\n"


# What goes over the wire


@pytest.mark.parametrize("status", ["101 UPGRADED", "200 OK"])
@pytest.mark.parametrize("content_type", [_RAW, _FRAMED])
@pytest.mark.pitfall(8)
def test_the_type_of_what_is_attached_to_counts(
    content_type: str, status: str, serve: Serve
) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n\r\n".encode()
    body = _frame(1, b"out") + _frame(2, b"err")
    server = serve((Read.REQUEST, head + body))
    engine = Engine(server.host, api_version="1.42", environ={})
    with engine, engine.containers.attach("web") as process:
        output = process.read()
    # Without frames, those bytes are what a terminal shows.
    assert output == ((body, b"") if content_type == _RAW else (b"out", b"err"))
    assert [request.method for request in server.requests] == ["POST"], "nothing else is asked"


@pytest.mark.pitfall(8)
def test_who_knows_of_the_terminal_is_believed_whatever_the_type(serve: Serve) -> None:
    # As with API 1.41, where the type is always the same.
    server = serve((Read.REQUEST, answer(_frame(1, b"out"), "101 UPGRADED", content_type=_RAW)))
    engine = Engine(server.host, api_version="1.42", environ={})
    with engine, engine.containers.attach("web", tty=False) as process:
        assert process.read() == (b"out", b"")


@pytest.mark.pitfall(8)
def test_a_stream_whose_type_is_wrong_is_an_error_and_not_output(serve: Serve) -> None:
    head = f"HTTP/1.1 101 UPGRADED\r\nContent-Type: {_FRAMED}\r\n\r\n".encode()
    server = serve((Read.REQUEST, head + b"no frames, but the output of a terminal"))
    engine = Engine(server.host, api_version="1.42", environ={})
    expected = pytest.raises(EngineError, match="not in frames")
    with engine, engine.containers.attach("web") as process, expected:
        process.read()


def test_a_size_is_sent_as_height_and_width(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"")), (Read.REQUEST, answer(b"")))
    with Engine(server.host, api_version="1.42", environ={}) as engine:
        engine.exec.start("e1", tty=True, console_size=(40, 100)).close()
        engine.exec.start_detached("e1", tty=True, console_size=(33, 77))
    assert [json.loads(request.body) for request in server.requests] == [
        {"Detach": False, "Tty": True, "ConsoleSize": [40, 100]},
        {"Detach": True, "Tty": True, "ConsoleSize": [33, 77]},
    ]


def test_input_ends_once_there_is_a_process_to_read_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An engine may forget the end of an input that comes before.
    states = [b'{"Running": true, "Pid": 0}', b'{"Running": true, "Pid": 7}']
    asked = [step for state in states for step in (Read.REQUEST, answer(state))]
    head = f"HTTP/1.1 101 UPGRADED\r\nContent-Type: {_FRAMED}\r\n\r\n".encode()
    created, ended = answer(b'{"Id": "x"}', "201 Created"), answer(b'{"ExitCode": 0}')
    server = serve(
        (Read.REQUEST, created, *asked, Read.REQUEST, ended), (Read.REQUEST, head, Read.END)
    )
    close = OutputStream.close_stdin
    before: list[str] = []

    def close_stdin(output: OutputStream) -> None:
        before.extend(request.target for request in server.requests)
        close(output)

    monkeypatch.setattr(OutputStream, "close_stdin", close_stdin)
    with Engine(server.host, api_version="1.44", environ={}) as engine:
        assert engine.exec.run("c", ["cat"], stdin=b"").exit_code == 0
    assert [target.rpartition("/")[2] for target in before] == ["exec", "start", "json", "json"]
