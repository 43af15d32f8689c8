"""Peers that are gone without a word, and waits that are as short as can be."""

from __future__ import annotations

import errno
import threading
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost, Timeout
from pytest_engine.core.transport import incoming
from tests.core.scripted import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.conftest import Serve

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={})


_read = incoming._Incoming.readinto  # noqa: SLF001  # see below


def _fail(one: incoming._Incoming, buffer: object) -> int:
    if not one.left:
        # It is being closed, and reads no more.
        return _read(one, buffer)
    # What a socket says when nobody has answered the system's questions for too long.
    raise OSError(errno.ETIMEDOUT, "Connection timed out")


@pytest.fixture
def silence(serve: Serve) -> Iterator[threading.Event]:
    """What a server waits for until the test is over."""
    del serve  # it is to end after this
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.containers.stop("web", timeout=None),
        lambda engine: engine.containers.wait("web"),
        lambda engine: engine.containers.logs("web", follow=True),
    ],
)
def test_a_peer_that_is_gone_is_a_loss(
    call: Callable[[Engine], object],
    serve: Serve,
    silence: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve((Read.REQUEST, silence))
    # No peer on this machine goes without its system saying so.
    monkeypatch.setattr(incoming._Incoming, "readinto", _fail)  # noqa: SLF001  # see above
    with _engine(server.host) as engine, pytest.raises(ConnectionLost, match="timed out"):
        call(engine)


def test_a_peer_that_goes_in_the_middle_of_an_answer_is_a_loss(
    serve: Serve, silence: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve((Read.REQUEST, _HEAD, silence))
    with _engine(server.host) as engine, engine.system.events() as events:
        monkeypatch.setattr(incoming._Incoming, "readinto", _fail)  # noqa: SLF001  # see above
        with pytest.raises(ConnectionLost, match="timed out"):
            next(iter(events))


def test_no_time_to_wait_is_a_time_that_is_over(serve: Serve, silence: threading.Event) -> None:
    server = serve((Read.REQUEST, silence))
    with _engine(server.host) as engine, pytest.raises(Timeout):
        engine.containers.wait("web", timeout=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.containers.list(filters={"label": "s3cret"}),
        lambda engine: engine.images.import_("https://token:s3cret@git.example/x.tar", "any"),
    ],
)
def test_a_loss_does_not_show_what_was_asked(
    call: Callable[[Engine], object], serve: Serve
) -> None:
    server = serve((Read.REQUEST,))
    with _engine(server.host) as engine, pytest.raises(ConnectionLost) as caught:
        call(engine)
    assert "s3cret" in server.requests[0].target
    assert "s3cret" not in str(caught.value)


def test_a_stream_that_was_cut_does_not_end_well_later(serve: Serve) -> None:
    server = serve((Read.REQUEST, _HEAD + b"5\r\nhello\r\n"))
    with _engine(server.host) as engine, engine.containers.export("web") as archive:
        assert archive.read() == b"hello"
        for _attempt in range(3):
            with pytest.raises(ConnectionLost):
                archive.read()
