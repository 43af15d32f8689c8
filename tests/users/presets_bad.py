"""Mistakes that a type checker has to find; the comments say what it calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine import container, presets

if TYPE_CHECKING:
    from pytest_engine.plugin.references import Fixture

postgres = presets.postgres(version=17)  # arg-type
mysterious = presets.postgres(colour="red")  # call-arg
initial = presets.postgres(initial=[1])  # list-item
scope = presets.postgres(scope="worker")  # arg-type
prepared = presets.postgres(prepare=len)  # arg-type
redis = presets.redis(databases="16")  # arg-type
keys: Fixture[presets.Database] = presets.fresh(redis)  # arg-type
plain = container("redis:7")
part: Fixture[presets.Prefix] = presets.fresh(plain)  # arg-type
nginx = presets.nginx()
page: Fixture[presets.Prefix] = presets.fresh(nginx)  # arg-type
unknown = presets.postgress()  # attr-defined
wanted = presets.redis(env={"A": 1})  # dict-item


def test_it(postgres: presets.Postgres, database: presets.Database) -> None:
    assert postgres.uri  # attr-defined
    database.port.upper()  # attr-defined
    presets.answer(80)  # call-arg
    postgres.execute(b"SELECT 1")  # arg-type
