"""Builds: both builders, what keeps a build going, and what it leaves behind."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from pytest_engine.core.errors import BuildFailed
from tests.core.operations.cases import World, case
from tests.core.scripted import answer
from tests.core.swarms import eventually

_AUX = b'{"aux": {"ID": "sha256:1"}, "id": "moby.image.id"}\r\n'


@case("ImageBuild")
def built(world: World) -> None:
    name = world.name("image")
    lines: list[str] = []
    image = world.engine.build.image(
        {
            "Containerfile": f"FROM {world.image} AS first\nARG WHAT\n"
            "RUN echo $WHAT > /what && grep other.test /etc/hosts && echo it is said\n"
            "FROM first AS second\nRUN exit 1\n"
        },
        tags=[name],
        dockerfile="Containerfile",
        args={"WHAT": "a value"},
        target="first",
        labels={"a": "b"},
        nocache=True,
        network="none",
        extrahosts=["other.test:192.0.2.1"],
        shmsize=1 << 26,
        builder="buildkit",
        progress=lines.append,
    )
    inspected = world.engine.images.inspect(name)
    assert inspected["Id"] == image
    # Podman adds a label of its own.
    assert inspected["Config"]["Labels"]["a"] == "b"
    assert any("it is said" in line for line in lines)


@case("ImageBuild")
def built_by_the_classic_builder(world: World) -> None:
    name = world.name("image")
    world.engine.build.image(
        {
            "Dockerfile": f"FROM {world.image}\n"
            "RUN cat /sys/fs/cgroup/memory/memory.limit_in_bytes\n"
        },
        tags=[name],
        builder="classic",
        memory=1 << 26,
        memswap=-1,
        cpushares=512,
        cpuperiod=100_000,
        cpuquota=50_000,
        cpusetcpus="0",
        cpusetmems="0",
        rm=True,
        forcerm=True,
        cachefrom=[world.image],
    )
    assert world.engine.images.history(name)[0]["CreatedBy"].endswith("memory.limit_in_bytes")


@case("ImageBuild")
def asked_for(world: World) -> None:
    # What the lab's engine cannot do: Windows, experimental features, other machines, newer
    # engines, a Dockerfile from a server, a session of the caller's own.
    login = {"auths": {"registry.test": {"auth": "dTpw"}}}
    pong = answer(b"OK", builder_version="1")
    image = answer(_AUX)
    asked: list[dict[str, Any]] = [
        {
            "builder": "classic",
            "remote": "http://192.0.2.1/Dockerfile",
            "platform": "linux/arm64",
            "pull": True,
            "quiet": True,
            "squash": True,
            "securityopt": ["no-new-privileges"],
            "isolation": "default",
            "cgroupparent": "/some",
            "ulimits": [{"Name": "nofile", "Soft": 10, "Hard": 20}],
        },
        {
            "context": {"Dockerfile": "FROM scratch\n"},
            "builder": "buildkit",
            "session": "some-id",
            "buildid": "some-build",
            "outputs": [{"Type": "cacheonly"}],
        },
    ]
    environ = {"DOCKER_AUTH_CONFIG": json.dumps(login)}
    for options in asked:
        with world.scripted(pong, image, environ=environ) as (engine, server):
            engine.build.image(**options)
        assert server.requests[-1].target.startswith("/v1.55/build?")


@pytest.mark.lacks("podman5", reason="only BuildKit cancels builds by their names")
@case("ImageBuild", "BuildCancel")
def cancelled(world: World) -> None:
    began = threading.Event()
    name = world.name("build")

    def cancel() -> None:
        began.wait(60)
        world.engine.build.cancel(name)

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(BuildFailed):
        world.engine.build.image(
            {"Dockerfile": f"FROM {world.image}\nRUN echo begun; sleep 300\n"},
            nocache=True,
            builder="buildkit",
            buildid=name,
            progress=lambda line: began.set() if line.strip() == "begun" else None,
        )
    thread.join()


@pytest.mark.lacks("podman5", reason="it has no cache of builds that could be pruned")
@case("BuildPrune")
def pruned(world: World) -> None:
    world.engine.build.image(
        {"Dockerfile": f"FROM {world.image}\nRUN head -c 100000 /dev/urandom > /some\n"},
        tags=[world.name("image")],
        builder="buildkit",
        nocache=True,
    )
    world.engine.images.remove(world.name("image"))

    def freed() -> bool:
        # BuildKit lets go of a build some time after it has told its end.
        pruned = world.engine.build.prune(all=True, filters={"until": "0s"}, keep_storage=0)
        return pruned["SpaceReclaimed"] > 100_000

    assert eventually(lambda: freed() or None)
    with world.scripted(answer(b'{"SpaceReclaimed": 5}')) as (engine, _server):
        newer = engine.build.prune(reserved_space=1, max_used_space=2, min_free_space=3)
    assert newer["SpaceReclaimed"] == 5
