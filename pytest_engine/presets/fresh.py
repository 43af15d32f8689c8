"""Something of its own for each test, in a server that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from pytest_engine.plugin.functions import callers, fixture_function

if TYPE_CHECKING:
    import pytest

    from pytest_engine.core.client import Engine
    from pytest_engine.plugin.functions import Others, Scope
    from pytest_engine.plugin.references import Fixture

__all__ = ["Divisible", "fresh"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Divisible(Protocol[T_co]):
    """A server that has room for many tests at once; what a preset needs for `fresh`."""

    def fresh(self) -> AbstractContextManager[T_co]:
        """Make a part of the server that nobody else uses, and take it away afterwards."""


def fresh(
    server: Fixture[Divisible[T]], *, scope: Scope = "function", doc: str | None = None
) -> Fixture[T]:
    """Make a fixture that is an empty part of a server, made anew for each test.

        postgres = presets.postgres()
        database = presets.fresh(postgres)

    What a part is, the server's class tells: a database of `Postgres` and `MariaDb`, a
    numbered database of `Redis`, a virtual host of `RabbitMq`, a prefix of `Nats`,
    `Mosquitto` and `Memcached`. Parts of several tests and of all workers of
    pytest-xdist can be there at once, and never meet.

    Args:
        server: the fixture that a preset made, or its name.
        scope: how long a part lives. `session`: one for each worker.
        doc: what `pytest --fixtures` says of it.
    """
    names = callers()

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[T]:
        del request, engine
        shared: Divisible[T] = others[names.name_of(server, "server")]
        with shared.fresh() as part:
            yield part

    def depends() -> Iterator[str]:
        yield names.name_of(server, "server")

    made = fixture_function(make, depends, names, "a part of a server", scope=scope, doc=doc)
    return cast("Fixture[T]", made)
