"""Redis and Valkey through redis-py: every test has a numbered database of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from pytest_engine import ContainerSpec, network, presets
from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from pytest_engine import RunContainer

pytestmark = pytest.mark.engine

IMAGES = ("redis:7", "valkey/valkey:8")

backend = network(scope="module")
redis = presets.redis(network=backend, after=["images"], scope="module")
keys = presets.fresh(redis)
more_keys = presets.fresh(redis)

valkey = presets.valkey(
    password="s3cr@t/",
    databases=5,
    after=["images"],
    scope="module",
)
few_keys = presets.fresh(valkey)

durable = presets.redis(durable=True, args=["--maxmemory", "7mb"], after=["images"], scope="module")


def names(server: presets.Redis) -> set[int]:
    """The numbers that are taken."""
    with Redis(
        host=server.host, port=server.port, password=server.password, db=server.databases - 1
    ) as client:
        free = client.lrange("free", 0, -1)
    assert isinstance(free, list)
    return set(range(1, server.databases - 1)) - {int(number) for number in free}


def test_it_answers_as_soon_as_the_fixture_has_returned(redis: presets.Redis) -> None:
    with Redis.from_url(redis.url) as client:
        assert client.ping()
    assert redis.url == f"redis://{redis.host}:{redis.port}/0"


@pytest.mark.parametrize("time", range(3))
def test_a_key_space_is_empty_at_first(keys: presets.KeySpace, time: int) -> None:
    with Redis(host=keys.host, port=keys.port, db=keys.number) as client:
        assert client.dbsize() == 0
        client.set("time", time)


def test_two_key_spaces_never_meet(
    keys: presets.KeySpace, more_keys: presets.KeySpace, redis: presets.Redis
) -> None:
    assert len({0, keys.number, more_keys.number, redis.databases - 1}) == 4
    with Redis.from_url(keys.url) as client, Redis.from_url(more_keys.url) as other:
        client.set("a", 1)
        assert other.dbsize() == 0


def test_a_number_can_be_had_again(redis: presets.Redis) -> None:
    before = names(redis)
    with redis.fresh() as one:
        assert names(redis) - before == {one.number}
    assert names(redis) == before


def test_workers_never_get_the_same_number(redis: presets.Redis) -> None:
    # What each worker has: a handle of its own on the same container.
    workers = [replace(redis) for _number in range(4)]
    with ThreadPoolExecutor() as threads, ExitStack() as stack:
        parts = [worker.fresh() for worker in workers for _part in range(5)]
        taken = [threads.submit(part.__enter__).result for part in parts]
        numbers = [result().number for result in taken]
        for part in parts:
            stack.push(part)
    assert len(set(numbers)) == 20
    for worker in workers:
        worker.close()


def test_other_containers_reach_it_by_the_internal_url(
    redis: presets.Redis, keys: presets.KeySpace, run_container: RunContainer
) -> None:
    networks = [*redis.container.inspect()["NetworkSettings"]["Networks"]]
    client = run_container(
        ContainerSpec(image="redis:7", command=["sleep", "1000"], networks=networks), wait=False
    )
    assert client.exec(["redis-cli", "-u", keys.internal_url, "set", "a", "b"]).ok
    with Redis.from_url(keys.url) as ours:
        assert ours.get("a") == b"b"


def test_valkey_asks_for_its_password(valkey: presets.Redis, few_keys: presets.KeySpace) -> None:
    with Redis.from_url(few_keys.url) as client:
        assert client.ping()
        assert client.info()["server_name"] == "valkey"
    assert not valkey.container.exec(["valkey-cli", "dbsize"]).text.strip().isdigit()
    assert "s3cr" not in repr(few_keys)


def test_when_all_numbers_are_taken_it_says_what_to_do(valkey: presets.Redis) -> None:
    with (
        valkey.fresh(),
        valkey.fresh(),
        valkey.fresh(),
        pytest.raises(InvalidInput, match=r"All of the 3 .*`databases=`"),
        valkey.fresh(),
    ):
        pass
    with valkey.fresh():
        pass


def test_nothing_is_saved_unless_it_is_asked_for(
    redis: presets.Redis, durable: presets.Redis
) -> None:
    with Redis.from_url(redis.url) as client:
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("databases") == {"databases": "256"}
    with Redis.from_url(durable.url) as client:
        assert client.config_get("save")["save"] != ""
        assert client.config_get("maxmemory") == {"maxmemory": str(7 << 20)}


@pytest.mark.parametrize("count", [0, 2, -1])
def test_too_few_databases_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="3 are the fewest"):
        presets.redis(databases=count)


def test_a_password_that_its_client_cannot_be_told_is_refused() -> None:
    with pytest.raises(InvalidInput, match="password: it has blanks"):
        presets.redis(password="a b")
