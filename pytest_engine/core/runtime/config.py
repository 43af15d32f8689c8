"""A container to create."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import InvalidInput
from ..spec.container import ContainerSpec
from ..spec.mounts import Mount as MountSpec
from ..spec.ports import Port
from .checks import is_integer, is_number, is_text, is_text_map
from .names import RestartPolicy

__all__ = ["ContainerCreateConfig", "Mount", "PortBinding", "to_spec"]

_PROTOCOLS = ("tcp", "udp", "sctp")
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class PortBinding:
    """A port of a container that is published on the engine's host.

    Attributes:
        container_port: the port in the container.
        host_port: the port on the host; 0: one that the engine chooses.
        host_ip: the host's address to listen at; empty: all.
        protocol: `tcp`, `udp` or `sctp`.

    Raises:
        InvalidInput: a number is no port, the address is none, or the protocol unknown.
    """

    container_port: int
    host_port: int = 0
    host_ip: str = ""
    protocol: str = "tcp"

    def __post_init__(self) -> None:
        """Refuse what no engine could publish."""
        for name, least in (("container_port", 1), ("host_port", 0)):
            port = getattr(self, name)
            if not (is_integer(port) and least <= port <= 65535):
                raise InvalidInput(f"{name}: {port!r:.80} is not within {least} to 65535.")
        if self.protocol not in _PROTOCOLS:
            raise InvalidInput(f"protocol: one of {', '.join(_PROTOCOLS)}.")
        try:
            ipaddress.ip_address(self.host_ip or "::")
        except ValueError as exc:
            raise InvalidInput(f"host_ip: {exc}.") from exc


@dataclass(frozen=True)
class Mount:
    """A volume, or a file or folder of the engine's host, in a container.

    Attributes:
        source: the volume's name, or an absolute path of the host, which has to exist;
            None: a volume of the container's own.
        destination: the absolute path in the container.
        type: `volume`, `bind` or `tmpfs`.
        read_only: whether the container may not write to it.

    Raises:
        InvalidInput: the destination, the source or the type is no string.
    """

    source: str | None
    destination: str
    type: str = "volume"
    read_only: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no path; `container_create` knows the rest."""
        if not (is_text(self.destination) and is_text(self.type)):
            raise InvalidInput(f"{self!r:.160}: destination and type are strings.")
        if not (self.source is None or is_text(self.source)):
            raise InvalidInput(f"source: {self.source!r:.80} is no string.")


@dataclass(frozen=True)
class ContainerCreateConfig:
    """A container to create. Only the image has to be stated.

    Attributes:
        image: the image's name or id, which the engine has to have.
        name: its name; None: the engine makes one up.
        env: variables beyond the image's.
        labels: its labels.
        ports: ports that it publishes.
        mounts: what is mounted into it.
        cpus: how many processors' worth of time it may use; 0: any.
        memory_mb: how much memory it may use, in megabytes of 2**20 bytes; 0: any.
        restart: what happens when it ends; None: the engine's default, which is nothing.

    Raises:
        InvalidInput: there is no image, a limit is no number or below 0, the policy is
            unknown, or something is not of its type.
    """

    image: str
    name: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Sequence[PortBinding] = ()
    mounts: Sequence[Mount] = ()
    cpus: float = 0.0
    memory_mb: int = 0
    restart: RestartPolicy | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine takes."""
        if not (is_text(self.image) and self.image):
            raise InvalidInput(f"image: {self.image!r:.80} is no name of an image.")
        if not (self.name is None or is_text(self.name)):
            raise InvalidInput(f"name: {self.name!r:.80} is no string.")
        for what in ("env", "labels"):
            if not is_text_map(getattr(self, what)):
                raise InvalidInput(f"{what}: a mapping of strings to strings.")
        if not (is_number(self.cpus) and self.cpus >= 0):
            raise InvalidInput(f"cpus: {self.cpus!r:.80} is no number of processors.")
        if not (is_integer(self.memory_mb) and self.memory_mb >= 0):
            raise InvalidInput(f"memory_mb: {self.memory_mb!r:.80} is no number of megabytes.")
        for name, kind in (("ports", PortBinding), ("mounts", Mount)):
            values = getattr(self, name)
            is_list = isinstance(values, (list, tuple))
            if not is_list or not all(isinstance(one, kind) for one in values):
                raise InvalidInput(f"{name}: {values!r:.80} is no list of {kind.__name__}.")
        if self.restart is not None:
            object.__setattr__(self, "restart", RestartPolicy(self.restart))


def to_spec(config: ContainerCreateConfig) -> ContainerSpec:
    """Say the same in the terms of specifications, which know more and check more.

    Raises:
        InvalidInput: a value is malformed or contradicts another one.
    """
    return ContainerSpec(
        name=config.name,
        image=config.image,
        env=config.env,
        labels=config.labels,
        ports=[
            Port(port.container_port, port.protocol, port.host_port, port.host_ip)
            for port in config.ports
        ],
        mounts=[
            MountSpec(mount.destination, mount.source, mount.type, mount.read_only)
            for mount in config.mounts
        ],
        cpus=config.cpus,
        memory=config.memory_mb * _MEGABYTE,
        restart_policy=None if config.restart is None else str(config.restart),
    )
