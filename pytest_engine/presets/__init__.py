"""Fixtures of well-known servers, with the right readiness, and a part of each for every test.

    from pytest_engine import presets

    postgres = presets.postgres("17", initial="schema.sql")
    database = presets.fresh(postgres)

A test that asks for `database` gets an empty database with that schema in milliseconds, in
a server that starts once in a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from pytest_engine.plugin import MANAGERS

from .answering import answer
from .console import StatementFailed
from .database import Database
from .fresh import Divisible, fresh
from .image_registry import Registry, registry
from .mariadb_server import MariaDb, mariadb
from .memcached_server import Memcached, memcached
from .mosquitto_broker import Mosquitto, mosquitto
from .nats_server import Nats, nats
from .nginx_server import Nginx, nginx
from .postgresql import Postgres, postgres
from .preset import Options, preset
from .rabbitmq_broker import RabbitMq, VirtualHost, rabbitmq
from .redis_server import KeySpace, Redis, redis, valkey
from .server import Prefix, Server, fresh_name, login

__all__ = [
    "Database",
    "Divisible",
    "KeySpace",
    "MariaDb",
    "Memcached",
    "Mosquitto",
    "Nats",
    "Nginx",
    "Options",
    "Postgres",
    "Prefix",
    "RabbitMq",
    "Redis",
    "Registry",
    "Server",
    "StatementFailed",
    "VirtualHost",
    "answer",
    "fresh",
    "fresh_name",
    "login",
    "mariadb",
    "memcached",
    "mosquitto",
    "nats",
    "nginx",
    "postgres",
    "preset",
    "rabbitmq",
    "redis",
    "registry",
    "valkey",
]


# Type checkers know nothing of plugins: with them, a name that is not here is a mistake.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Callable[..., object]:
        """Find a preset of a plugin (`pytest_engine_presets`) when it is used (PEP 562)."""
        found = {} if name.startswith("_") else _of_plugins()
        if name in found:
            return found[name]
        more = f"; plugins add {', '.join(sorted(found))}" if found else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{more}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_of_plugins()})


def _of_plugins() -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = {}
    if MANAGERS:
        # pluggy calls the plugin first that was registered last, which is to win.
        for presets in reversed(MANAGERS[-1].hook.pytest_engine_presets()):
            found.update(presets)
    return found
