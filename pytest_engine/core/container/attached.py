"""A container's connections to networks: taken off, and put back as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ApiError, EngineError, InvalidInput

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import ContainerInspectResponse, EndpointSettings

__all__ = ["Attached", "attachments_of", "rejoin"]

_NOT_ITS_OWN = ("host", "none", "container")


@dataclass(frozen=True)
class Attached:
    """That a container was on a network, and how.

    Attributes:
        network: the network's name.
        settings: the container's settings there, as they were inspected.
        container: the container's id.
    """

    network: str
    settings: EndpointSettings
    container: str

    @property
    def network_id(self) -> str:
        """The network's id."""
        return self.settings.get("NetworkID") or self.network

    @property
    def aliases(self) -> list[str]:
        """Its further names there, without the short id that engines add themselves."""
        named = self.settings.get("Aliases") or []
        return [alias for alias in named if not self.container.startswith(alias)]

    @property
    def addresses(self) -> tuple[str, str]:
        """Its IPv4 and its IPv6 address there; empty where it has none."""
        return self.settings.get("IPAddress", ""), self.settings.get("GlobalIPv6Address", "")

    def to_engine(self) -> EndpointSettings:
        """Write it as what asks for the same again, addresses aside."""
        endpoint: EndpointSettings = {"Aliases": self.aliases}
        if self.settings.get("Links"):
            endpoint["Links"] = self.settings["Links"]
        if self.settings.get("DriverOpts"):
            endpoint["DriverOpts"] = self.settings["DriverOpts"]
        if self.settings.get("GwPriority"):
            endpoint["GwPriority"] = self.settings["GwPriority"]
        if self.settings.get("MacAddress"):
            endpoint["MacAddress"] = self.settings["MacAddress"]
        return endpoint


def attachments_of(inspected: ContainerInspectResponse) -> list[Attached]:
    """List the networks that a container is on (pure).

    Raises:
        InvalidInput: it has no network of its own.
    """
    mode = inspected.get("HostConfig", {}).get("NetworkMode", "")
    name = inspected.get("Name", "").lstrip("/")
    if mode.partition(":")[0] in _NOT_ITS_OWN:
        raise InvalidInput(
            f"Container {name} has no network of its own (network mode {mode}), so it cannot be "
            "taken off one."
        )
    networks = inspected.get("NetworkSettings", {}).get("Networks") or {}
    return [
        Attached(network, settings, inspected.get("Id", ""))
        for network, settings in networks.items()
    ]


def rejoin(engine: Engine, before: Attached, *, keep_address: bool) -> None:
    """Put a container back on a network, with its names and, where that can be, addresses.

    Nothing happens if it is on it again already.

    Args:
        engine: the engine.
        before: how it was on the network.
        keep_address: whether another address than before is an error.

    Raises:
        EngineError: it could not be put back, or has another address now.
    """
    if _now(engine, before) is None:
        _connect(engine, before)
    now = _now(engine, before)
    # One that has ended gets its addresses when it is started again.
    if not keep_address or now is None or now.addresses in (before.addresses, ("", "")):
        return
    raise EngineError(
        f"it has the address {_shown(now)} on network {before.network} instead of "
        f"{_shown(before)}, which somebody else has got meanwhile. Addresses can be kept on "
        "networks that were created with a subnet of their own; keep_address=False takes any"
    )


def _connect(engine: Engine, before: Attached) -> None:
    endpoint = before.to_engine()
    ipv4, ipv6 = before.addresses
    if ipv4 or ipv6:
        wanted: EndpointSettings = {**endpoint, "IPAMConfig": {}}
        if ipv4:
            wanted["IPAMConfig"]["IPv4Address"] = ipv4
        if ipv6:
            wanted["IPAMConfig"]["IPv6Address"] = ipv6
        try:
            engine.networks.connect(before.network_id, before.container, wanted)
        except ApiError:
            # Only networks with a configured subnet take wishes, for what is free. Elsewhere
            # engines give the first free address, mostly the one that has just been given up.
            pass
        else:
            return
    engine.networks.connect(before.network_id, before.container, endpoint)


def _now(engine: Engine, before: Attached) -> Attached | None:
    inspected = engine.containers.inspect(before.container)
    return next(
        (one for one in attachments_of(inspected) if one.network_id == before.network_id), None
    )


def _shown(attached: Attached) -> str:
    return ", ".join(address for address in attached.addresses if address)
