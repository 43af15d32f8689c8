"""PostgreSQL, with a database for each test from a template."""

from __future__ import annotations

import struct
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Callable

from .answering import answer
from .console import PREPARE_PATIENCE, Console, StatementFailed, take_turn
from .database import Database
from .initial import collect_scripts
from .names import check_name, double
from .preset import Options, preset, refuse_mounts
from .server import Server, fresh_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

    from .initial import Scripts

__all__ = ["Postgres", "postgres"]

_PORT = 5432
_TEMPLATE = "pytest_engine_template"
# Every server has this one; where it is the main one, the client program stays out of it, for a
# database that others are connected to is not copied.
_USUAL = "postgres"
_ASIDE = "pytest_engine_aside"
_MAKE_TEMPLATE = 'CREATE DATABASE "{template}" TEMPLATE "{main}" ALLOW_CONNECTIONS false;'
# Releases differ in where the image's own volume is, so memory gets a folder of its own. A new
# database is a thousand small files: on a busy disk they take ten times as long.
_IN_MEMORY = "/pytest-engine-data"
_OWN_FOLDER = "/var/lib/postgresql"
# Nothing has to survive a power cut, and the log of changes must not fill the memory.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB")
# "pytest-e" in advisory locks, which are numbers.
_LOCK = int.from_bytes(b"pytest-e", "big")


@dataclass(frozen=True)
class Postgres(Server):
    """A PostgreSQL server.

    Attributes:
        database: the name of the database that it began with.
        username: the superuser.
        password: the superuser's password.
        prepare: fills that database, once.
        patience: seconds to wait while another worker does that.
    """

    database: str
    username: str
    password: str = field(repr=False)
    prepare: Callable[[Database], object] | None = field(default=None, repr=False)
    patience: float = field(default=PREPARE_PATIENCE, repr=False)

    @property
    def main(self) -> Database:
        """The database that the server began with."""
        return self._database(self.database)

    @property
    def url(self) -> str:
        """The main database's URL.

        It looks like `postgresql://user:secret@host:port/name`.
        """
        return self.main.url

    @property
    def dsn(self) -> str:
        """The same as words for libpq, like `host=... port=...`."""
        return self.main.dsn

    @property
    def internal_url(self) -> str:
        """The URL for other containers on the server's network."""
        return self.main.internal_url

    def open(self) -> None:
        """Have the main database filled, by the first process that gets here.

        Raises:
            StatementFailed: the server refused something.
            Timeout: another process takes too long to fill it.
        """
        if self.database == _USUAL:
            # Another process may have made it.
            with suppress(StatementFailed):
                self._in_usual.ask(f"CREATE DATABASE {_ASIDE} TEMPLATE template0;")
            self._in_usual.close()
        if self.prepare is None:
            return
        with self._alone():
            if not self._has_template():
                self.prepare(self.main)
                self._make_template()

    def close(self) -> None:
        """End the client programs of this process."""
        self._client.close()
        self._in_usual.close()

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """Make a database like the main one was at first, and drop it afterwards.

        It is copied from a template that was made after the initial scripts and `prepare`.
        """
        name = fresh_name()
        make = f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}";'
        try:
            self._client.ask(make)
        except StatementFailed:
            # An old volume, or an image that runs no scripts.
            with self._alone():
                if not self._has_template():
                    self._make_template()
            self._client.ask(make)
        try:
            yield self._database(name)
        finally:
            self._client.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE);')

    def execute(self, statement: str) -> str:
        """Run SQL as the superuser in the database `postgres`, with the image's own client.

        For roles, extensions and the like; tests of their own use a client library.

        Returns:
            The rows as text, columns separated by `|`.

        Raises:
            StatementFailed: the server refused it.
        """
        return self._in_usual.ask(f"{statement.rstrip().rstrip(';')};")

    @cached_property
    def _client(self) -> Console:
        return self._console(_ASIDE) if self.database == _USUAL else self._in_usual

    @cached_property
    def _in_usual(self) -> Console:
        return self._console(_USUAL)

    def _console(self, database: str) -> Console:
        client = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        client += ["--set=ON_ERROR_STOP=1", f"--username={self.username}", f"--dbname={database}"]
        return Console(
            self.container,
            client,
            echo=lambda word: f"\\echo {word}",
            env={"PGPASSWORD": self.password, "PGOPTIONS": "-c client_min_messages=warning"},
        )

    def _database(self, name: str) -> Database:
        return Database(self, "postgresql", name, self.username, self.password)

    def _has_template(self) -> bool:
        return _TEMPLATE in self._client.ask("SELECT datname FROM pg_database;").split("\n")

    def _make_template(self) -> None:
        main = double(self.database, '"')
        if self.database == _USUAL:
            # `prepare` may have used `execute`.
            self._in_usual.close()
        try:
            self._client.ask(_MAKE_TEMPLATE.format(template=_TEMPLATE, main=main))
        except StatementFailed as exc:
            raise StatementFailed(
                f"{exc} The template for new databases is copied from {self.database}; whoever "
                "is connected to it, such as `prepare`, has to close that connection before."
            ) from exc

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the other workers of this run out."""
        take = f"SELECT pg_try_advisory_lock({_LOCK});"
        take_turn(lambda: self._client.ask(take) == "t", self.container, self.patience)
        try:
            yield
        finally:
            # All, because a client that failed has ended, and its lock with it.
            self._client.ask("SELECT pg_advisory_unlock_all();")


def postgres(
    version: str = "17",
    *,
    database: str = "test",
    username: str = "test",
    password: str = "test",  # noqa: S107  # nobody outside of the tests gets at it
    initial: Scripts = (),
    prepare: Callable[[Database], object] | None = None,
    durable: bool = False,
    **options: Unpack[Options],
) -> Fixture[Postgres]:
    """Make a fixture that is a PostgreSQL server.

    Args:
        version: the tag of the image `postgres`.
        database: the database to begin with.
        username: the superuser.
        password: the superuser's password.
        initial: scripts that the server runs at its first start: files and folders, relative
            to the calling file, or names -> contents; `*.sql`, compressed or not, and `*.sh`.
        prepare: fills the main database, such as by running migrations; called once for a
            server, by whichever worker is the first, and has to close its connections.
        durable: keep the data where the image does, written as carefully as in production.
            Otherwise they are in memory, and gone when the container is stopped.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    check_name(database, "database")
    check_name(username, "username")
    scripts = collect_scripts(initial)
    if prepare is None:
        make = _MAKE_TEMPLATE.format(template=_TEMPLATE, main=double(database, '"'))
        # Behind all others by its name.
        scripts["zzzz-pytest-engine-template.sql"] = f"{make}\n".encode()
    env = {"POSTGRES_DB": database, "POSTGRES_USER": username, "POSTGRES_PASSWORD": password}
    command: list[str] = []
    if not durable:
        refuse_mounts(options, _OWN_FOLDER)
        env |= {"POSTGRES_INITDB_ARGS": "--no-sync", "PGDATA": f"{_IN_MEMORY}/data"}
        # The image puts the server's name before what begins with a dash.
        for setting in _CARELESS:
            command += ["-c", setting]
    return preset(
        lambda container: Postgres(container, _PORT, database, username, password, prepare),
        f"postgres:{version}",
        ports=[_PORT],
        env=env,
        command=command,
        files={f"/docker-entrypoint-initdb.d/{name}": text for name, text in scripts.items()},
        tmpfs=() if durable else [_IN_MEMORY],
        # The first server, for the initial scripts, does not listen on TCP at all; and the
        # second listens before it lets anybody in. Whoever is let in is asked for a password.
        wait=answer(_PORT, say=_greeting(username, database), expect=rb"\AR"),
        options=options,
    )


def _greeting(username: str, database: str) -> bytes:
    """Write the first message of version 3 of PostgreSQL's protocol."""
    words = ["user", username, "database", database, ""]
    body = struct.pack("!i", 3 << 16) + b"".join(word.encode() + b"\0" for word in words)
    return struct.pack("!i", len(body) + 4) + body
