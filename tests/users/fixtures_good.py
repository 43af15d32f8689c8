"""What a user of the fixtures writes: `mypy --strict` has nothing to say about it.

It is read by mypy alone, and never run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine import (
    ComposeProject,
    Container,
    ContainerSpec,
    Engine,
    File,
    Healthcheck,
    Image,
    Mount,
    Network,
    NetworkAttachment,
    NetworkSpec,
    Port,
    RestartPolicy,
    RunContainer,
    Volume,
    VolumeSpec,
    compose,
    container,
    image,
    network,
    volume,
    wait,
)

if TYPE_CHECKING:
    from pytest_engine.core.types.engine import ContainerCreateBody

backend = network(scope="session")
isolated = network(NetworkSpec("isolated", internal=True, enable_ipv6=True), scope="module")
walled = network(internal=True, subnets=["10.1.0.0/24"], enable_ipv6=False, driver="bridge")
memory = volume(driver_options={"type": "tmpfs", "device": "tmpfs"}, labels={"a": "b"})
data = volume(content=Path("data"), scope="session")
seeded = volume(VolumeSpec("seeded", driver="local"), content={"a/b": b"1", "c": "2"})
tools = image("tools:1", pull=timedelta(days=7), platform="linux/amd64")
built = image(
    build="app",
    dockerfile="Dockerfile.test",
    args={"VERSION": "1"},
    target="test",
    labels={"a": "b"},
    cache_from=["app:1"],
    network="none",
    builder="buildkit",
    options={"shmsize": 1, "extrahosts": ["a:10.0.0.1"], "nocache": True},
    pull="always",
)
redis = container("redis:7", ports=[6379], scope="session")
app = container(
    built,
    command=["serve", "--redis", "{redis.name}"],
    env={"REDIS": "{redis.name}:6379"},
    ports=[8000, "9000:9000/udp", Port(80)],
    files={
        "/etc/app.conf": b"bytes",
        "/etc/app.d": Path("conf.d"),
        "/etc/app.yaml": "text",
        "/srv": {"index.html": "hello"},
        "/etc/key": File("secret", owner=(7, 8), mode=0o400),
    },
    mounts=[Mount("/cache", type="tmpfs")],
    volumes={"/data": data, "/named": "a-volume"},
    tmpfs={"/run": "size=1m"},
    network=backend,
    networks=[NetworkAttachment("other", aliases=["app"]), isolated, "third"],
    etc_hosts={"host.docker.internal": "host-gateway"},
    labels={"a": "b"},
    restart_policy=RestartPolicy("on-failure", 2),
    healthcheck=Healthcheck(["true"], interval=0.2),
    init=True,
    capabilities=["NET_ADMIN"],
    memory="512m",
    cpus=1.5,
    spec=ContainerSpec(
        ulimits=["nofile:1024"], device_requests=[{"driver": "nvidia", "count": -1}]
    ),
    pull="never",
    wait=wait.log("ready") & wait.port(8000),
    timeout=5,
    after=[redis, "another"],
    doc="The application.",
)
many = container(params=["redis:6", {"image": "redis:7", "memory": "64m"}], ids=["six", "seven"])
unready = container("busybox", volumes=["./x:/x:ro"], wait=False)
shop = compose(
    ["compose.yaml", Path("compose.test.yaml")],
    services=["web"],
    profiles=["test"],
    scale={"web": 2},
    env={"REDIS": "{redis.name}"},
    wait={"web": wait.http("/", port=80)},
    scope="module",
)
defined = compose({"services": {"web": {"image": "nginx"}}}, wait=False, pull="missing")


def test_values(
    app: Container,
    backend: Network,
    data: Volume,
    built: Image,
    shop: ComposeProject,
    engine: Engine,
    run_container: RunContainer,
) -> None:
    host: str = app.address(8000).host
    web: Container = shop["web"]
    addresses = [str(one.address(80)) for one in shop.containers("web")]
    text: str = shop.logs("web", tail=3) + web.exec("env").text
    names: list[str] = [backend.name, data.name, built.id, shop.name, *shop.services]
    other: Container = run_container("redis:7", files={"/etc/redis.conf": "save ''"}, pull="never")
    another = run_container(
        ContainerSpec(image="redis:7"), wait=False, network=backend, volumes={"/data": data}
    )
    assert [engine.api_version, host, *addresses, text, *names, other.name, another.id]


@pytest.mark.engine_requires(api="1.44", podman=False)
@pytest.mark.parametrize("redis", ["redis:6"], indirect=True)
def test_variant(redis: Container) -> None:
    assert redis.state() == "running"


class TestOverriding:
    redis = container("redis:8", ports=[6379], scope="class")

    @pytest.fixture
    def client(self, redis: Container) -> str:
        return str(redis.address(6379))

    def test_it(self, client: str) -> None:
        assert client


def pytest_engine_container_spec(
    spec: ContainerSpec, request: pytest.FixtureRequest
) -> ContainerSpec | None:
    return replace(spec, memory="1g") if request.fixturename == "app" else None


def pytest_engine_create_body(body: ContainerCreateBody) -> None:
    body["HostConfig"]["OomScoreAdj"] = 500
