"""MariaDB, with a database for each test."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Callable

from .answering import answer
from .console import PREPARE_PATIENCE, Console, StatementFailed, take_turn
from .database import Database
from .initial import collect_scripts
from .names import check_name, literal
from .preset import Options, preset, refuse_mounts
from .server import Server, fresh_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.core.container import Container
    from pytest_engine.plugin.references import Fixture

    from .initial import Scripts

__all__ = ["MariaDb", "mariadb"]

_PORT = 3306
_DATA = "/var/lib/mysql"
# Nothing has to survive a power cut.
_CARELESS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--skip-log-bin",
    "--sync-binlog=0",
)
_LOCK = "pytest-engine"
# Where the main database's first state is kept, in the container.
_DUMP = "/tmp/pytest-engine-template.sql"  # noqa: S108  # of a container, not of this host


@dataclass(frozen=True)
class MariaDb(Server):
    """A MariaDB server.

    Attributes:
        database: the name of the database that it began with.
        username: who may do everything in it, and in those that `fresh` makes.
        password: that user's password.
        root_password: root's.
        has_content: whether the database began with something in it.
        prepare: fills it, once.
        patience: seconds to wait while another worker does that.
    """

    database: str
    username: str
    password: str = field(repr=False)
    root_password: str = field(repr=False)
    has_content: bool = False
    prepare: Callable[[Database], object] | None = field(default=None, repr=False)
    patience: float = field(default=PREPARE_PATIENCE, repr=False)

    @property
    def main(self) -> Database:
        """The database that the server began with."""
        return self._database(self.database)

    @property
    def url(self) -> str:
        """The main database's URL.

        It looks like `mariadb://user:secret@host:port/name`.
        """
        return self.main.url

    @property
    def internal_url(self) -> str:
        """The URL for other containers on the server's network."""
        return self.main.internal_url

    def open(self) -> None:
        """Have the main database filled and remembered, by the first process that gets here.

        Raises:
            StatementFailed: the server refused something.
            Timeout: another process takes too long to fill it.
        """
        if not self.has_content:
            return
        take = f"SELECT GET_LOCK('{_LOCK}', 0);"
        take_turn(lambda: self._client.ask(take) == "1", self.container, self.patience)
        try:
            if not self.container.exec(["test", "-e", _DUMP]).ok:
                if self.prepare is not None:
                    self.prepare(self.main)
                self._remember()
        finally:
            self._client.ask("DO RELEASE_ALL_LOCKS();")

    def close(self) -> None:
        """End the client program of this process."""
        self._client.close()

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """Make a database like the main one was at first, and drop it afterwards.

        The server has no templates: what was in the main database after the initial scripts
        and `prepare` is read in anew, in the container.
        """
        name = fresh_name()
        fill = (f"USE `{name}`;", f"SOURCE {_DUMP}") if self.has_content else ()
        self._client.ask(
            f"CREATE DATABASE `{name}`;",
            f"GRANT ALL ON `{name}`.* TO {literal(self.username)}@'%';",
            *fill,
        )
        try:
            yield self._database(name)
        finally:
            self._client.ask(
                f"DROP DATABASE IF EXISTS `{name}`;",
                f"REVOKE ALL ON `{name}`.* FROM {literal(self.username)}@'%';",
            )

    def execute(self, statement: str) -> str:
        """Run SQL as root, with the image's own client.

        For users, settings and the like; tests of their own use a client library.

        Returns:
            The rows as text, columns separated by tabs.

        Raises:
            StatementFailed: the server refused it.
        """
        return self._client.ask(f"{statement.rstrip().rstrip(';')};")

    @cached_property
    def _client(self) -> Console:
        return Console(
            self.container,
            ["mariadb", "--user=root", "--batch", "--skip-column-names", "--unbuffered"],
            echo=lambda word: f"SELECT '{word}';",
            env=self._login,
        )

    @property
    def _login(self) -> dict[str, str]:
        return {"MYSQL_PWD": self.root_password}

    def _database(self, name: str) -> Database:
        return Database(self, "mariadb", name, self.username, self.password)

    def _remember(self) -> None:
        line = 'mariadb-dump --user=root --routines --triggers --events "$1" >"$2.new" &&'
        line += ' mv "$2.new" "$2"'
        done = self.container.exec(["sh", "-c", line, "sh", self.database, _DUMP], env=self._login)
        if not done.ok:
            raise StatementFailed(
                f"mariadb-dump in container {self.name} failed: {done.error_text.strip()}"
            )


def mariadb(
    version: str = "11",
    *,
    database: str = "test",
    username: str = "test",
    password: str = "test",  # noqa: S107  # nobody outside of the tests gets at it
    root_password: str = "root",  # noqa: S107  # likewise
    initial: Scripts = (),
    prepare: Callable[[Database], object] | None = None,
    durable: bool = False,
    **options: Unpack[Options],
) -> Fixture[MariaDb]:
    """Make a fixture that is a MariaDB server.

    Args:
        version: the tag of the image `mariadb`.
        database: the database to begin with.
        username: a user who may do everything in it.
        password: that user's password.
        root_password: root's.
        initial: scripts that the server runs at its first start: files and folders, relative
            to the calling file, or names -> contents; `*.sql`, compressed or not, and `*.sh`.
        prepare: fills the main database, such as by running migrations; called once for a
            server, by whichever worker is the first.
        durable: keep the data where the image does, written as carefully as in production.
            Otherwise they are in memory, and gone when the container is stopped.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    check_name(database, "database")
    check_name(username, "username")
    if not durable:
        refuse_mounts(options, _DATA)
    scripts = collect_scripts(initial)
    has_content = bool(scripts) or prepare is not None

    def serve(container: Container) -> MariaDb:
        return MariaDb(
            container, _PORT, database, username, password, root_password, has_content, prepare
        )

    return preset(
        serve,
        f"mariadb:{version}",
        ports=[_PORT],
        env={
            "MARIADB_DATABASE": database,
            "MARIADB_USER": username,
            "MARIADB_PASSWORD": password,
            "MARIADB_ROOT_PASSWORD": root_password,
        },
        command=() if durable else _CARELESS,
        files={f"/docker-entrypoint-initdb.d/{name}": text for name, text in scripts.items()},
        tmpfs=() if durable else [_DATA],
        # The first server, for the initial scripts, does not listen on TCP at all. The second
        # greets whoever connects: four bytes of length and number, and the protocol's version.
        wait=answer(_PORT, expect=rb"\A....\x0a"),
        options=options,
    )
