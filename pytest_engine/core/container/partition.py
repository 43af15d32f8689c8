"""Two containers that cannot reach each other, while all others can reach both.

Through the engine's API alone, without privileges or programs in the containers: one of the
two moves to a network of its own, and all others of the common network join it there.
"""

from __future__ import annotations

import functools
import uuid
from typing import TYPE_CHECKING

from ..errors import ContainerNotFound, InvalidInput
from .attached import Attached, attachments_of, rejoin

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import ContainerInspectResponse, NetworkCreateBody, NetworkInspect
    from .undoing import Undoing

__all__ = ["common_networks", "separate", "twin_of"]

# They know no names, so that nobody would find the one that has moved.
_WITHOUT_NAMES = ("bridge", "podman")
# What would make the twin claim the original's device or addresses.
_OF_ONE = ("com.docker.network.bridge.name", "com.docker.network.bridge.default_bridge")


def common_networks(
    one: ContainerInspectResponse, other: ContainerInspectResponse
) -> list[Attached]:
    """List the networks that two containers share, as the first is on them (pure).

    Raises:
        InvalidInput: there is none, or one by which they cannot be parted.
    """
    names = [inspected.get("Name", "").lstrip("/") for inspected in (one, other)]
    if one.get("Id") == other.get("Id"):
        raise InvalidInput(f"Container {names[0]} cannot be parted from itself.")
    theirs = {attached.network_id for attached in attachments_of(other)}
    shared = [attached for attached in attachments_of(one) if attached.network_id in theirs]
    if not shared:
        raise InvalidInput(
            f"Containers {names[0]} and {names[1]} are on no common network, so they are parted "
            "already."
        )
    for attached in shared:
        if attached.network in _WITHOUT_NAMES:
            raise InvalidInput(
                f"Containers {names[0]} and {names[1]} are on the engine's default network "
                f"{attached.network}, where containers know each other by address alone and one "
                "that moves is lost to all. Put them on a network of their own."
            )
    return shared


def twin_of(network: NetworkInspect, name: str, labels: dict[str, str]) -> NetworkCreateBody:
    """Write a network of the same sort, on another subnet (pure).

    Raises:
        InvalidInput: it is of a sort that cannot be had twice.
    """
    if network.get("Driver") != "bridge":
        raise InvalidInput(
            f"Network {network.get('Name')} is of the driver {network.get('Driver')}; containers "
            "can be parted on networks of the bridge driver only."
        )
    options = network.get("Options") or {}
    twin: NetworkCreateBody = {
        "Name": name,
        "Driver": "bridge",
        "Internal": bool(network.get("Internal")),
        "Options": {key: value for key, value in options.items() if key not in _OF_ONE},
        # With those of the container that moves, whoever cleans up after it finds it as well.
        "Labels": labels,
    }
    return twin


def separate(
    engine: Engine,
    one: ContainerInspectResponse,
    other: ContainerInspectResponse,
    undoing: Undoing,
    *,
    keep_address: bool,
) -> None:
    """Part a container from another one; what undoes it is left with `undoing`."""
    shared = common_networks(one, other)
    labels = dict(one.get("Config", {}).get("Labels") or {})
    for attached in shared:
        network = engine.networks.inspect(attached.network_id)
        twin = twin_of(network, f"{attached.network}-{uuid.uuid4().hex[:8]}", labels)
        identity = engine.networks.create(twin)["Id"]
        undoing.later(
            f"network {twin['Name']} is not removed",
            functools.partial(engine.networks.remove, identity),
        )
        apart = {one.get("Id"), other.get("Id")}
        for third in (network.get("Containers") or {}).keys() - apart:
            _join(engine, identity, third, attached.network_id, undoing)
        _join(engine, identity, attached.container, attached.network_id, undoing)
        undoing.later(
            f"it is not on network {attached.network}",
            functools.partial(rejoin, engine, attached, keep_address=keep_address),
        )
        engine.networks.disconnect(attached.network_id, attached.container)


def _join(engine: Engine, twin: str, container: str, original: str, undoing: Undoing) -> None:
    """Put a container on the twin of a network, with the names that it has on the original."""
    try:
        inspected = engine.containers.inspect(container)
    except ContainerNotFound:
        # It has gone meanwhile.
        return
    names: list[str] = []
    for attached in attachments_of(inspected):
        if attached.network_id == original:
            names = attached.aliases
    engine.networks.connect(twin, container, {"Aliases": names})
    undoing.later(
        f"container {container[:12]} is not off the network of the partition",
        functools.partial(_leave, engine, twin, container),
    )


def _leave(engine: Engine, network: str, container: str) -> None:
    try:
        engine.networks.disconnect(network, container)
    except ContainerNotFound:
        # With it went its connection.
        return
