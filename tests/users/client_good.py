"""What a user of the types writes: `mypy --strict` has nothing to say about it.

It is read by mypy alone, and never run.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pytest_engine import Engine, errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.api.build import BuildOptions
    from pytest_engine.core.types.engine import (
        ContainerCreateBody,
        HealthConfig,
        ServiceSpec,
        TaskSpecContainerSpec,
    )

HEALTH: HealthConfig = {"Test": ["CMD", "true"], "Interval": 1_000_000_000, "Retries": 3}


def run_container(engine: Engine, image: str) -> int:
    config: ContainerCreateBody = {
        "Image": image,
        "Cmd": ["sleep", "10"],
        "Env": ["A=1"],
        "Labels": {"owner": "me"},
        "Healthcheck": HEALTH,
        "HostConfig": {
            "Memory": 64 * 1024 * 1024,
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2},
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "0"}]},
            "Mounts": [{"Type": "volume", "Source": "data", "Target": "/data"}],
        },
        "NetworkingConfig": {"EndpointsConfig": {"back": {"Aliases": ["web"]}}},
    }
    try:
        created = engine.containers.create(config, name="web")
    except errors.Conflict as exc:
        print(exc.status, exc.engine_message)
        raise
    container: str = created["Id"]
    engine.containers.start(container)
    state = engine.containers.inspect(container, size=True)["State"]
    if state["Status"] == "exited":
        return state["ExitCode"]
    for summary in engine.containers.list(all=True, filters={"label": ["owner=me"]}):
        print(summary["Names"][0], summary["State"])
    with engine.containers.logs(container, follow=True, tail=10) as output:
        for stream, data in output:
            print(stream, data.decode())
    engine.containers.update(container, {"CpuShares": 512})
    return engine.containers.wait(container, condition="not-running", timeout=5.5)["StatusCode"]


def run_command(engine: Engine, container: str) -> bytes:
    command = engine.exec.create(container, {"Cmd": ["env"], "AttachStdout": True})
    with engine.exec.start(command) as process:
        stdout, _stderr = process.read()
    running: bool = engine.exec.inspect(command)["Running"]
    return b"" if running else stdout + engine.exec.run(container, ["id"]).stdout


def images(engine: Engine) -> Iterator[str]:
    engine.images.pull("redis:7", platform="linux/amd64", progress=lambda step: print(step.status))
    engine.images.tag("redis:7", "127.0.0.1:5000/redis:7")
    inspected = engine.images.inspect("redis:7")
    yield inspected["Id"]
    yield from inspected["RepoTags"]
    for summary in engine.images.list(all=True):
        size: int = summary["Size"]
        yield str(size)
    for removed in engine.images.remove("redis:7", force=True):
        yield removed.get("Untagged", "")


def build(engine: Engine) -> str:
    options: BuildOptions = {"tags": ["app:1"], "args": {"VERSION": "1"}, "builder": "classic"}
    with engine.build.building({"Dockerfile": "FROM scratch"}, **options) as events:
        for event in events:
            print(event)
    print(engine.build.prune(all=True)["SpaceReclaimed"])
    return engine.build.image("folder", target="test", ulimits=[{"Name": "nofile", "Soft": 1}])


def networks_and_volumes(engine: Engine) -> list[str]:
    network = engine.networks.create({"Name": "back", "Driver": "bridge", "Internal": True})["Id"]
    engine.networks.connect(network, "web", {"IPAMConfig": {"IPv4Address": "10.0.0.2"}})
    members = engine.networks.inspect(network, scope="local")["Containers"]
    volume = engine.volumes.create({"Name": "data", "DriverOpts": {"type": "tmpfs"}})
    return [
        *(member["IPv4Address"] for member in members.values()),
        volume["Mountpoint"],
        *(found["Name"] for found in engine.volumes.list(filters={"dangling": True})["Volumes"]),
    ]


def system(engine: Engine) -> int:
    usage = engine.system.disk_usage(type=["image"])
    before: int = usage["LayersSize"] if "LayersSize" in usage else usage["ImageUsage"]["TotalSize"]
    processors: int = engine.system.info()["NCPU"]
    version: str = engine.system.version()["ApiVersion"]
    return before + processors + len(version) + len(engine.system.ping().api_version)


def swarm(engine: Engine) -> str:
    node = engine.swarm.init({"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1"})
    token: str = engine.swarm.inspect()["JoinTokens"]["Worker"]
    inspected = engine.nodes.inspect(node)
    engine.nodes.update(
        node,
        {"Role": "manager", "Availability": "drain", "Labels": {"disk": "ssd"}},
        version=inspected["Version"]["Index"],
    )
    return token


def services(engine: Engine, image: str) -> Iterator[str]:
    content = base64.b64encode(b"secret").decode()
    secret: str = engine.secrets.create({"Name": "password", "Data": content})["ID"]
    config: str = engine.configs.create({"Name": "settings", "Data": content})["ID"]
    container: TaskSpecContainerSpec = {
        "Image": image,
        "Healthcheck": HEALTH,
        "Secrets": [{"SecretID": secret, "SecretName": "password", "File": {"Name": "password"}}],
        "Configs": [{"ConfigID": config, "ConfigName": "settings", "File": {"Name": "/settings"}}],
    }
    spec: ServiceSpec = {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": container, "RestartPolicy": {"Condition": "any"}},
        "Mode": {"Replicated": {"Replicas": 2}},
        "EndpointSpec": {"Mode": "dnsrr", "Ports": [{"TargetPort": 80, "PublishMode": "host"}]},
    }
    service = engine.services.create({**spec})["ID"]
    found = engine.services.inspect(service)
    engine.services.update(
        service, {**spec, "Labels": {"a": "b"}}, version=found["Version"]["Index"]
    )
    yield found["PreviousSpec"]["Name"]
    for task in engine.tasks.list(filters={"service": service, "desired-state": "running"}):
        yield task["Status"]["State"]
    engine.secrets.remove(secret)


def plugins(engine: Engine) -> bool:
    engine.plugins.pull("vieux/sshfs", engine.plugins.privileges("vieux/sshfs"), name="sshfs")
    engine.plugins.set("sshfs", ["DEBUG=1"])
    return engine.plugins.inspect("sshfs")["Enabled"]


def others(engine: Engine) -> str:
    with engine.system.events(filters={"type": "container"}) as events:
        for event in events:
            print(event)
            break
    return engine.distribution.inspect("redis:7")["Descriptor"]["digest"]
