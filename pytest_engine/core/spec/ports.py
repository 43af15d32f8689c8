"""Ports that a container publishes on its host."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..types.engine import PortBinding

__all__ = ["Port", "PortLike", "parse_exposed", "parse_ports", "to_port_map"]

_PROTOCOLS = ("tcp", "udp", "sctp")
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


@dataclass(frozen=True)
class Port:
    """One published port.

    Attributes:
        container_port: the port in the container.
        protocol: `tcp`, `udp` or `sctp`.
        host_port: the port on the host; 0: one that the engine chooses.
        host_ip: the host's address to listen at, IPv6 without brackets; empty: all.
        host_port_end: where the engine is to choose one of several, the last of them.
    """

    container_port: int
    protocol: str = "tcp"
    host_port: int = 0
    host_ip: str = ""
    host_port_end: int = 0

    @property
    def host_ports(self) -> str:
        """The host's side in the Engine's spelling, like `8080` or `8000-8010`; or empty."""
        if self.host_port_end:
            return f"{self.host_port}-{self.host_port_end}"
        return str(self.host_port or "")

    @property
    def key(self) -> str:
        """The container's side in the Engine's spelling, like `80/tcp`."""
        return f"{self.container_port}/{self.protocol}"


PortLike = Union[int, str, Port]


def parse_ports(values: Iterable[PortLike]) -> tuple[Port, ...]:
    """Read published ports.

    Args:
        values: a `Port`, a container port, or a text of the form
            `[[host-ip:][host-port]:]container-port[/protocol]`; both ports may be ranges
            of equal length (`8000-8010:80-90`); of a range for one container port
            (`8000-8010:80`) the engine chooses one; an IPv6 address stands in brackets.

    Raises:
        InvalidInput: a text has another form, or a number is no port.
    """
    ports: list[Port] = []
    for value in values:
        ports += [value] if isinstance(value, Port) else _parse(str(value))
    return tuple(ports)


def parse_exposed(values: Iterable[int | str]) -> tuple[str, ...]:
    """Read ports that are exposed only: `80`, `53/udp`, `8000-8010`; Engine's spelling."""
    keys: list[str] = []
    for value in values:
        text, protocol = _split_protocol(str(value))
        keys += [f"{number}/{protocol}" for number in _range(text, str(value))]
    return tuple(keys)


def to_port_map(ports: Iterable[Port]) -> dict[str, list[PortBinding]]:
    """Write ports as the Engine's `PortMap`: container port -> host addresses."""
    bindings: dict[str, list[PortBinding]] = {}
    for port in ports:
        bindings.setdefault(port.key, []).append(
            {"HostIp": port.host_ip, "HostPort": port.host_ports}
        )
    return bindings


def _parse(text: str) -> list[Port]:
    rest, protocol = _split_protocol(text)
    host_ip, parts = _split_address(rest, text)
    container_ports = _range(parts[-1], text)
    host_ports = [0] * len(container_ports)
    if len(parts) == 2 and parts[0]:
        host_ports = _range(parts[0], text, lowest=0)
    if len(container_ports) == 1 and len(host_ports) > 1:
        return [Port(container_ports[0], protocol, host_ports[0], host_ip, host_ports[-1])]
    if len(host_ports) != len(container_ports):
        raise InvalidInput(f"Port {text!r}: the two ranges are not of the same length.")
    return [
        Port(container, protocol, host, host_ip)
        for host, container in zip(host_ports, container_ports)
    ]


def _split_address(rest: str, text: str) -> tuple[str, list[str]]:
    host_ip = ""
    if rest.startswith("["):
        host_ip, bracket, rest = rest[1:].partition("]")
        if not bracket or not rest.startswith(":"):
            raise InvalidInput(f"Port {text!r}: write [address]:host-port:container-port.")
        rest = rest[1:]
        if ":" not in rest:
            rest = f":{rest}"
    parts = rest.split(":")
    if len(parts) == 3 and not host_ip:
        host_ip = parts.pop(0)
    if len(parts) > 2:
        raise InvalidInput(f"Port {text!r}: write [[host-ip:][host-port]:]container-port.")
    if host_ip:
        try:
            ipaddress.ip_address(host_ip.partition("%")[0])
        except ValueError as exc:
            raise InvalidInput(f"Port {text!r}: {host_ip!r} is no address of the host.") from exc
    return host_ip, parts


def _split_protocol(text: str) -> tuple[str, str]:
    numbers, slash, protocol = text.strip().partition("/")
    protocol = protocol.lower() if slash else "tcp"
    if protocol not in _PROTOCOLS:
        raise InvalidInput(f"Port {text!r}: the protocol is one of {', '.join(_PROTOCOLS)}.")
    return numbers, protocol


def _range(text: str, whole: str, lowest: int = 1) -> list[int]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise InvalidInput(f"Port {whole!r}: {text!r} is no port number.")
    start, end = int(match[1]), int(match[2] or match[1])
    if not lowest <= start <= end <= 65535:
        raise InvalidInput(f"Port {whole!r}: {text!r} is not within {lowest} to 65535.")
    return list(range(start, end + 1))
