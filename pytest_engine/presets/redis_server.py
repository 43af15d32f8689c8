"""Redis and Valkey, with a numbered database for each test."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_engine.core.errors import InvalidInput

from .answering import answer
from .console import Console, StatementFailed
from .preset import Options, preset
from .server import Server, login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.core.container import Address
    from pytest_engine.plugin.references import Fixture

__all__ = ["KeySpace", "Redis", "redis", "valkey"]

_PORT = 6379
# The default of 16 is soon used up by workers; an empty database costs next to nothing.
_DATABASES = 256
# Nothing has to survive a restart.
_CARELESS = ("--save", "", "--appendonly", "no")
# The numbers that are free are kept in the last database, which nobody gets.
_TAKE = (
    "if redis.call('SETNX', 'made', 1) == 1 then "
    "for number = 1, tonumber(ARGV[1]) do redis.call('RPUSH', 'free', number) end end "
    "return redis.call('LPOP', 'free')"
)


@dataclass(frozen=True)
class KeySpace:
    """A numbered database of a server.

    Attributes:
        server: the server.
        number: its number; `db=` of the client libraries.
    """

    server: Redis
    number: int

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
    def password(self) -> str:
        """The server's password, empty where it asks for none."""
        return self.server.password

    @property
    def url(self) -> str:
        """Its URL from here.

        It looks like `redis://default:secret@host:1234/5`.
        """
        return self._url(str(self.address))

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on the server's network."""
        return self._url(self.server.inner_address)

    def _url(self, address: str) -> str:
        # Without the user's name, redis-cli takes it for an empty one, and is refused.
        who = login("default", self.password) if self.password else ""
        return f"redis://{who}{address}/{self.number}"


@dataclass(frozen=True)
class Redis(Server):
    """A Redis or Valkey server.

    Attributes:
        password: what clients have to tell; empty: nothing.
        databases: how many numbered databases it has.
        program: its command-line client.
    """

    password: str = field(repr=False)
    databases: int
    program: str

    @property
    def main(self) -> KeySpace:
        """Database 0."""
        return KeySpace(self, 0)

    @property
    def url(self) -> str:
        """The URL of database 0.

        It looks like `redis://default:secret@host:port/0`.
        """
        return self.main.url

    @property
    def internal_url(self) -> str:
        """The URL for other containers on the server's network."""
        return self.main.internal_url

    def close(self) -> None:
        """End the client program of this process."""
        self._client.close()

    @contextmanager
    def fresh(self) -> Iterator[KeySpace]:
        """Take an empty numbered database that nobody else uses, and empty it afterwards."""
        last = self.databases - 1
        number = self._ask(f"SELECT {last}", f'EVAL "{_TAKE}" 0 {last - 1}')
        if not number:
            raise InvalidInput(
                f"All of the {last - 1} numbered databases of {self.name} are taken; "
                "`databases=` of the preset gives it more."
            )
        try:
            yield KeySpace(self, int(number))
        finally:
            self._ask(f"SELECT {number}", "FLUSHDB", f"SELECT {last}", f"LPUSH free {number}")

    def _ask(self, *commands: str) -> str:
        """Run commands, and return what the last of them answers."""
        answers = self._client.ask(*commands).split("\n")
        # An answer is a line, and an empty one at the end is gone.
        if len(answers) > len(commands) or set(answers[: len(commands) - 1]) - {"OK"}:
            raise StatementFailed(f"{self.program} in container {self.name}: {answers[-1]}")
        return answers[-1] if len(answers) == len(commands) else ""

    @cached_property
    def _client(self) -> Console:
        return Console(
            self.container,
            [self.program],
            echo=lambda word: f"ECHO {word}",
            # Both clients know it by this name. Without it, they must not try one.
            env={"REDISCLI_AUTH": self.password} if self.password else {},
        )


def redis(
    version: str = "7",
    *,
    password: str = "",
    databases: int = _DATABASES,
    durable: bool = False,
    **options: Unpack[Options],
) -> Fixture[Redis]:
    """Make a fixture that is a Redis server.

    Args:
        version: the tag of the image `redis`.
        password: what clients have to tell; empty: nothing.
        databases: how many numbered databases it has; `fresh` hands out all but the first
            and the last.
        durable: save to disk as the image does by itself.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    image = f"redis:{version}"
    return _server("redis", image, password, databases, durable=durable, options=options)


def valkey(
    version: str = "8",
    *,
    password: str = "",
    databases: int = _DATABASES,
    durable: bool = False,
    **options: Unpack[Options],
) -> Fixture[Redis]:
    """Make a fixture that is a Valkey server; its arguments are those of `redis`.

    Args:
        version: the tag of the image `valkey/valkey`.
        password: what clients have to tell; empty: nothing.
        databases: how many numbered databases it has.
        durable: save to disk as the image does by itself.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    image = f"valkey/valkey:{version}"
    return _server("valkey", image, password, databases, durable=durable, options=options)


def _server(
    product: str, image: str, password: str, databases: int, *, durable: bool, options: Options
) -> Fixture[Redis]:
    __tracebackhide__ = True
    if databases < 3:
        raise InvalidInput(f"databases: {databases!r} leaves none for tests; 3 are the fewest.")
    if any(not char.isprintable() or char in " \"'\\" for char in password):
        raise InvalidInput("password: it has blanks, quotes or backslashes in it.")
    command = [f"{product}-server", "--databases", str(databases)]
    command += () if durable else _CARELESS
    command += ["--requirepass", password] if password else ()
    say = f"AUTH {password}\r\nPING\r\n" if password else "PING\r\n"
    return preset(
        lambda container: Redis(container, _PORT, password, databases, f"{product}-cli"),
        image,
        ports=[_PORT],
        command=command,
        # While it loads its data it listens, and says that it loads.
        wait=answer(_PORT, say=say.encode(), expect=rb"\+PONG\r\n"),
        options=options,
    )
