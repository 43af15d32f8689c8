"""Where containers reach a server that runs here."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InvalidInput, NetworkNotFound
from ..wait.standing import standpoint_of

if TYPE_CHECKING:
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..endpoint import Endpoint
    from ..types.engine import NetworkInspect

__all__ = ["HostAccess", "gateway_of", "host_access"]

_LOOPBACK = "127.0.0.1"
# Docker's and Podman's networks for containers that name none.
_DEFAULTS = ("bridge", "podman")
_ANY_PORT = 9


class HostAccess(NamedTuple):
    """Where a container reaches a server here.

    Attributes:
        host: the address or name to give to the container.
        bind: the address that the server has to listen on; all addresses will do as well.
    """

    host: str
    bind: str


def host_access(engine: Engine, network: str | None = None) -> HostAccess:
    """Find where containers on a network reach a server in this process, or on this host.

    - Engine on this Linux host: the address that the host has on the network's bridge. A
      container finds that of the default network also as `host.docker.internal`, created
      with `etc_hosts={"host.docker.internal": "host-gateway"}`, whatever network it is on.
    - Engine in a virtual machine of Docker Desktop: the name `host.docker.internal`, which
      leads to loopback here.
    - This process in a container of the same engine: its own address on the network.
    - Engine elsewhere: the address of this host on the way to it, provided that nothing in
      between keeps connections from there to here out.

    Args:
        engine: the engine.
        network: the network's name; None: the engine's default network, or in a container
            of the engine one of its own.

    Raises:
        InvalidInput: there is no way from there to here; the message says what to do.
        NetworkNotFound: there is no such network.
    """
    standpoint = standpoint_of(engine)
    if standpoint.is_inside:
        own = _own_address(engine, network)
        return HostAccess(own, own)
    if network == "host" and engine.endpoint.is_local:
        return HostAccess(_LOOPBACK, _LOOPBACK)
    if not engine.endpoint.is_local:
        own = _address_towards(standpoint.engine_host or engine.endpoint.host)
        return HostAccess(own, own)
    if sys.platform != "linux" or _is_in_machine(engine):
        return HostAccess("host.docker.internal", _LOOPBACK)
    if _is_rootless(engine.endpoint):
        raise InvalidInput(
            f"The engine at {engine.endpoint.url} is rootless: its networks are not on this host, "
            "so that containers do not reach servers here. Run the server in a container, or "
            "the engine as root."
        )
    gateway = gateway_of(_inspect(engine, network))
    return HostAccess(gateway, gateway)


def gateway_of(network: NetworkInspect) -> str:
    """Find the address of the engine's host on a network (pure).

    Raises:
        InvalidInput: it has none.
    """
    driver, name = network.get("Driver", ""), network.get("Name", "")
    configs = network.get("IPAM", {}).get("Config") or []
    if driver == "bridge":
        for config in sorted(configs, key=lambda one: ":" in one.get("Subnet", "")):
            if config.get("Gateway"):
                # With Docker, one of IPv6 may have the length of its prefix behind it.
                return config["Gateway"].partition("/")[0]
            if config.get("Subnet"):
                return str(next(ipaddress.ip_network(config["Subnet"]).hosts()))
    raise InvalidInput(
        f"The engine's host has no address on network {name} (driver {driver}), so that nothing "
        "here is reached from there. Use a network of the bridge driver."
    )


def _inspect(engine: Engine, network: str | None) -> NetworkInspect:
    if network is not None:
        return engine.networks.inspect(network)
    try:
        return engine.networks.inspect(_DEFAULTS[0])
    except NetworkNotFound:
        return engine.networks.inspect(_DEFAULTS[1])


def _own_address(engine: Engine, network: str | None) -> str:
    places = standpoint_of(engine).places
    if network is None:
        own = next((place.address for place in places.values() if place.address), "")
    else:
        identity = engine.networks.inspect(network).get("Id", "")
        own = places[identity].address if identity in places else ""
    if not own:
        # Somebody may do now what the message says.
        engine.standpoint = None
        raise InvalidInput(
            "This process runs in a container of the engine, which has no address on "
            f"{f'network {network}' if network else 'any network'}, so that nothing there "
            "reaches it. Connect it to that network."
        )
    return own


def _address_towards(host: str) -> str:
    """Find the address of this host from which it reaches another one; nothing is sent."""
    try:
        family, kind, protocol, _name, target = socket.getaddrinfo(
            host, _ANY_PORT, type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(target)
            return str(probe.getsockname()[0])
    except OSError as exc:
        raise InvalidInput(
            f"There is no way to the engine's host {host}, so that none back is known ({exc})."
        ) from exc


def _is_in_machine(engine: Engine) -> bool:
    return engine.system.info().get("OperatingSystem", "") == "Docker Desktop"


def _is_rootless(endpoint: Endpoint) -> bool:
    try:
        return endpoint.scheme == "unix" and Path(endpoint.path).stat().st_uid != 0
    except OSError:
        return False
