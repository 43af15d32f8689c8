"""Volumes: `/volumes/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters

if TYPE_CHECKING:
    from ..types.engine import (
        Volume,
        VolumeCreateRequest,
        VolumeListResponse,
        VolumePruneResponse,
        VolumeUpdateBody,
    )
    from .call import Caller

__all__ = ["Volumes"]


class Volumes:
    """The volumes of an engine."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> VolumeListResponse:
        """List volumes, and the warnings that came up (`GET /volumes`)."""
        listed: VolumeListResponse = self._caller.json(
            "VolumeList", query={"filters": encode_filters(filters)}
        )
        return listed

    def create(self, config: VolumeCreateRequest) -> Volume:
        """Create a volume, or find the one that exists by that name.

        `POST /volumes/create`; one that exists is handed back as it is if its driver is
        the same, whatever options and labels are asked for.

        Raises:
            Conflict: one of that name exists with another driver.
        """
        # Drivers may have to make a file system, or reach another machine.
        created: Volume = self._caller.json("VolumeCreate", json_body=config, endless=True)
        return created

    def inspect(self, name: str) -> Volume:
        """Tell all about a volume (`GET /volumes/{name}`).

        Raises:
            VolumeNotFound: there is none of that name.
        """
        inspected: Volume = self._caller.json("VolumeInspect", name)
        return inspected

    def update(self, name: str, config: VolumeUpdateBody, *, version: int) -> None:
        """Change whether a cluster volume may be used (`PUT /volumes/{name}`, API 1.42).

        Only volumes of a swarm can be changed, and of them only `Spec.Availability`; the
        rest of `Spec` has to be as it is.

        Args:
            name: its name.
            config: the whole `Spec`.
            version: `ClusterVolume.Version.Index`, as `inspect` tells it.

        Raises:
            VolumeNotFound: the swarm has none of that name.
            ServerError: the engine is in no swarm.
            Incompatible: the engine is older than API 1.42.
        """
        self._caller.call("VolumeUpdate", name, query={"version": version}, json_body=config)

    def remove(self, name: str, *, force: bool = False) -> None:
        """Remove a volume and the data in it (`DELETE /volumes/{name}`).

        Args:
            name: its name.
            force: also if its driver cannot remove the data, or it does not exist.

        Raises:
            Conflict: a container uses it.
        """
        self._caller.call("VolumeDelete", name, query={"force": force or None}, endless=True)

    def prune(self, *, filters: Filters | None = None) -> VolumePruneResponse:
        """Remove volumes that no container uses (`POST /volumes/prune`).

        Before API 1.42 all of them; from there on those without a name, and with
        `filters={"all": True}` all of them again.

        Args:
            filters: `{"label": [...], "label!": [...], "all": True}`.

        Returns:
            The names of those that were removed, null where there were none, and the bytes
            that they took.
        """
        pruned: VolumePruneResponse = self._caller.json(
            "VolumePrune", query={"filters": encode_filters(filters)}, endless=True
        )
        return pruned
