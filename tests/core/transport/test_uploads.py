"""Bodies that are files: they go to the socket by the kernel, where that sends what they hold."""

from __future__ import annotations

import gzip
import io
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput, Timeout
from tests.core.scripted import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.core.conftest import Serve
    from tests.core.scripted import Request

_DATA = os.urandom(300_000)


def send(serve: Serve, body: Any) -> Request:
    """Send a body as an archive, and return what arrived."""
    server = serve(ALWAYS)
    with Engine(server.host, api_version="1.41", environ={}) as engine:
        engine.containers.put_archive("web", "/", body)
    return server.requests[0]


@pytest.mark.parametrize("offset", [0, 1, 299_999])
def test_a_file_is_sent_from_where_it_was_read_to(
    serve: Serve, tmp_path: Path, offset: int
) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(_DATA)
    with path.open("rb") as file:
        # Part of what comes after it is in the file's buffer.
        file.read(offset)
        request = send(serve, file)
        assert file.read() == b"", "as after any other way to send it"
    assert request.body == _DATA[offset:]
    assert request.headers["content-length"] == str(len(_DATA) - offset)


def test_a_file_without_a_buffer_is_sent(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(_DATA)
    with path.open("rb", buffering=0) as file:
        request = send(serve, file)
    assert request.body == _DATA


def test_an_empty_file_is_sent(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.touch()
    with path.open("rb") as file:
        assert send(serve, file).body == b""


def test_what_a_file_decompresses_to_is_sent_and_not_what_it_holds(
    serve: Serve, tmp_path: Path
) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(_DATA))
    with gzip.open(path) as file:
        assert send(serve, file).body == _DATA
    with io.BufferedReader(gzip.open(path)) as buffered:
        assert send(serve, buffered).body == _DATA


def test_a_pipe_is_sent_until_its_end(serve: Serve) -> None:
    reader, writer = os.pipe()
    os.write(writer, _DATA[:4096])
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert send(serve, file).body == _DATA[:4096]


def test_a_file_that_shrinks_while_it_is_sent_is_an_error(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(_DATA)
    size = os.stat_result((0o100644, *[0] * 5, len(_DATA) * 2, 0, 0, 0))
    server = serve(ALWAYS)
    with path.open("rb") as file, Engine(server.host, api_version="1.41", environ={}) as engine:
        monkeypatch.setattr(os, "fstat", lambda _descriptor: size)
        with pytest.raises(InvalidInput, match="became shorter while it was sent"):
            engine.containers.put_archive("web", "/", file)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError("the source is gone"),
        BrokenPipeError("the source is gone"),
        PermissionError("the source is gone"),
        socket.timeout("the source is gone"),
    ],
)
def test_a_source_that_breaks_is_told_from_the_connection(serve: Serve, error: OSError) -> None:
    for body in (Broken(error), pieces(error)):
        with pytest.raises(InvalidInput, match="cannot be read: the source is gone"):
            send(serve, body)


def test_an_answer_of_another_engine_that_breaks_says_so_itself(serve: Serve) -> None:
    with pytest.raises(Timeout, match="the other one is silent"):
        send(serve, pieces(Timeout("the other one is silent.")))


def pieces(error: Exception) -> Iterator[bytes]:
    yield b"a" * 1000
    raise error


class Broken(io.RawIOBase):
    """A file that breaks after its first bytes."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._pieces = pieces(error)

    def read(self, size: int = -1) -> bytes:
        del size
        return next(self._pieces)
