"""memcached, with a prefix of keys for each test."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_engine.core.errors import ConnectionLost

from .answering import answer
from .preset import Options, preset
from .server import Prefix, Server, fresh_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

__all__ = ["Memcached", "memcached"]

_PORT = 11211
_PATIENCE = 10.0


@dataclass(frozen=True)
class Memcached(Server):
    """A memcached server."""

    @contextmanager
    def fresh(self) -> Iterator[Prefix]:
        """Make up a prefix of keys that nobody else uses: `prefix("user")`.

        What was stored stays until the server needs the room; memcached cannot forget by
        prefix.
        """
        yield Prefix(self, fresh_name(), ":")

    def flush(self) -> None:
        """Forget everything, also what other tests and workers have stored.

        Raises:
            ConnectionLost: the server did not answer.
        """
        try:
            with socket.create_connection(self.address, timeout=_PATIENCE) as sock:
                sock.sendall(b"flush_all\r\n")
                said = sock.recv(64)
        except OSError as exc:
            raise ConnectionLost(
                f"flush_all of {self.name} was not answered: {exc}", endpoint=str(self.address)
            ) from exc
        if said != b"OK\r\n":
            raise ConnectionLost(
                f"flush_all of {self.name} was answered with {said!r}", endpoint=str(self.address)
            )


def memcached(
    version: str = "1", *, megabytes: int = 64, **options: Unpack[Options]
) -> Fixture[Memcached]:
    """Make a fixture that is a memcached server.

    Args:
        version: the tag of the image `memcached`.
        megabytes: the memory for what is stored.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    return preset(
        lambda container: Memcached(container, _PORT),
        f"memcached:{version}",
        ports=[_PORT],
        command=["--memory-limit", str(megabytes)],
        wait=answer(_PORT, say=b"version\r\n", expect=rb"\AVERSION "),
        options=options,
    )
