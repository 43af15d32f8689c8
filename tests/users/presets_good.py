"""What somebody writes who has installed the package and checks it with `mypy --strict`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine import ContainerSpec, network, presets, wait

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture


def migrate(database: presets.Database) -> None:
    assert database.url


backend = network(scope="session")
postgres: Fixture[presets.Postgres] = presets.postgres(
    "17",
    database="shop",
    username="me",
    password="secret",
    initial=["schema.sql", Path("data")],
    prepare=migrate,
    durable=True,
    args=["-c", "work_mem=64MB"],
    env={"TZ": "UTC"},
    network=backend,
    ports=["5432:5432"],
    memory="512m",
    pull=timedelta(days=1),
    wait=wait.port(5432),
    timeout=30,
    spec=ContainerSpec(shm_size="256m"),
    scope="session",
)
database: Fixture[presets.Database] = presets.fresh(postgres)
shared: Fixture[presets.Database] = presets.fresh(postgres, scope="session")
mariadb: Fixture[presets.MariaDb] = presets.mariadb(
    root_password="x", initial={"a.sql": "SELECT 1"}
)
schema: Fixture[presets.Database] = presets.fresh(mariadb)
redis: Fixture[presets.Redis] = presets.redis(databases=32, params=["redis:6", "redis:7"])
valkey: Fixture[presets.Redis] = presets.valkey(image="mirror.example/valkey:8")
keys: Fixture[presets.KeySpace] = presets.fresh(valkey)
rabbitmq: Fixture[presets.RabbitMq] = presets.rabbitmq(virtual_host="shop")
virtual_host: Fixture[presets.VirtualHost] = presets.fresh(rabbitmq)
nats: Fixture[presets.Nats] = presets.nats(jetstream=True)
subjects: Fixture[presets.Prefix] = presets.fresh(nats)
mosquitto: Fixture[presets.Mosquitto] = presets.mosquitto(config="max_connections 10")
memcached: Fixture[presets.Memcached] = presets.memcached(megabytes=32)
nginx: Fixture[presets.Nginx] = presets.nginx(content="site", config=Path("nginx.conf"))
registry: Fixture[presets.Registry] = presets.registry(proxy="https://registry-1.docker.io")


@dataclass(frozen=True)
class Search(presets.Server):
    @property
    def url(self) -> str:
        return f"http://{self.address}"


def search(version: str = "2", **options: Unpack[presets.Options]) -> Fixture[Search]:
    __tracebackhide__ = True
    return presets.preset(
        lambda container: Search(container, 9200),
        f"search:{version}",
        ports=[9200],
        env={"discovery.type": "single-node"},
        wait=presets.answer(9200, say=b"hello", expect=rb"ok") | wait.http(port=9200),
        options=options,
    )


engine_of_search: Fixture[Search] = search("3", scope="module")


@pytest.mark.usefixtures("redis")
def test_it(
    postgres: presets.Postgres,
    database: presets.Database,
    keys: presets.KeySpace,
    virtual_host: presets.VirtualHost,
    subjects: presets.Prefix,
    registry: presets.Registry,
) -> None:
    texts: list[str] = [postgres.url, database.dsn, keys.url, virtual_host.url, subjects("a")]
    numbers: list[int] = [postgres.port, database.port, keys.number]
    with postgres.fresh() as another:
        texts.append(another.url_as("postgresql+psycopg"))
    host, port = registry.address
    texts += [host, registry.image("mine:1"), postgres.container.state()]
    assert all(texts)
    assert all([*numbers, port])
