"""A container for the whole run, and one for each test."""

from redis import Redis


def client_of(container):
    host, port = container.address(6379)
    return Redis(host=host, port=port)


def test_a_session_container_keeps_what_was_written(redis):
    with client_of(redis) as client:
        client.set("colour", "green")
        assert client.get("colour") == b"green"


def test_a_command_can_be_run_in_the_container(redis):
    result = redis.exec(["redis-cli", "ping"])
    assert result.ok
    assert result.text.strip() == "PONG"


def test_a_function_container_is_empty(empty_redis):
    with client_of(empty_redis) as client:
        assert client.dbsize() == 0
        client.set("colour", "red")


def test_the_next_test_gets_another_one(empty_redis):
    with client_of(empty_redis) as client:
        assert client.dbsize() == 0
