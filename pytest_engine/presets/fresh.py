"""Something of its own for each test, in a server that all tests share."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import pytest

from pytest_engine.plugin.lifecycle import explained
from pytest_engine.plugin.references import LateSignature, Namespaces

if TYPE_CHECKING:
    from pytest_engine.plugin.factories import Scope
    from pytest_engine.plugin.references import Fixture

__all__ = ["Divisible", "fresh"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Divisible(Protocol[T_co]):
    """A server that has room for many tests at once; what a preset needs for `fresh`."""

    def fresh(self) -> AbstractContextManager[T_co]:
        """Make a part of the server that nobody else uses, and take it away afterwards."""


def fresh(server: Fixture[Divisible[T]], *, scope: Scope = "function") -> Fixture[T]:
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
    """
    here = inspect.currentframe()
    names = Namespaces(here.f_back if here else None)

    def part(*bound: object, **others: Any) -> Iterator[object]:
        del bound
        request = others.pop("request")
        shared = others[names.name_of(server, "server")]
        with ExitStack() as stack:
            with explained(f"Fixture {request.fixturename!r} (a part of {shared.name})"):
                made = stack.enter_context(shared.fresh())
            yield made

    def depends() -> Iterator[str]:
        yield names.name_of(server, "server")

    part.__doc__ = "Made by pytest-engine: a part of a server for each test."
    part.__module__ = names.module
    part.__signature__ = LateSignature(late=depends)  # type: ignore[attr-defined]
    return cast("Fixture[T]", pytest.fixture(scope=scope)(part))
