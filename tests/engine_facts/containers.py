"""Facts about containers: their configuration, their life, their networks."""

from __future__ import annotations

import time
from typing import Any

from .fact import Ground, Topic, refusal

__all__ = ["TOPIC"]

TOPIC = Topic("Containers")
# A process 1 that does not hear SIGTERM.
_DEAF = ("sleep", "1000")


@TOPIC.fact("more than one network when it is created")
def two_networks(ground: Ground) -> str:
    networks = [ground.scratch.name(suffix) for suffix in ("a", "b")]
    for network in networks:
        ground.engine.networks.create({"Name": network})
    config: dict[str, Any] = {
        "HostConfig": {"NetworkMode": networks[0]},
        "NetworkingConfig": {"EndpointsConfig": {network: {} for network in networks}},
    }
    return refusal(lambda: ground.create(**config)) or "yes"


@TOPIC.fact("healthchecks run")
def healthchecks(ground: Ground) -> str:
    name = ground.run(Healthcheck={"Test": ["CMD", "true"], "Interval": 100_000_000})
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        state: Any = ground.engine.containers.inspect(name)["State"]
        if state["Health"]["Status"] != "starting":
            return "yes"
        time.sleep(0.05)
    return "by systemd's timers only, else `starting` for good"


@TOPIC.fact("annotations")
def annotation(ground: Ground) -> str:
    refused = refusal(lambda: ground.create(HostConfig={"Annotations": {"a": "b"}}))
    if refused:
        return refused
    host: Any = ground.engine.containers.inspect(ground.scratch.name())["HostConfig"]
    return "yes" if (host.get("Annotations") or {}).get("a") == "b" else "ignored"


@TOPIC.fact("a volume's `Subpath`")
def subpath(ground: Ground) -> str:
    volume = ground.scratch.name("volume")
    fill = ground.create("mkdir", "/v/inner", suffix="fill", HostConfig={"Binds": [f"{volume}:/v"]})
    ground.output(fill)
    mount = {
        "Type": "volume",
        "Source": volume,
        "Target": "/v",
        "VolumeOptions": {"Subpath": "inner"},
    }
    refused = refusal(lambda: ground.create("ls", "/v", HostConfig={"Mounts": [mount]}))
    if refused:
        return refused
    seen = ground.output(ground.scratch.name())
    return "**ignored: the whole volume is mounted**" if seen else "yes"


@TOPIC.fact("an image as a mount")
def image_mount(ground: Ground) -> str:
    mount = {"Type": "image", "Source": ground.image, "Target": "/i"}
    return refusal(lambda: ground.create(HostConfig={"Mounts": [mount]})) or "yes"


@TOPIC.fact("a memory limit of 1 byte")
def tiny_memory(ground: Ground) -> str:
    return refusal(lambda: ground.create(HostConfig={"Memory": 1})) or "taken"


@TOPIC.fact("removal by force")
def removal_by_force(ground: Ground) -> str:
    name = ground.run(*_DEAF, StopTimeout=2)
    begin = time.monotonic()
    ground.engine.containers.remove(name, force=True)
    if time.monotonic() - begin < 1.5:
        return "kills at once"
    return "stops first, up to `StopTimeout` (10 s)"


@TOPIC.fact("names under `DNSNames`")
def dns_names(ground: Ground) -> str:
    return "yes" if _endpoint(ground).get("DNSNames") else "no"


@TOPIC.fact("own id among `Aliases`")
def own_id(ground: Ground) -> str:
    endpoint = _endpoint(ground)
    short = str(ground.engine.containers.inspect(ground.scratch.name())["Id"])[:12]
    return "yes" if short in (endpoint.get("Aliases") or ()) else "no"


def _endpoint(ground: Ground) -> dict[str, Any]:
    network = ground.scratch.name("net")
    ground.engine.networks.create({"Name": network})
    name = ground.run(HostConfig={"NetworkMode": network})
    settings: Any = ground.engine.containers.inspect(name)["NetworkSettings"]
    return dict(settings["Networks"][network])
