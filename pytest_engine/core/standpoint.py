"""Where this process stands as an engine sees it: beside it, far away, in a container of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .types.engine import ContainerInspectResponse

__all__ = ["Place", "Standpoint", "find_host_name", "standpoint_in"]

# Names that engines, or people with `host-gateway`, give to the engine's host in a container.
_HOST_NAMES = ("host.docker.internal", "host.containers.internal")


class Place(NamedTuple):
    """What this process has on a network of the engine.

    Attributes:
        address: its own address there.
        gateway: the address of the engine's host there; empty: it has none.
    """

    address: str
    gateway: str


@dataclass(frozen=True)
class Standpoint:
    """From where containers are reached.

    Attributes:
        ports_host: the host at which published ports are reached, as somebody has stated;
            empty: it is found out.
        engine_host: the host of an engine that is elsewhere, by the name or address at which
            others than ssh find it; empty: as in the engine's address.
        is_inside: whether this process runs in a container of this very engine, on a network
            other than the host's.
        host_name: how the engine's host is called in that container, where it is.
        places: the networks of that container, by their ids.
    """

    ports_host: str = ""
    engine_host: str = ""
    is_inside: bool = False
    host_name: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def engine_host_inside(self) -> str:
        """The engine's host, for a process in one of its containers; empty: not reachable."""
        gateways = (place.gateway for place in self.places.values() if place.gateway)
        return self.host_name or next(gateways, "")


def standpoint_in(own: ContainerInspectResponse, hosts: str) -> Standpoint:
    """Tell where a process stands that runs in a container of the engine (pure).

    Args:
        own: what the engine tells about that container.
        hosts: what is in its /etc/hosts.
    """
    if own.get("HostConfig", {}).get("NetworkMode") == "host":
        return Standpoint()
    networks = own.get("NetworkSettings", {}).get("Networks") or {}
    return Standpoint(
        is_inside=True,
        host_name=find_host_name(hosts),
        places={
            network.get("NetworkID", name): Place(
                network.get("IPAddress", ""), network.get("Gateway", "")
            )
            for name, network in networks.items()
        },
    )


def find_host_name(hosts: str) -> str:
    """Find what a hosts file calls the engine's host; empty: nothing (pure)."""
    named = {name for line in hosts.splitlines() for name in line.partition("#")[0].split()[1:]}
    return next((name for name in _HOST_NAMES if name in named), "")
