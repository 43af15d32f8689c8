"""The wanted state of a network."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..errors import InvalidInput
from .readers import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import IPAM, IPAMConfig, NetworkCreateBody

__all__ = ["IpamPool", "NetworkSpec"]

# Properties that the Engine calls by another name and takes as they are.
_FLAT = {
    "driver": "Driver",
    "enable_ipv4": "EnableIPv4",
    "enable_ipv6": "EnableIPv6",
    "internal": "Internal",
    "attachable": "Attachable",
    "ingress": "Ingress",
    "scope": "Scope",
    "config_only": "ConfigOnly",
}


@dataclass(frozen=True)
class IpamPool:
    """One pool of a network's addresses.

    Attributes:
        subnet: the network, like `10.1.0.0/24`.
        ip_range: the part of it that containers get addresses from.
        gateway: the host's address in it.
        aux_addresses: name -> address that is kept free.
    """

    subnet: str | None = None
    ip_range: str | None = None
    gateway: str | None = None
    aux_addresses: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no address; the engine's own message does not say which."""
        for name, address in (self.aux_addresses or {}).items():
            # To Python, numbers are addresses as well.
            if not read_text(address, f"IPAM pool: aux_addresses: {name}"):
                raise InvalidInput(f"IPAM pool: aux_addresses: {name}: state its address.")
        try:
            for network in filter(None, (self.subnet, self.ip_range)):
                # Engines before 28 take the address of a host in it for the network.
                ipaddress.ip_network(network, strict=False)
            for address in filter(None, (self.gateway, *(self.aux_addresses or {}).values())):
                ipaddress.ip_address(address)
        except ValueError as exc:
            raise InvalidInput(f"IPAM pool: {exc}.") from exc
        for network in filter(None, (self.subnet, self.ip_range)):
            if "/" not in network:
                raise InvalidInput(f"IPAM pool: {network!r} lacks its length, like /24 or /64.")
        self._check_places()

    def _check_places(self) -> None:
        """Refuse what lies outside of the subnet, which engines refuse when it is too late."""
        if not self.subnet:
            return
        subnet = ipaddress.ip_network(self.subnet, strict=False)
        stated = [("ip_range", self.ip_range), ("gateway", self.gateway)]
        stated += [(f"aux_addresses: {n}", one) for n, one in (self.aux_addresses or {}).items()]
        for name, place in stated:
            inside = ipaddress.ip_network(place or subnet, strict=False)
            if inside.network_address not in subnet or inside.prefixlen < subnet.prefixlen:
                raise InvalidInput(f"IPAM pool: {name}: {place} is not in {self.subnet}.")

    def to_engine(self) -> IPAMConfig:
        """Write it as the Engine's `IPAMConfig`, without what is not stated."""
        config: IPAMConfig = {}
        if self.subnet:
            config["Subnet"] = self.subnet
        if self.ip_range:
            config["IPRange"] = self.ip_range
        if self.gateway:
            config["Gateway"] = self.gateway
        if self.aux_addresses:
            config["AuxiliaryAddresses"] = dict(self.aux_addresses)
        return config


@dataclass(frozen=True)
class NetworkSpec:
    """The wanted state of a network; None means that a property is not stated.

    Attributes:
        name: its name.
        driver: its driver; the engine's default is `bridge`.
        driver_options: the driver's options.
        ipam_driver: the driver that hands out addresses.
        ipam_driver_options: that driver's options.
        ipam_config: the pools of addresses.
        enable_ipv4: whether it has IPv4 addresses; False needs API 1.47.
        enable_ipv6: whether it has IPv6 addresses.
        internal: whether it is cut off from the outside.
        attachable: whether containers beside services may join a swarm's network.
        ingress: whether it is the swarm's routing mesh.
        scope: `local`, `global` or `swarm`.
        config_only: whether it only holds configuration for others.
        config_from: the `config_only` network to take the configuration from.
        labels: its labels.
    """

    name: str
    driver: str | None = None
    driver_options: Mapping[str, str] | None = None
    ipam_driver: str | None = None
    ipam_driver_options: Mapping[str, str] | None = None
    ipam_config: Sequence[IpamPool] | None = None
    enable_ipv4: bool | None = None
    enable_ipv6: bool | None = None
    internal: bool | None = None
    attachable: bool | None = None
    ingress: bool | None = None
    scope: str | None = None
    config_only: bool | None = None
    config_from: str | None = None
    labels: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse an empty name."""
        if not (self.name or "").strip():
            raise InvalidInput("A network needs a name.")

    def to_engine(self) -> NetworkCreateBody:
        """Write it as the body of `POST /networks/create`."""
        flat = {key: getattr(self, name) for name, key in _FLAT.items()}
        body = cast(
            "NetworkCreateBody",
            {"Name": self.name, **{key: value for key, value in flat.items() if value is not None}},
        )
        if self.driver_options is not None:
            body["Options"] = dict(self.driver_options)
        if self.config_from is not None:
            body["ConfigFrom"] = {"Network": self.config_from}
        if self.labels is not None:
            body["Labels"] = dict(self.labels)
        ipam = self._ipam()
        if ipam:
            body["IPAM"] = ipam
        return body

    def _ipam(self) -> IPAM:
        ipam: IPAM = {}
        if self.ipam_driver is not None:
            ipam["Driver"] = self.ipam_driver
        if self.ipam_driver_options is not None:
            ipam["Options"] = dict(self.ipam_driver_options)
        if self.ipam_config is not None:
            ipam["Config"] = [pool.to_engine() for pool in self.ipam_config]
        return ipam
