"""How a container is on a network, so that it can be put back there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..client import Engine
    from ..spec.attachment import NetworkAttachment

__all__ = ["check_connect", "kept_endpoint"]


def check_connect(engine: Engine, attachment: NetworkAttachment) -> None:
    """Check while planning that a container can be put on a network so, as far as versions go.

    Raises:
        Incompatible: the API version that is spoken lacks something that is stated.
    """
    body = {"EndpointConfig": attachment.to_engine()}
    engine.check_call("NetworkConnect", attachment.name, json_body=body)


def kept_endpoint(container: Mapping[str, Any], network: str) -> dict[str, Any]:
    """Return the settings with which a container that was on a network gets on it again."""
    networks = container.get("NetworkSettings", {}).get("Networks") or {}
    endpoint: Mapping[str, Any] = networks.get(network) or {}
    keys = ("IPAMConfig", "DriverOpts", "Links", "GwPriority")
    kept = {key: endpoint[key] for key in keys if endpoint.get(key)}
    # The engine adds the short id as an alias by itself.
    aliases = [alias for alias in endpoint.get("Aliases") or () if alias != container["Id"][:12]]
    if aliases:
        kept["Aliases"] = aliases
    return kept
