"""Networks: `/networks/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters

if TYPE_CHECKING:
    from typing import Literal

    from ..types.engine import (
        EndpointSettings,
        NetworkCreateBody,
        NetworkCreateResponse,
        NetworkInspect,
        NetworkPruneResponse,
        NetworkSummary,
    )
    from .call import Caller

__all__ = ["Networks"]

_UNIQUE_NAMES = (1, 44)


class Networks:
    """The networks of an engine. `network` arguments are names or ids."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[NetworkSummary]:
        """List networks (`GET /networks`)."""
        networks: list[NetworkSummary] = self._caller.json(
            "NetworkList", query={"filters": encode_filters(filters)}
        )
        return networks

    def create(self, config: NetworkCreateBody) -> NetworkCreateResponse:
        """Create a network (`POST /networks/create`).

        Before API 1.44 names of networks are not unique unless the engine is told to look
        (`CheckDuplicate`); this always tells it.

        Raises:
            Conflict: there is a network of that name.
            PermissionDenied: the name is one of the engine's own networks.
        """
        # Not everybody checks types; what is no object, the engine refuses.
        if self._caller.version < _UNIQUE_NAMES and isinstance(config, dict):
            config = {"CheckDuplicate": True, **config}
        created: NetworkCreateResponse = self._caller.json("NetworkCreate", json_body=config)
        return created

    def inspect(
        self,
        network: str,
        *,
        verbose: bool = False,
        scope: Literal["swarm", "global", "local"] | None = None,
    ) -> NetworkInspect:
        """Tell all about a network, with the containers on it (`GET /networks/{id}`).

        Args:
            network: name or id.
            verbose: with the services and tasks of a swarm on it.
            scope: only if it is of this scope: `swarm`, `global` or `local`.

        Raises:
            NetworkNotFound: there is none of that name or id.
        """
        inspected: NetworkInspect = self._caller.json(
            "NetworkInspect", network, query={"verbose": verbose or None, "scope": scope}
        )
        return inspected

    def remove(self, network: str) -> None:
        """Remove a network (`DELETE /networks/{id}`).

        Raises:
            PermissionDenied: containers are on it, or it is one of the engine's own.
        """
        self._caller.call("NetworkDelete", network)

    def connect(
        self, network: str, container: str, endpoint: EndpointSettings | None = None
    ) -> None:
        """Put a container on a network (`POST /networks/{id}/connect`).

        Args:
            network: name or id.
            container: name or id.
            endpoint: its aliases (`Aliases`) and addresses (`IPAMConfig`) there.

        Raises:
            PermissionDenied: it is on it already.
        """
        self._caller.call(
            "NetworkConnect",
            network,
            json_body={"Container": container, "EndpointConfig": endpoint or {}},
        )

    def disconnect(self, network: str, container: str, *, force: bool = False) -> None:
        """Take a container off a network (`POST /networks/{id}/disconnect`)."""
        self._caller.call(
            "NetworkDisconnect",
            network,
            json_body={"Container": container, "Force": force},
        )

    def prune(self, *, filters: Filters | None = None) -> NetworkPruneResponse:
        """Remove all networks that no container is on (`POST /networks/prune`).

        Args:
            filters: `{"until": "24h", "label": [...], "label!": [...]}`.

        Returns:
            The names of those that were removed, null where there were none.
        """
        pruned: NetworkPruneResponse = self._caller.json(
            "NetworkPrune", query={"filters": encode_filters(filters)}, endless=True
        )
        return pruned
