"""Networks: `/networks/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters
from .call import Caller, segment

if TYPE_CHECKING:
    from ..types.engine import (
        EndpointSettings,
        NetworkCreateBody,
        NetworkCreateResponse,
        NetworkInspect,
        NetworkSummary,
    )

__all__ = ["Networks"]


class Networks:
    """The networks of an engine. `network` arguments are names or ids."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[NetworkSummary]:
        """List networks (`GET /networks`)."""
        networks: list[NetworkSummary] = self._caller.json(
            "GET", "/networks", query={"filters": encode_filters(filters)}
        )
        return networks

    def create(self, config: NetworkCreateBody) -> NetworkCreateResponse:
        """Create a network (`POST /networks/create`).

        Names of networks are not unique unless the engine is told to look
        (`CheckDuplicate`, before API 1.44); this always tells it.

        Raises:
            Conflict: there is a network of that name.
            PermissionDenied: the name is one of the engine's own networks.
        """
        created: NetworkCreateResponse = self._caller.json(
            "POST", "/networks/create", json_body={"CheckDuplicate": True, **config}
        )
        return created

    def inspect(self, network: str) -> NetworkInspect:
        """Tell all about a network, with the containers on it (`GET /networks/{id}`).

        Raises:
            NetworkNotFound: there is none of that name or id.
        """
        inspected: NetworkInspect = self._caller.json("GET", self._path(network))
        return inspected

    def remove(self, network: str) -> None:
        """Remove a network (`DELETE /networks/{id}`).

        Raises:
            PermissionDenied: containers are on it, or it is one of the engine's own.
        """
        self._caller.call("DELETE", self._path(network))

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
            "POST",
            f"{self._path(network)}/connect",
            json_body={"Container": container, "EndpointConfig": endpoint or {}},
        )

    def disconnect(self, network: str, container: str, *, force: bool = False) -> None:
        """Take a container off a network (`POST /networks/{id}/disconnect`)."""
        self._caller.call(
            "POST",
            f"{self._path(network)}/disconnect",
            json_body={"Container": container, "Force": force},
        )

    @staticmethod
    def _path(network: str) -> str:
        return f"/networks/{segment(network, 'network')}"
