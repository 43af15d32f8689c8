"""Streams, threads and time over TLS, where one socket serves both directions at once."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import ConnectionLost, Timeout
from tests.core.roads.relay import Relay

if TYPE_CHECKING:
    from pytest_engine.core.api.output import OutputStream
    from pytest_engine.core.client import Engine
    from tests.roads import TlsEngine

pytestmark = pytest.mark.engine

_MIB = 1 << 20


def running(engine: Engine, box: str, *command: str, stdin: bool = False) -> OutputStream:
    """Run a command in the container, with its streams attached."""
    made = engine.exec.create(
        box,
        {"Cmd": list(command), "AttachStdin": stdin, "AttachStdout": True, "AttachStderr": True},
    )
    return engine.exec.start(made)


@pytest.mark.pitfall(6)
def test_the_end_of_input_reaches_a_command_whose_output_goes_on(
    over_tls: Engine, box: str
) -> None:
    done = over_tls.exec.run(box, ["wc", "-c"], stdin=b"x" * 100_000)
    assert (done.exit_code, done.stdout.strip(), done.stderr) == (0, b"100000", b"")


def test_an_empty_input_ends_at_once(over_tls: Engine, box: str) -> None:
    assert over_tls.exec.run(box, ["cat"], stdin=b"").stdout == b""


def test_output_that_comes_long_after_the_end_of_input_is_read(over_tls: Engine, box: str) -> None:
    script = "cat >/dev/null; sleep 0.5; echo late; sleep 0.2; echo later >&2; exit 3"
    done = over_tls.exec.run(box, ["sh", "-c", script], stdin=b"early")
    assert (done.exit_code, done.stdout, done.stderr) == (3, b"late\n", b"later\n")


def test_a_command_that_does_not_read_its_input_ends(over_tls: Engine, box: str) -> None:
    done = over_tls.exec.run(box, ["sh", "-c", "exit 4"], stdin=b"x" * (8 * _MIB))
    assert done.exit_code == 4


def test_much_goes_both_ways_at_once(over_tls: Engine, box: str) -> None:
    data = os.urandom(_MIB) * 32
    done = over_tls.exec.run(box, ["cat"], stdin=data)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(data).digest()


def test_input_waits_for_a_command_that_speaks_and_reads_nothing(
    over_tls: Engine, box: str
) -> None:
    data = os.urandom(_MIB) * 16
    # It speaks until all is read, so that how long that takes is no silence.
    script = "(while sleep 0.3; do echo . >&2; done) & sleep 3; sha256sum; kill $!"
    done = over_tls.exec.run(box, ["sh", "-c", script], stdin=data, timeout=2)
    assert done.stdout.split()[0].decode() == hashlib.sha256(data).hexdigest()


@pytest.mark.pitfall(3)
def test_early_output_is_not_lost(over_tls: Engine, box: str) -> None:
    for _ in range(30):
        assert over_tls.exec.run(box, ["echo", "early"]).stdout == b"early\n"


@pytest.mark.parametrize("is_file", [False, True], ids=["from memory", "from a file"])
def test_an_archive_goes_in_and_out(
    over_tls: Engine, box: str, tmp_path: Path, *, is_file: bool
) -> None:
    data = os.urandom(_MIB) * 16
    # A file's bytes must not go past the encryption by the kernel's own way.
    with (tmp_path / "a.tar").open("w+b") if is_file else io.BytesIO() as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            member = tarfile.TarInfo("big")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        packed.seek(0)
        over_tls.containers.put_archive(box, "/tmp", packed)  # noqa: S108  # in the container
    with over_tls.containers.get_archive(box, "/tmp/big") as stream:  # noqa: S108
        out = io.BytesIO(b"".join(stream))
    with tarfile.open(fileobj=out) as archive:
        member_file = archive.extractfile("big")
        assert member_file is not None
        assert member_file.read() == data


# Closing


@pytest.mark.parametrize("what", ["events", "exec"])
def test_closing_wakes_a_reader_in_another_thread(what: str, over_tls: Engine, box: str) -> None:
    stream = (
        over_tls.system.events() if what == "events" else running(over_tls, box, "cat", stdin=True)
    )
    reading = threading.Event()
    ended: list[float] = []

    def read() -> None:
        reading.set()
        for _ in stream:
            pass
        ended.append(time.monotonic())

    reader = threading.Thread(target=read)
    reader.start()
    reading.wait(10)
    time.sleep(0.1)
    closed = time.monotonic()
    stream.close()
    reader.join(10)
    assert ended
    assert ended[0] - closed < 1


def test_closing_wakes_a_writer_in_another_thread(over_tls: Engine, box: str) -> None:
    with running(over_tls, box, "sleep", "600", stdin=True) as stream:
        failed: list[BaseException] = []

        def write() -> None:
            try:
                while True:
                    stream.write(b"x" * _MIB)
            except ConnectionLost as exc:
                failed.append(exc)

        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.5)
        stream.close()
        writer.join(10)
        assert not writer.is_alive()
        assert failed


@pytest.mark.pitfall(24)
def test_a_stream_that_is_closed_leaves_no_connection(tls_engine: TlsEngine, box: str) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with tls_engine.connect() as engine:
        for _ in range(10):
            engine.exec.run(box, ["cat"], stdin=b"x")
            engine.system.events().close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# Time


def test_silence_is_bounded_where_that_is_asked_for(over_tls: Engine, box: str) -> None:
    start = time.monotonic()
    with pytest.raises(Timeout, match=r"silent for 0\.3 s"):
        over_tls.exec.run(box, ["sleep", "30"], timeout=0.3)
    assert 0.3 <= time.monotonic() - start < 3


def test_a_short_call_is_bounded(tls_engine: TlsEngine, box: str) -> None:
    with tls_engine.connect(timeout=0.5) as engine:
        engine.system.ping()
        with pytest.raises(Timeout, match=r"stayed silent for 0\.5 s"):
            engine._caller.call("ContainerWait", box)  # noqa: SLF001
        engine.system.ping()


def test_silence_is_not_bounded_where_it_is_not_asked_for(tls_engine: TlsEngine, box: str) -> None:
    with tls_engine.connect(timeout=0.3) as engine:
        assert engine.exec.run(box, ["sh", "-c", "sleep 1; echo done"]).stdout == b"done\n"


def test_a_connection_that_is_cut_is_no_end_of_output(tls_engine: TlsEngine, box: str) -> None:
    tls = replace(tls_engine.tls, hostname="127.0.0.1")
    with Relay(("127.0.0.1", tls_engine.port)) as relay:
        engine = replace_port(tls_engine, relay).connect(tls)
        stream = running(engine, box, "sh", "-c", "echo first; sleep 600")
        output = iter(stream)
        assert next(output) == ("stdout", b"first\n")
    with engine, stream, pytest.raises(ConnectionLost):
        list(output)


def replace_port(tls_engine: TlsEngine, relay: Relay) -> TlsEngine:
    """The same engine, behind a relay."""
    return replace(tls_engine, port=relay.port)


# Many at once


def test_calls_share_a_connection(tls_engine: TlsEngine) -> None:
    with Relay(("127.0.0.1", tls_engine.port)) as relay:
        with replace_port(tls_engine, relay).connect() as engine:
            for _ in range(20):
                engine.system.ping()
        assert relay.connections == 1


def test_threads_share_a_client(tls_engine: TlsEngine, box: str) -> None:
    with tls_engine.connect() as engine, ThreadPoolExecutor(32) as threads:

        def work(number: int) -> tuple[str, bytes]:
            data = f"{number}\n".encode() * 1000
            echoed = engine.exec.run(box, ["cat"], stdin=data).stdout
            inspected = ""
            for _ in range(10):
                inspected = engine.containers.inspect(box)["Id"]
            return inspected, echoed[: len(str(number))] if echoed == data else b"mixed up"

        results = list(threads.map(work, range(64)))
    assert results == [(box, str(number).encode()) for number in range(64)]


@pytest.mark.pitfall(2)
def test_a_child_has_connections_of_its_own(over_tls: Engine, box: str) -> None:
    over_tls.system.ping()
    child = os.fork()
    if child == 0:
        try:
            same = all(over_tls.containers.inspect(box)["Id"] == box for _ in range(50))
            os._exit(0 if same else 1)
        except BaseException:  # noqa: BLE001  # never back into the tests of the parent
            os._exit(2)
    assert all(over_tls.containers.inspect(box)["Id"] == box for _ in range(50))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
