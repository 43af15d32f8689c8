"""Processes in containers as streams, on a real engine."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ApiError, Incompatible, InvalidInput, Timeout
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from pytest_engine.core.api.output import ProcessStream
    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve

pytestmark = pytest.mark.engine


@pytest.fixture
def running(run: Run) -> str:
    """Name a container that runs."""
    return run()


def _exec(engine: Engine, container: str, *command: str, **config: Any) -> ProcessStream:
    body: Any = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True, **config}
    exec_id = engine.exec.create(container, body)
    return engine.exec.start(exec_id, tty=bool(config.get("Tty")))


def test_a_command_is_talked_to(engine: Engine, running: str) -> None:
    script = "while read line; do echo got $line; echo err >&2; done; echo bye; exit 3"
    with _exec(engine, running, "sh", "-c", script, AttachStdin=True) as process:
        process.write(b"one\n")
        lines = process.lines()
        assert {next(lines), next(lines)} == {("stdout", b"got one"), ("stderr", b"err")}
        process.close_stdin()
        assert list(lines) == [("stdout", b"bye")]
        assert process.exit_code() == 3
    assert process.exit_code() == 3


def test_the_end_of_a_command_is_waited_for_no_longer_than_asked(
    engine: Engine, running: str
) -> None:
    expected = pytest.raises(Timeout, match=r"did not end within 0\.2 s")
    with _exec(engine, running, "sleep", "1000") as process, expected:
        process.exit_code(0.2)


def test_closing_leaves_the_command_alone(engine: Engine, running: str) -> None:
    with _exec(engine, running, "sh", "-c", "sleep 0.5; exit 4") as process:
        pass
    assert process.exit_code(60) == 4


def test_closing_from_another_thread_ends_the_reader(engine: Engine, running: str) -> None:
    with _exec(engine, running, "sh", "-c", "echo ready; sleep 1000") as process:
        ready = threading.Event()

        def read() -> None:
            for _ in process:
                ready.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert ready.wait(60)
        process.close()
        reader.join(1)
        assert not reader.is_alive()


def test_the_terminal_of_a_command_is_resized(engine: Engine, running: str) -> None:
    script = "echo ready; read line; stty size"
    with _exec(engine, running, "sh", "-c", script, Tty=True, AttachStdin=True) as process:
        lines = process.lines()
        assert next(lines) == ("stdout", b"ready")
        process.resize(33, 77)
        process.write(b"\n")
        assert ("stdout", b"33 77") in list(lines)


def test_a_command_that_has_ended_cannot_be_resized(engine: Engine, running: str) -> None:
    with _exec(engine, running, "true", Tty=True) as process:
        process.read()
        process.exit_code(60)
        with pytest.raises(ApiError):
            process.resize(1, 1)


def test_the_first_size_of_a_terminal_needs_a_newer_engine(engine_host: str) -> None:
    with Engine(engine_host, api_version="1.41", environ={}) as engine:
        with pytest.raises(Incompatible, match=r"needs API 1\.42"):
            engine.exec.start("any", console_size=(1, 2))
        with pytest.raises(Incompatible, match=r"needs API 1\.42"):
            engine.exec.create("any", {"Cmd": ["true"], "ConsoleSize": [1, 2]})


def test_a_command_is_left_to_itself(engine: Engine, running: str) -> None:
    exec_id = engine.exec.create(running, {"Cmd": ["sh", "-c", "echo done > /done"]})
    engine.exec.start_detached(exec_id)
    script = "until [ -e /done ]; do sleep 0.05; done; cat /done"
    assert engine.exec.run(running, ["sh", "-c", script], timeout=60).stdout == b"done\n"


def test_a_command_may_have_all_capabilities(serve: Serve) -> None:
    # Not every machine lets an engine give them all.
    server = serve(
        (Read.REQUEST, answer(b'{"Id": "e1"}'), Read.REQUEST, answer(b'{"ExitCode": 0}')),
        (Read.REQUEST, b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"),
    )
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.exec.run("web", ["true"], privileged=True)
    assert json.loads(server.requests[0].body)["Privileged"] is True


def test_nothing_is_missed_by_whoever_attaches_before_the_start(
    engine: Engine, create: Run
) -> None:
    name = create("sh", "-c", "echo out; echo err >&2; exit 5")
    with engine.containers.attach(name) as process:
        with pytest.raises(InvalidInput, match="was never started"):
            process.exit_code()
        engine.containers.start(name)
        assert process.read() == (b"out\n", b"err\n")
        assert process.exit_code(60) == 5


def test_input_goes_to_the_containers_process(engine: Engine, create: Run) -> None:
    name = create("sh", "-c", "cat; exit 6", OpenStdin=True, StdinOnce=True)
    with engine.containers.attach(name, stdin=True) as process:
        engine.containers.start(name)
        process.write(b"hello")
        process.close_stdin()
        assert process.read() == (b"hello", b"")
        assert process.exit_code(60) == 6


def test_a_terminal_is_told_the_end_of_its_input(engine: Engine, create: Run) -> None:
    script = "wc -c; sleep 1; echo after; exit 6"
    name = create("sh", "-c", script, OpenStdin=True, StdinOnce=True, Tty=True)
    with engine.containers.attach(name, stdin=True) as process:
        engine.containers.start(name)
        process.write(b"one\n")
        process.write(b"two")
        process.close_stdin()
        shown, _nothing = process.read()
        assert shown.split()[-1] == b"after"
        assert b"7" in shown
        assert process.exit_code(60) == 6


@pytest.mark.lacks(
    "podman5", reason="what was logged comes with both streams, whichever is asked for"
)
def test_what_was_logged_comes_first_if_asked_for(engine: Engine, finished: Run) -> None:
    name = finished("sh", "-c", "echo out; echo err >&2")
    with engine.containers.attach(name, logs=True, stream=False) as process:
        assert process.read() == (b"out\n", b"err\n")
    with engine.containers.attach(name, logs=True, stream=False, stderr=False) as process:
        assert process.read() == (b"out\n", b"")


def test_a_terminal_is_found_out_and_resized(engine: Engine, create: Run) -> None:
    name = create("sh", "-c", "echo ready; read line; stty size", Tty=True, OpenStdin=True)
    with engine.containers.attach(name, stdin=True) as process:
        engine.containers.start(name)
        lines = process.lines()
        assert next(lines) == ("stdout", b"ready")
        process.resize(22, 66)
        process.write(b"\n")
        assert ("stdout", b"22 66") in list(lines)


@pytest.mark.lacks("podman5", reason="keys that detach are not heard")
def test_keys_end_the_connection_and_not_the_process(engine: Engine, create: Run) -> None:
    name = create("sh", "-c", "echo ready; read line", Tty=True, OpenStdin=True)
    with engine.containers.attach(name, stdin=True, detach_keys="ctrl-x,d") as process:
        engine.containers.start(name)
        assert next(process.lines()) == ("stdout", b"ready")
        process.write(b"\x18d")
        list(process)
        with pytest.raises(Timeout):
            process.exit_code(0.2)


def test_attaching_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="choose stream, logs or both"):
        engine.containers.attach("any", stream=False)


def test_the_end_of_a_container_is_waited_for_no_longer_than_asked(
    engine: Engine, running: str
) -> None:
    with (
        engine.containers.attach(running) as process,
        pytest.raises(Timeout, match=r"within 0\.2 s"),
    ):
        process.exit_code(0.2)
