"""Wait for a database that answers a query."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Protocol

from ..errors import InvalidInput
from .called import why_raised
from .condition import Leaf, Situation, Unclear, Watcher
from .target import find_target, why_no_target
from .text import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .facts import Facts
    from .reach import Address

__all__ = ["Connection", "Cursor", "SqlAnswer", "sql"]


class Cursor(Protocol):
    """A cursor of a driver (PEP 249)."""

    @property
    def description(self) -> object:
        """The columns of the result; None: the statement has none."""

    def execute(self, query: Any, /) -> object:
        """Run a statement."""

    def fetchall(self) -> Sequence[Any]:
        """Read all rows of the result."""


class Connection(Protocol):
    """A connection of a driver (PEP 249)."""

    def cursor(self) -> Cursor:
        """Return a cursor."""

    def close(self) -> object:
        """End it."""


@dataclass(frozen=True)
class SqlAnswer(Leaf):
    """A query to a database in the container is answered as wanted."""

    connect: Callable[[Address], Connection]
    query: str
    port: int | None
    rows: Callable[[Sequence[Any]], object] | None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        port = "" if self.port is None else f", port={self.port}"
        rows = "" if self.rows is None else f", rows={shown(self.rows)}"
        return f"sql({self.query!r}{port}{rows})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to ask."""
        watcher = Watcher("its first try has not ended")
        watcher.is_foreign = True
        problem = why_no_target(facts, self.port) if facts.is_running else None
        if problem:
            watcher.give_up(problem)
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        address = find_target(situation.facts, self.port)
        if address is None:
            return Unclear(why_no_target(situation.facts, self.port) or "it has no address")
        try:
            with contextlib.closing(self.connect(address)) as connection:
                cursor = connection.cursor()
                cursor.execute(self.query)
                rows = [] if cursor.description is None else list(cursor.fetchall())
                is_wanted = self.rows is None or self.rows(rows)
        except Exception as exc:  # noqa: BLE001 - every driver has errors of its own
            return Unclear(f"{address}: {why_raised(exc)}")
        return None if is_wanted else f"{address} answered with other rows ({len(rows)})"


def sql(
    connect: Callable[[Address], Connection],
    query: str = "SELECT 1",
    *,
    port: int | None = None,
    rows: Callable[[Sequence[Any]], object] | None = None,
) -> SqlAnswer:
    """Wait until a database in the container answers a query.

    Any driver after PEP 249 will do. An error of it means "not yet", of `~sql(...)` as well,
    and is told when the time is over. Nothing can break off a driver that waits: state its own
    timeout.

        wait.sql(lambda at: psycopg.connect(host=at.host, port=at.port, user="postgres",
                                            password="secret", connect_timeout=2))

    Args:
        connect: takes the address and returns a connection, which is closed after each try.
        query: the statement.
        port: the port in the container; None: the only one that is published.
        rows: takes the rows of the answer and says whether they will do; None: any will.
    """
    if not callable(connect):
        raise InvalidInput(f"wait.sql: {connect!r} is no function that connects.")
    if not query.strip():
        raise InvalidInput("wait.sql needs a query.")
    return SqlAnswer(connect, query, port, rows)
