"""What the fixtures of all presets hand to tests: a container, and how to reach what is in it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pytest_engine.core.container import Address, Container

__all__ = ["Prefix", "Server", "fresh_name", "login"]

_NUMBERS = count(1)
_TOKEN = secrets.token_hex(3)


@dataclass(frozen=True)
class Server:
    """A service in a container.

    Subclasses add what their product has: a URL, a login, something of its own for each test.

    Attributes:
        container: the container; logs, commands and faults are asked of it.
        inner_port: the port of the service in the container.
    """

    container: Container = field(repr=False)
    inner_port: int

    @property
    def id(self) -> str:
        """The container's id."""
        return self.container.id

    @property
    def name(self) -> str:
        """The container's name; other containers on a network of its reach it by that."""
        return self.container.name

    @property
    def address(self) -> Address:
        """Where the service is reached from here.

        A pair of host and port; `str()` writes it as `host:port`.
        """
        return self.container.address(self.inner_port)

    @property
    def host(self) -> str:
        """The host of `address`."""
        return self.address.host

    @property
    def port(self) -> int:
        """The port of `address`, which is not the one in the container."""
        return self.address.port

    @property
    def inner_address(self) -> str:
        """Where other containers on a network that a fixture made reach the service."""
        return f"{self.name}:{self.inner_port}"

    def ip(self, network: str | None = None) -> str:
        """Find the container's own address; see `Container.ip`."""
        return self.container.ip(network)

    def open(self) -> None:
        """Do what has to be done before a process uses the server; nothing, by default."""

    def close(self) -> None:
        """Let go of what this process holds of the server; nothing, by default."""


@dataclass(frozen=True)
class Prefix:
    """A name that nothing else has, for products that keep everything in one space.

    Attributes:
        server: the server.
        prefix: what the names of one test begin with: letters, digits, underscores.
        separator: what the product puts between the parts of a name.
    """

    server: Server
    prefix: str
    separator: str

    def __call__(self, name: str) -> str:
        """Put the prefix before a name."""
        return f"{self.prefix}{self.separator}{name}"

    def __str__(self) -> str:
        """Return the prefix with the separator behind it."""
        return self(name="")


def fresh_name(stem: str = "test") -> str:
    """Make up a name that no other test, worker or run has; good in SQL, URLs and topics."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{stem}_{worker}_{_TOKEN}_{next(_NUMBERS)}"


def login(username: str, password: str) -> str:
    """Write `user:password@` for a URL; empty where there is neither."""
    if not username and not password:
        return ""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{quote(username, safe='')}{secret}@"
