"""Where the ports of a container are reached from here (pure, but for routes)."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..types.engine import ContainerInspectResponse
    from .facts import Facts

__all__ = ["Address", "address_of", "own_address", "published_ports", "why_no_address"]

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


def published_ports(inspected: ContainerInspectResponse) -> dict[str, list[Address]]:
    """List the published ports: `6379/tcp` -> addresses on the engine's host."""
    ports = (inspected.get("NetworkSettings") or {}).get("Ports") or {}
    return {
        port: [Address(b.get("HostIp", ""), int(b.get("HostPort") or 0)) for b in bindings]
        for port, bindings in ports.items()
        if bindings
    }


def address_of(facts: Facts, number: int, protocol: str = "tcp") -> Address | None:
    """Find where a published port is reached from here; None: nowhere.

    - Where somebody has stated a host for published ports, there.
    - From within a container of the same engine: at the container's own address if both are
      on one network, else at the engine's host as the container here knows it.
    - At loopback if the engine is on this host, and under the name of the engine's host if
      it is elsewhere, for a port that is bound to all addresses; else where it is bound.

    IPv4 comes first where both are bound.
    """
    standpoint = facts.standpoint
    if (facts.inspected.get("HostConfig") or {}).get("NetworkMode") == "host":
        host = _engine_host(facts)
        return Address(host, number) if host else None
    bound = published_ports(facts.inspected).get(f"{number}/{protocol}", [])
    bound = sorted(bound, key=lambda one: ":" in one.host)
    if not bound:
        return None
    if standpoint.ports_host:
        return Address(standpoint.ports_host, bound[0].port)
    own = _shared_address(facts, number) if standpoint.is_inside else None
    if own is not None:
        return own
    reached = (_reached(facts, address) for address in bound)
    return next((address for address in reached if address is not None), None)


def _reached(facts: Facts, bound: Address) -> Address | None:
    """Find where an address that a port is bound to on the engine's host is reached from here."""
    if bound.host not in _EVERYWHERE:
        return bound if _is_here(facts) or not _is_loopback(bound.host) else None
    if _is_here(facts):
        return Address("::1" if ":" in bound.host else "127.0.0.1", bound.port)
    host = _engine_host(facts)
    return Address(host, bound.port) if host else None


def why_no_address(facts: Facts, number: int, protocol: str = "tcp") -> str:
    """Say why a port has no address that could be reached, and what to do about it."""
    what = f"Port {number}/{protocol} of container {facts.name}"
    published = published_ports(facts.inspected)
    bound = published.get(f"{number}/{protocol}")
    if not bound:
        return (
            f"{what} is not published (published: {', '.join(published) or 'none'}). State it in "
            "ports= when the container is created."
        )
    where = "runs in a container on other networks" if facts.standpoint.is_inside else "elsewhere"
    return (
        f"{what} is published at {', '.join(sorted({one.host for one in bound}))} of the engine's "
        f"host alone, and this process {where}. Publish it on all addresses, or say in "
        "PYTEST_ENGINE_PORTS_HOST where it is reached."
    )


def own_address(facts: Facts, number: int) -> Address | None:
    """Find a port at the container's own address; None: that is not reachable from here.

    It is reachable where the container's bridge is on this very host: then the kernel
    has a route without a gateway to it. Behind it, unlike behind a published port, there
    is no proxy that accepts before the service listens.
    """
    if facts.standpoint.is_inside:
        return _shared_address(facts, number)
    if facts.endpoint.scheme != "unix" or sys.platform != "linux":
        return None
    try:
        # The bridges of a rootless engine are in a network of their own, and its addresses
        # may well be those of somebody else's containers here.
        if Path(facts.endpoint.path).stat().st_uid != 0:
            return None
    except OSError:
        return None
    networks = (facts.inspected.get("NetworkSettings") or {}).get("Networks") or {}
    for network in networks.values():
        ip, length = network.get("IPAddress"), network.get("IPPrefixLen")
        if ip and length and _is_on_link(ip, length):
            return Address(ip, number)
    return None


def _shared_address(facts: Facts, number: int) -> Address | None:
    """Find a port on a network that this process's own container is on as well."""
    networks = (facts.inspected.get("NetworkSettings") or {}).get("Networks") or {}
    for name, network in networks.items():
        ip = network.get("IPAddress") or network.get("GlobalIPv6Address")
        if ip and network.get("NetworkID", name) in facts.standpoint.places:
            return Address(ip, number)
    return None


def _is_here(facts: Facts) -> bool:
    """Whether the loopback addresses of the engine's host are those of this process."""
    standpoint = facts.standpoint
    # A name of ssh's configuration may lead here as well.
    named = standpoint.engine_host
    is_local = facts.endpoint.is_local or (named != "" and _is_loopback(named))
    return is_local and not standpoint.is_inside


def _engine_host(facts: Facts) -> str:
    """Name the engine's host as it is reached from here; empty: it is not."""
    standpoint = facts.standpoint
    if standpoint.ports_host:
        return standpoint.ports_host
    if _is_here(facts):
        return "127.0.0.1"
    if standpoint.is_inside and facts.endpoint.is_local:
        return standpoint.engine_host_inside
    return standpoint.engine_host or facts.endpoint.host


def _is_loopback(host: str) -> bool:
    # Here, because this loads slowly, and few hosts need it.
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_on_link(ip: str, length: int) -> bool:
    # Connecting a datagram socket sends nothing; it asks the kernel for the route.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ip, 9))
            source = probe.getsockname()[0]
        except OSError:
            return False
    # Here, as above.
    import ipaddress

    return ipaddress.ip_address(source) in ipaddress.ip_interface(f"{ip}/{length}").network
