"""memcached through pymemcache; nginx and a registry as what uses them sees them."""

from __future__ import annotations

from contextlib import closing
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from pymemcache.client.base import Client

from pytest_engine import Engine, presets
from pytest_engine.core.errors import InvalidInput, PermissionDenied, PushFailed

pytestmark = pytest.mark.engine

IMAGES = ("memcached:1", "nginx:1", "registry:2", "busybox")

memcached = presets.memcached(megabytes=17, after=["images"], scope="module")
keys = presets.fresh(memcached)
more_keys = presets.fresh(memcached)

nginx = presets.nginx(
    content={"index.html": "hello", "css/a.css": b"a{}"},
    args=["-q"],
    after=["images"],
    scope="module",
)
proxy = presets.nginx(
    config="server { listen 8080; location / { return 418 teapot; } }",
    port=8080,
    after=["images"],
    scope="module",
)

registry = presets.registry(after=["images"], scope="module")
# By `htpasswd -nbB -C 5 me secret`.
closed = presets.registry(
    htpasswd="me:$2y$05$QUuzqH.4mhWd6av6dfaxXeB/5rjV2QrY5227fZ4dY9IXRxI2Et6Ze\n",
    after=["images"],
    scope="module",
)


def test_memcached_keeps_what_was_set(memcached: presets.Memcached) -> None:
    with closing(Client(memcached.address)) as client:
        client.set("a", b"b")
        assert client.get("a") == b"b"
        assert client.stats("settings")[b"maxbytes"] == 17 << 20


def test_prefixes_never_meet(
    memcached: presets.Memcached, keys: presets.Prefix, more_keys: presets.Prefix
) -> None:
    with (
        closing(Client(memcached.address, key_prefix=str(keys).encode())) as client,
        closing(Client(memcached.address, key_prefix=str(more_keys).encode())) as other,
        closing(Client(memcached.address)) as plain,
    ):
        # By itself this client does not wait for an answer.
        client.set("a", b"b", noreply=False)
        assert other.get("a") is None
        assert plain.get(keys("a")) == b"b"


def test_flushing_forgets_everything(memcached: presets.Memcached) -> None:
    with closing(Client(memcached.address)) as client:
        client.set("a", b"b", noreply=False)
        memcached.flush()
        assert client.get("a") is None


def read(url: str) -> tuple[int, str]:
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310  # of our own container
            return answer.status, answer.read().decode().strip()
    except HTTPError as exc:
        with exc:
            return exc.code, exc.read().decode().strip()


def test_nginx_serves_the_content(nginx: presets.Nginx) -> None:
    assert read(nginx.url) == (200, "hello")
    assert read(f"{nginx.url}/css/a.css") == (200, "a{}")


def test_nginx_does_what_its_configuration_says(proxy: presets.Nginx) -> None:
    assert read(f"{proxy.url}/any") == (418, "teapot")


def test_content_that_is_no_folder_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"content: there is no .*/tests/presets/nowhere"):
        presets.nginx(content="nowhere")
    with pytest.raises(InvalidInput, match=r"content: .*/conftest\.py is no folder"):
        presets.nginx(content="conftest.py")


def test_images_can_be_pushed_and_pulled(
    registry: presets.Registry, engine: Engine, busybox: str
) -> None:
    name = registry.image("mine:1")
    engine.images.tag(busybox, name)
    try:
        engine.images.push(name)
        engine.images.remove(name)
        engine.images.pull(name)
    finally:
        engine.images.remove(name)
    assert read(f"{registry.url}/v2/mine/tags/list") == (200, '{"name":"mine","tags":["1"]}')


def test_a_registry_can_ask_for_a_login(closed: presets.Registry) -> None:
    assert read(f"{closed.url}/v2/")[0] == 401


def test_a_registry_takes_the_login_that_it_was_given(
    closed: presets.Registry, engine_host: str, busybox: str
) -> None:
    name = closed.image("mine:1")
    # A client of its own, which forgets the login.
    with Engine(engine_host, environ={"DOCKER_CONFIG": "/nowhere"}) as engine:
        engine.images.tag(busybox, name)
        try:
            with pytest.raises(PushFailed):
                engine.images.push(name)
            engine.system.login(str(closed.address), "me", "secret", remember=True)
            engine.images.push(name)
            engine.images.remove(name)
            engine.images.pull(name)
        finally:
            engine.images.remove(name)


@pytest.mark.parametrize(("user", "password"), [("me", "guessed"), ("you", "secret")])
def test_a_registry_refuses_another_login(
    closed: presets.Registry, engine: Engine, user: str, password: str
) -> None:
    with pytest.raises(PermissionDenied, match="401 Unauthorized"):
        engine.system.login(str(closed.address), user, password)


def test_arguments_that_a_registry_does_not_have_are_refused() -> None:
    with pytest.raises(InvalidInput, match="configured by env="):
        presets.registry(args=["--debug"])
