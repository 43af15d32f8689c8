"""How a cluster comes to be: its network, its images, its swarm."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ..crew import do_all
from ..errors import ApiError, ConnectionFailed, ImageNotFound, LaunchFailed
from ..reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Callable

    from ..client import Engine
    from ..types.engine import NetworkCreateBody
    from .node import ClusterNode

__all__ = ["have", "join", "make_network"]

_SWARM_PORT = 2377
# Somebody else's network may take the addresses between two questions.
_ATTEMPTS = 5
# A node that is silent for three of these is down.
_HEARTBEAT = 1_000_000_000


def have(engine: Engine, image: str) -> str:
    """See to it that an engine has an image.

    Returns:
        What names it alone: to an engine that saves images, a name without a tag means all tags.
    """
    try:
        if engine.images.inspect(image)["Id"].startswith((image, f"sha256:{image}")):
            return image
    except ImageNotFound:
        engine.images.pull(image)
    return str(parse_reference(image).with_default_tag())


def make_network(
    engine: Engine, name: str, labels: Mapping[str, str], note: Callable[[str], None]
) -> ipaddress.IPv4Network:
    """Make a network on which containers can have addresses of their choice.

    That takes a subnet which is stated. One that is free, the engine knows: it chooses
    one, and is told the same.

    Args:
        engine: where.
        name: its name.
        labels: its labels.
        note: is told its id as soon as it is there.
    """
    networks = engine.networks
    body: NetworkCreateBody = {"Name": name, "Driver": "bridge", "Labels": dict(labels)}
    for attempt in range(_ATTEMPTS):
        network = networks.create(body)["Id"]
        note(network)
        config = networks.inspect(network).get("IPAM", {}).get("Config") or []
        networks.remove(network)
        subnet = next((one["Subnet"] for one in config if "." in one.get("Subnet", "")), "")
        if not subnet:
            break
        try:
            made = networks.create({**body, "IPAM": {"Config": [{"Subnet": subnet}]}})
        except ApiError:
            if attempt + 1 == _ATTEMPTS:
                raise
        else:
            note(made["Id"])
            return ipaddress.IPv4Network(subnet)
    raise LaunchFailed(f"The engine gives network {name} no IPv4 addresses.")


def join(name: str, nodes: Sequence[ClusterNode], timeout: float) -> None:
    """Make the first of some engines a swarm, and the others nodes of it."""
    first, *others = nodes
    try:
        first.id = first.engine.swarm.init(
            {
                "ListenAddr": f"0.0.0.0:{_SWARM_PORT}",
                "AdvertiseAddr": first.address,
                "Spec": {"Dispatcher": {"HeartbeatPeriod": _HEARTBEAT}},
            }
        )
        tokens = first.engine.swarm.inspect()["JoinTokens"]

        def join_one(node: ClusterNode) -> None:
            node.engine.swarm.join(
                {
                    "ListenAddr": f"0.0.0.0:{_SWARM_PORT}",
                    "AdvertiseAddr": node.address,
                    "RemoteAddrs": [f"{first.address}:{_SWARM_PORT}"],
                    "JoinToken": tokens["Manager" if node.was_manager else "Worker"],
                }
            )
            node.id = node.engine.system.info()["Swarm"]["NodeID"]

        # Managers one after the other: each of them changes who has to agree.
        for node in others:
            if node.was_manager:
                join_one(node)
        workers = [node for node in others if not node.was_manager]
        do_all(join_one, workers, at_once=len(workers), name="cluster")
        for node in nodes:
            node.wait_until("ready", timeout)
    except (ApiError, ConnectionFailed) as exc:
        raise LaunchFailed(f"The nodes of cluster {name} do not join: {exc}") from exc
