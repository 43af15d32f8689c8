"""The TLS socket alone, with the standard library's at the other end."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.endpoint import Tls
from pytest_engine.core.transport.tls import TlsSocket, make_context, wrap
from tests.core.scripted import PATIENCE
from tests.lab.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DATA = os.urandom(300_000)


@contextmanager
def connected(folder: Path, serve: Callable[[ssl.SSLSocket], None]) -> Iterator[TlsSocket]:
    """Connect to something that serves one connection."""
    files = Authority(folder).issue("server", "engine.test")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files / "cert.pem", files / "key.pem")
    near, far = socket.socketpair()

    def run() -> None:
        with server.wrap_socket(far, server_side=True) as sock:
            serve(sock)

    thread = threading.Thread(target=run)
    thread.start()
    with wrap(make_context(Tls(ca=files / "ca.pem")), near, "engine.test") as sock:
        assert isinstance(sock, TlsSocket)
        yield sock
    thread.join(PATIENCE)


@pytest.mark.parametrize(("offset", "count"), [(0, None), (7, 290_000), (7, 400_000), (300_000, 1)])
def test_a_file_is_sent_encrypted(offset: int, count: int | None, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(_DATA)
    expected = _DATA[offset:] if count is None else _DATA[offset : offset + count]
    received: list[bytes] = []

    def read(sock: ssl.SSLSocket) -> None:
        received.extend(iter(lambda: sock.recv(65536), b""))

    with path.open("rb") as file, connected(tmp_path, read) as sock:
        file.read(1)
        assert sock.sendfile(file, offset, count) == len(expected)
        assert file.tell() == offset + len(expected)
        sock.shutdown(socket.SHUT_WR)
    assert b"".join(received) == expected


def test_what_has_arrived_and_nobody_has_read_is_known(tmp_path: Path) -> None:
    sent, read = threading.Event(), threading.Event()

    def write(sock: ssl.SSLSocket) -> None:
        sock.sendall(b"an answer")
        sock.sendall(b"a stray one")
        sent.set()
        read.wait(PATIENCE)

    with connected(tmp_path, write) as sock:
        assert sent.wait(PATIENCE)
        seen = [(sock.recv(100), sock.has_rest) for _ in range(2)]
        read.set()
    assert seen == [(b"an answer", True), (b"a stray one", False)]
