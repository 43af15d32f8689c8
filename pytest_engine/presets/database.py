"""A database on a server, as client libraries want to be told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from .server import login

if TYPE_CHECKING:
    from pytest_engine.core.container import Address

    from .server import Server

__all__ = ["Database"]


@dataclass(frozen=True)
class Database:
    """One database, and how to connect to it.

    Attributes:
        server: the server that it is on.
        scheme: what its URL begins with.
        name: its name.
        username: who may do everything in it.
        password: that user's password.
    """

    server: Server
    scheme: str
    name: str
    username: str
    password: str = field(repr=False)

    @property
    def address(self) -> Address:
        """Where the server is reached from here."""
        return self.server.address

    @property
    def host(self) -> str:
        """The host of `address`."""
        return self.address.host

    @property
    def port(self) -> int:
        """The port of `address`."""
        return self.address.port

    @property
    def url(self) -> str:
        """Its URL from here, with user and password.

        It looks like `postgresql://user:secret@host:1234/name`.
        """
        return self.url_as(self.scheme)

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on the server's network."""
        return self._url(self.scheme, self.server.inner_address)

    @property
    def dsn(self) -> str:
        """The same for libraries that take `key=value` words, as libpq does."""
        words = {
            "host": self.host,
            "port": str(self.port),
            "dbname": self.name,
            "user": self.username,
            "password": self.password,
        }
        return " ".join(f"{key}={_quoted(value)}" for key, value in words.items())

    def url_as(self, scheme: str) -> str:
        """Write its URL with another scheme, such as SQLAlchemy's `postgresql+psycopg`."""
        return self._url(scheme, str(self.address))

    def _url(self, scheme: str, address: str) -> str:
        who = login(self.username, self.password)
        return f"{scheme}://{who}{address}/{quote(self.name, safe='')}"


def _quoted(value: str) -> str:
    if value and value.replace("_", "").replace("-", "").replace(".", "").isalnum():
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
