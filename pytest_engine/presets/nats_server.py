"""NATS, with a prefix of subjects for each test."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .answering import answer
from .preset import Options, preset
from .server import Prefix, Server, fresh_name, login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

__all__ = ["Nats", "nats"]

_PORT = 4222


@dataclass(frozen=True)
class Nats(Server):
    """A NATS server.

    Attributes:
        username: who may connect; empty: everybody.
        password: that user's password.
    """

    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its URL from here.

        It looks like `nats://user:secret@host:port`.
        """
        return f"nats://{login(self.username, self.password)}{self.address}"

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on its network."""
        return f"nats://{login(self.username, self.password)}{self.inner_address}"

    @contextmanager
    def fresh(self) -> Iterator[Prefix]:
        """Make up a first token for subjects that nobody else uses: `prefix("orders")`."""
        yield Prefix(self, fresh_name(), ".")


def nats(
    version: str = "2",
    *,
    username: str = "",
    password: str = "",
    jetstream: bool = False,
    **options: Unpack[Options],
) -> Fixture[Nats]:
    """Make a fixture that is a NATS server.

    Args:
        version: the tag of the image `nats`.
        username: who may connect; empty: everybody.
        password: that user's password.
        jetstream: with JetStream: streams, and what is kept in them.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    command = ["--user", username, "--pass", password] if username else []
    command += ["--jetstream"] if jetstream else []
    return preset(
        lambda container: Nats(container, _PORT, username, password),
        f"nats:{version}",
        ports=[_PORT],
        # The image's command names a configuration that only opens ports; any word replaces it.
        command=command,
        wait=answer(_PORT, expect=rb"\AINFO "),
        options=options,
    )
