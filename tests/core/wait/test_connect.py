"""Connections that are tried out, to addresses of this machine."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_engine.core.wait.connect import connected
from pytest_engine.core.wait.reach import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.wait.condition import Closable, Situation


class Held:
    """A wait that goes on, and knows what it would have to close."""

    def __init__(self) -> None:
        self.open: list[Closable] = []
        self.ever = 0

    def remaining(self) -> float:
        return 10.0

    @contextlib.contextmanager
    def holding(self, closable: Closable) -> Iterator[None]:
        self.open.append(closable)
        self.ever += 1
        try:
            yield
        finally:
            self.open.remove(closable)


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which somebody accepts at 127.0.0.1, and nobody at 127.0.0.2."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def _two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the name `service.test` two addresses, as no file of this machine does for sure."""
    resolve = socket.getaddrinfo

    def both(host: str, port: int, **options: Any) -> list[Any]:
        hosts = ("127.0.0.2", "127.0.0.1") if host == "service.test" else (host,)
        return [found for one in hosts for found in resolve(one, port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", both)


@pytest.mark.usefixtures("_two_addresses")
def test_a_name_is_tried_at_all_its_addresses(port: int) -> None:
    wait = Held()
    with connected(Address("service.test", port), cast("Situation", wait), 1.0) as sock:
        assert sock.getpeername() == ("127.0.0.1", port)
        assert (len(wait.open), wait.ever) == (1, 2)
    assert (wait.open, sock.fileno()) == ([], -1)


@pytest.mark.usefixtures("_two_addresses")
def test_a_name_at_none_of_whose_addresses_somebody_accepts_is_refused() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = Address("service.test", bound.getsockname()[1])
        with (
            pytest.raises(ConnectionRefusedError),
            connected(address, cast("Situation", Held()), 1.0),
        ):
            pass
