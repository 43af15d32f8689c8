"""Attaching by a websocket, on a real engine and on every road that it may take."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import BadRequest, ContainerNotFound, InvalidInput, Timeout

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.core.api.conftest import Run
    from tests.lab import Lab
    from tests.roads import TlsEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="Podman serves no websockets"),
]


def _talk(engine: Engine, name: str) -> None:
    """Start a container that counts its input, and write to it until it ends."""
    process = engine.containers.attach_websocket(name)
    with process:
        engine.containers.start(name)
        process.write(b"x" * 100_000)
        process.write(b"y" * 10)
        process.close_stdin()
        output, errors = process.read()
    assert sorted(output.split()) == [b"100010", b"after", b"err"]
    assert errors == b""
    assert process.exit_code(60) == 4


_COUNTS: dict[str, Any] = {"OpenStdin": True, "StdinOnce": True}
_COUNT = ("sh", "-c", "wc -c; echo after; echo err >&2; exit 4")


def test_a_process_is_talked_to_until_it_ends(engine: Engine, create: Run) -> None:
    _talk(engine, create(*_COUNT, **_COUNTS))


def test_a_process_is_talked_to_over_tls(tls_engine: TlsEngine, lab_below: Lab) -> None:
    lab_below.up(["busybox"])
    with tls_engine.connect() as engine:
        engine.images.pull("busybox")
        body: Any = {"Image": "busybox", "Cmd": list(_COUNT), **_COUNTS}
        created = engine.containers.create(body)["Id"]
        try:
            _talk(engine, created)
        finally:
            engine.containers.remove(created, force=True)


def test_what_was_logged_comes_first_if_asked_for(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "echo logged; read line; echo got $line", OpenStdin=True)
    with engine.containers.logs(name, follow=True) as output:
        assert next(output.lines()) == ("stdout", b"logged")
    with engine.containers.attach_websocket(name, logs=True) as process:
        lines = process.lines()
        assert next(lines) == ("stdout", b"logged")
        process.write(b"this\n")
        assert list(lines) == [("stdout", b"got this")]


def test_a_terminal_is_resized(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "read line; stty size", OpenStdin=True, Tty=True)
    with engine.containers.attach_websocket(name) as process:
        process.resize(40, 100)
        process.write(b"go\n")
        assert process.read()[0].split()[-2:] == [b"40", b"100"]


def test_keys_end_the_connection_and_not_the_process(engine: Engine, run: Run) -> None:
    name = run("cat", OpenStdin=True, Tty=True)
    with engine.containers.attach_websocket(name, detach_keys="ctrl-x") as process:
        process.write(b"\x18")
        process.read()
    assert engine.containers.inspect(name)["State"]["Running"]


def test_silence_is_a_timeout_where_one_is_set(engine: Engine, run: Run) -> None:
    with engine.containers.attach_websocket(run()) as process:
        process.settimeout(0.1)
        with pytest.raises(Timeout, match=r"nothing came for 0\.1 s"):
            process.read()


def test_closing_ends_a_reader_in_another_thread(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "echo ready; sleep 1000")
    ready = threading.Event()
    with engine.containers.attach_websocket(name, logs=True) as process:

        def read() -> None:
            for _ in process.lines():
                ready.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert ready.wait(60)
        process.close()
        reader.join(10)
        assert not reader.is_alive()


def test_a_refusal_is_the_engine_s_own(engine: Engine, run: Run) -> None:
    with pytest.raises(ContainerNotFound, match="No such container: no-such-one"):
        engine.containers.attach_websocket("no-such-one")
    with pytest.raises(BadRequest, match=r"Invalid detach keys|invalid detach keys"):
        engine.containers.attach_websocket(run(), detach_keys="nonsense-x")


def test_nothing_to_attach_to_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="choose stream, logs or both"):
        engine.containers.attach_websocket("any", stream=False)
