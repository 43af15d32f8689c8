"""RabbitMQ, with a virtual host for each test."""

from __future__ import annotations

import base64
import http.client
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from pytest_engine.core import wait
from pytest_engine.core.errors import ConnectionLost

from .answering import answer
from .console import StatementFailed
from .preset import Options, preset
from .server import Server, fresh_name, login

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import Unpack

    from pytest_engine.core.container import Address
    from pytest_engine.plugin.references import Fixture

__all__ = ["RabbitMq", "VirtualHost", "rabbitmq"]

_PORT = 5672
_MANAGEMENT = 15672
_PATIENCE = 60.0


@dataclass(frozen=True)
class VirtualHost:
    """A virtual host of a broker, with exchanges and queues of its own.

    Attributes:
        server: the broker.
        name: its name.
    """

    server: RabbitMq
    name: str

    @property
    def address(self) -> Address:
        """Where the broker is reached from here."""
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
    def username(self) -> str:
        """Who may do everything in it."""
        return self.server.username

    @property
    def password(self) -> str:
        """That user's password."""
        return self.server.password

    @property
    def url(self) -> str:
        """Its URL from here.

        It looks like `amqp://user:secret@host:1234/name`.
        """
        return self._url(str(self.address))

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on the broker's network."""
        return self._url(self.server.inner_address)

    def _url(self, address: str) -> str:
        # The name of the one that every broker has, `/`, is written %2F.
        return f"amqp://{login(self.username, self.password)}{address}/{quote(self.name, safe='')}"


@dataclass(frozen=True)
class RabbitMq(Server):
    """A RabbitMQ broker.

    Attributes:
        username: its administrator.
        password: the administrator's password.
        virtual_host: the virtual host that it began with.
    """

    username: str
    password: str = field(repr=False)
    virtual_host: str = "/"

    @property
    def main(self) -> VirtualHost:
        """The virtual host that the broker began with."""
        return VirtualHost(self, self.virtual_host)

    @property
    def url(self) -> str:
        """The URL of the main virtual host.

        It looks like `amqp://user:secret@host:port/%2F`.
        """
        return self.main.url

    @property
    def internal_url(self) -> str:
        """The URL for other containers on the broker's network."""
        return self.main.internal_url

    @property
    def management_url(self) -> str:
        """The URL of the management API and its pages, without the login."""
        return f"http://{self.container.address(_MANAGEMENT)}"

    @contextmanager
    def fresh(self) -> Iterator[VirtualHost]:
        """Make a virtual host, and delete it with all that is in it afterwards."""
        name = fresh_name()
        self.manage("PUT", f"/api/vhosts/{name}", {})
        try:
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            user = quote(self.username, safe="")
            self.manage("PUT", f"/api/permissions/{name}/{user}", everything)
            yield VirtualHost(self, name)
        finally:
            self.manage("DELETE", f"/api/vhosts/{name}")

    def manage(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        """Call the management API as the administrator.

        Args:
            method: the HTTP method.
            path: the path, from `/api/` on.
            body: what is sent as JSON.

        Returns:
            The answer's JSON; None: it has none.

        Raises:
            StatementFailed: the broker refused it.
            ConnectionLost: the broker did not answer.
        """
        token = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        host, port = self.container.address(_MANAGEMENT)
        what = f"{method} {path} of {self.name}"
        try:
            with closing(http.client.HTTPConnection(host, port, timeout=_PATIENCE)) as connection:
                data = None if body is None else json.dumps(body)
                connection.request(method, path, data, headers)
                response = connection.getresponse()
                said = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as exc:
            raise ConnectionLost(f"{what} was not answered: {exc!r}", endpoint=host) from exc
        if response.status >= 400:
            raise StatementFailed(f"{what} was refused with status {response.status}: {said}")
        return json.loads(said) if said else None


def rabbitmq(
    version: str = "4-management",
    *,
    username: str = "test",
    password: str = "test",  # noqa: S107  # nobody outside of the tests gets at it
    virtual_host: str = "/",
    **options: Unpack[Options],
) -> Fixture[RabbitMq]:
    """Make a fixture that is a RabbitMQ broker.

    Args:
        version: the tag of the image `rabbitmq`, one with the management plugin: that makes
            virtual hosts in milliseconds, where the command line takes seconds.
        username: the administrator.
        password: the administrator's password.
        virtual_host: the virtual host to begin with.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    return preset(
        lambda container: RabbitMq(container, _PORT, username, password, virtual_host),
        f"rabbitmq:{version}",
        ports=[_PORT, _MANAGEMENT],
        env={
            "RABBITMQ_DEFAULT_USER": username,
            "RABBITMQ_DEFAULT_PASS": password,
            "RABBITMQ_DEFAULT_VHOST": virtual_host,
        },
        program=["rabbitmq-server"],
        # It answers the protocol's header with its first method, in a frame of type 1.
        wait=answer(_PORT, say=b"AMQP\0\0\x09\x01", expect=rb"\A\x01")
        & wait.http("/", port=_MANAGEMENT),
        options=options,
    )
