"""What an inspect says about reaching a container and about its life (pure, but for routes)."""

from __future__ import annotations

import ipaddress
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..moment import encode_nanoseconds, parse_moment

if TYPE_CHECKING:
    from ..endpoint import Endpoint
    from ..types.engine import ContainerInspectResponse, ContainerState

__all__ = ["Address", "Facts", "address_of", "own_address", "published_ports", "stamp"]

# The engine's way to say "never".
_NEVER = "0001-01-01"
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104


class Address(NamedTuple):
    """Where a port of a container is reached.

    Attributes:
        host: a name or an address, IPv6 without brackets.
        port: the port there.
    """

    host: str
    port: int

    def __str__(self) -> str:
        """Write it as `host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Facts:
    """A container as it was inspected, with the endpoint that it was inspected at.

    Attributes:
        inspected: the answer of `GET /containers/{id}/json`.
        endpoint: where the engine is.
    """

    inspected: ContainerInspectResponse
    endpoint: Endpoint

    @property
    def name(self) -> str:
        """The container's name."""
        return self.inspected.get("Name", "").lstrip("/") or self.inspected.get("Id", "")[:12]

    @property
    def image(self) -> str:
        """The image that it was created from, as it was named then."""
        return self.inspected.get("Config", {}).get("Image", "")

    @property
    def title(self) -> str:
        """Name and image for messages; an image's id is shortened as people know it."""
        image = self.image
        return f"{self.name} ({image[7:19] if image.startswith('sha256:') else image})"

    @property
    def state(self) -> ContainerState:
        """Its state."""
        return self.inspected.get("State", {})

    @property
    def is_alive(self) -> bool:
        """Whether its process runs, or is about to be started again by the engine."""
        status = str(self.state.get("Status"))
        # So Podman calls what it has not cleaned up yet, and then may start again.
        if status == "stopped":
            policy = self.inspected.get("HostConfig", {}).get("RestartPolicy", {}).get("Name")
            return policy not in (None, "", "no")
        return status in ("running", "paused", "restarting")

    @property
    def is_running(self) -> bool:
        """Whether its process runs, so that its ports and addresses are those that count."""
        return self.state.get("Status") in ("running", "paused")

    @property
    def has_started(self) -> bool:
        """Whether it was ever started."""
        return not self.state.get("StartedAt", _NEVER).startswith(_NEVER)

    @property
    def tty(self) -> bool:
        """Whether it has a terminal, so that its log has no frames."""
        return bool(self.inspected.get("Config", {}).get("Tty"))

    @property
    def since(self) -> str | None:
        """The moment after which log lines belong to this start; None: all of them do.

        That is the end of the start before: the engine notes the start itself a moment
        after the process may already have written its first lines. Of a container that
        has ended, the engine no longer tells when an earlier start ended.
        """
        finished = self.state.get("FinishedAt", _NEVER)
        if finished.startswith(_NEVER):
            return None
        if self.is_alive:
            return stamp(finished)
        return stamp(self.state.get("StartedAt", _NEVER), earlier=1)


def stamp(moment: str, *, earlier: int = 0) -> str:
    """Turn the engine's RFC 3339 time into seconds since the epoch with nanoseconds.

    Args:
        moment: a time as the engine writes it, with up to nine digits of a second. Docker
            writes UTC, Podman its own time zone.
        earlier: whole seconds to go back.
    """
    return encode_nanoseconds(parse_moment(moment) - earlier * 1_000_000_000)


def published_ports(inspected: ContainerInspectResponse) -> dict[str, list[Address]]:
    """List the published ports: `6379/tcp` -> addresses on the engine's host."""
    ports = inspected.get("NetworkSettings", {}).get("Ports") or {}
    return {
        port: [Address(b.get("HostIp", ""), int(b.get("HostPort") or 0)) for b in bindings]
        for port, bindings in ports.items()
        if bindings
    }


def address_of(facts: Facts, number: int, protocol: str = "tcp") -> Address | None:
    """Find where a port is reached from here; None: it is not published.

    A port that is bound to all addresses of the engine's host is reached at loopback if
    the engine is here, and under the engine's own name if it is elsewhere. IPv4 comes
    first where both are bound.
    """
    endpoint = facts.endpoint
    if facts.inspected.get("HostConfig", {}).get("NetworkMode") == "host":
        return Address(endpoint.host or "127.0.0.1", number)
    bound = published_ports(facts.inspected).get(f"{number}/{protocol}", [])
    for address in sorted(bound, key=lambda one: ":" in one.host):
        if address.host not in _EVERYWHERE:
            return address
        if endpoint.host:
            return Address(endpoint.host, address.port)
        return Address("::1" if ":" in address.host else "127.0.0.1", address.port)
    return None


def own_address(facts: Facts, number: int) -> Address | None:
    """Find a port at the container's own address; None: that is not reachable from here.

    It is reachable where the container's bridge is on this very host: then the kernel
    has a route without a gateway to it. Behind it, unlike behind a published port, there
    is no proxy that accepts before the service listens.
    """
    if facts.endpoint.scheme != "unix" or sys.platform != "linux":
        return None
    try:
        # The bridges of a rootless engine are in a network of their own, and its addresses
        # may well be those of somebody else's containers here.
        if Path(facts.endpoint.path).stat().st_uid != 0:
            return None
    except OSError:
        return None
    networks = facts.inspected.get("NetworkSettings", {}).get("Networks") or {}
    for network in networks.values():
        ip, length = network.get("IPAddress"), network.get("IPPrefixLen")
        if ip and length and _is_on_link(ip, length):
            return Address(ip, number)
    return None


def _is_on_link(ip: str, length: int) -> bool:
    # Connecting a datagram socket sends nothing; it asks the kernel for the route.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ip, 9))
            source = probe.getsockname()[0]
        except OSError:
            return False
    return ipaddress.ip_address(source) in ipaddress.ip_interface(f"{ip}/{length}").network
