"""How a container is on a network, so that it can be put back there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["kept_endpoint"]


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
