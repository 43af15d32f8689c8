"""A service of our own, built from its Dockerfile, which uses another container."""

from urllib.request import urlopen

from redis import Redis


def get(app, path):
    with urlopen(f"http://{app.address(8000)}{path}", timeout=10) as response:
        return response.read().decode().strip()


def test_the_app_is_healthy(app):
    assert get(app, "/health") == "ok"


def test_the_app_reads_what_is_in_redis(app, redis):
    host, port = redis.address(6379)
    with Redis(host=host, port=port) as client:
        client.set("greeting", "hello from redis")
    assert get(app, "/greeting") == "hello from redis"
