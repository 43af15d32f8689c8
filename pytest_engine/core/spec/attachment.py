"""A network that a container is on."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import EndpointSettings

__all__ = ["NetworkAttachment", "read_mac_address"]

_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


@dataclass(frozen=True)
class NetworkAttachment:
    """A network that a container is on, and how.

    Attributes:
        name: the network's name.
        aliases: further names of the container there.
        ipv4_address: its address there, for networks with a configured subnet.
        ipv6_address: likewise.
        links: containers that it finds there under other names: `container[:alias]`.
        mac_address: its address on the link layer there.
        driver_options: what the network's driver is told about this connection.
        gateway_priority: the network with the highest is its default way out (API 1.48).
    """

    name: str
    aliases: Sequence[str] | None = None
    ipv4_address: str | None = None
    ipv6_address: str | None = None
    links: Sequence[str] | None = None
    mac_address: str | None = None
    driver_options: Mapping[str, str] | None = None
    gateway_priority: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is no name or no address."""
        # Not everybody checks types.
        name: object = self.name
        if not isinstance(name, str) or not name or "/" in name:
            raise InvalidInput(f"networks: {name!r} is no name of a network; state its name.")
        try:
            if self.ipv4_address:
                ipaddress.IPv4Address(self.ipv4_address)
            if self.ipv6_address:
                ipaddress.IPv6Address(self.ipv6_address)
        except ValueError as exc:
            raise InvalidInput(f"Network {self.name}: {exc}.") from exc
        if self.mac_address:
            address = read_mac_address(self.mac_address, f"Network {self.name}: mac_address")
            object.__setattr__(self, "mac_address", address)

    def to_engine(self) -> EndpointSettings:
        """Write it as the Engine's `EndpointSettings`, without what is not stated."""
        endpoint: EndpointSettings = {}
        if self.aliases is not None:
            endpoint["Aliases"] = list(self.aliases)
        if self.ipv4_address or self.ipv6_address:
            endpoint["IPAMConfig"] = {}
            if self.ipv4_address:
                endpoint["IPAMConfig"]["IPv4Address"] = self.ipv4_address
            if self.ipv6_address:
                endpoint["IPAMConfig"]["IPv6Address"] = self.ipv6_address
        if self.links is not None:
            endpoint["Links"] = [link if ":" in link else f"{link}:{link}" for link in self.links]
        if self.mac_address:
            endpoint["MacAddress"] = self.mac_address
        if self.driver_options is not None:
            endpoint["DriverOpts"] = dict(self.driver_options)
        if self.gateway_priority is not None:
            endpoint["GwPriority"] = self.gateway_priority
        return endpoint


def read_mac_address(text: str, what: str) -> str:
    """Read an address of the link layer, with colons or dashes.

    Raises:
        InvalidInput: it is none.
    """
    address = text.replace("-", ":").lower()
    if not _MAC.fullmatch(address):
        raise InvalidInput(f"{what}: {text!r} is no address like 02:42:ac:11:00:02.")
    return address
