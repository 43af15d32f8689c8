"""What the engine keeps of containers: listed, made, looked at, changed, removed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ...errors import ApiError, BadRequest, Incompatible, InvalidInput
from ...filters import Filters, encode_filters
from ..asked import LinkName
from ..part import Part

if TYPE_CHECKING:
    from ...types.engine import (
        ContainerCreateBody,
        ContainerCreateResponse,
        ContainerInspectResponse,
        ContainerPruneResponse,
        ContainerSummary,
        ContainerUpdateBody,
        ContainerUpdateResponse,
    )

__all__ = ["Records"]

_SEVERAL_NETWORKS = (1, 44)


class Records(Part):
    """Operations on containers as the engine has them in its books."""

    def list(
        self,
        *,
        all: bool = False,  # the Engine API's name
        limit: int | None = None,
        size: bool = False,
        filters: Filters | None = None,
    ) -> list[ContainerSummary]:
        """List containers (`GET /containers/json`).

        Args:
            all: also those that do not run.
            limit: at most so many, the newest first.
            size: with the sizes of their file systems, in bytes, which is slow.
            filters: `{"label": [...], "name": ..., "status": ..., ...}`.
        """
        summaries: list[ContainerSummary] = self._caller.json(
            "ContainerList",
            query={
                "all": all,
                "limit": limit,
                "size": size or None,
                "filters": encode_filters(filters),
            },
        )
        return summaries

    def create(
        self,
        config: ContainerCreateBody,
        *,
        name: str | None = None,
        platform: str | None = None,
    ) -> ContainerCreateResponse:
        """Create a container without starting it (`POST /containers/create`).

        Raises:
            ImageNotFound: the engine does not have the image.
            Conflict: the name is taken.
            InvalidInput: the engine refuses the configuration.
            Incompatible: the configuration states what the engine does not know yet, or
                more than one network, which Docker takes from API 1.44 on.
        """
        try:
            created: ContainerCreateResponse = self._caller.json(
                "ContainerCreate",
                query={"name": name, "platform": platform},
                json_body=config,
                # It may have to copy what the image has where a volume is mounted.
                endless=True,
            )
        except BadRequest as exc:
            # Podman takes several at any version, so it is the engine that decides.
            if self._caller.version < _SEVERAL_NETWORKS and _has_several_networks(config):
                raise Incompatible(
                    f"{exc} More than one network at creation needs API 1.44; connect the "
                    "container to the others before it is started (networks.connect)."
                ) from exc
            raise
        return created

    def inspect(self, container: str, *, size: bool = False) -> ContainerInspectResponse:
        """Tell all about a container (`GET /containers/{id}/json`).

        Args:
            container: name or id.
            size: with the sizes of its file system, in bytes, which is slow.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        inspected: ContainerInspectResponse = self._caller.json(
            "ContainerInspect", container, query={"size": size or None}
        )
        return inspected

    def update(self, container: str, config: ContainerUpdateBody) -> ContainerUpdateResponse:
        """Change limits and restart policy of a container while it runs.

        `POST /containers/{id}/update`; all other properties are fixed at creation.
        """
        updated: ContainerUpdateResponse = self._caller.json(
            "ContainerUpdate", container, json_body=config
        )
        return updated

    def rename(self, container: str, name: str) -> None:
        """Give a container another name (`POST /containers/{id}/rename`).

        Raises:
            Conflict: the name is taken.
        """
        if not name:
            raise InvalidInput("rename: the new name is empty.")
        self._caller.call("ContainerRename", container, query={"name": name})

    def remove(
        self, container: str, *, force: bool = False, volumes: bool = False, link: bool = False
    ) -> None:
        """Remove a container (`DELETE /containers/{id}`).

        Args:
            container: name or id; with `link`, a link's name, `container/alias`.
            force: kill it first if it runs.
            volumes: remove its anonymous volumes with it.
            link: remove the link (`HostConfig.Links`) and nothing else.

        Raises:
            Conflict: it runs, or is being removed already.
        """
        if force and not link and self._caller.is_podman:
            # Podman (5.4) stops it instead, and waits up to its `StopTimeout` for that.
            with contextlib.suppress(ApiError):
                self._caller.call("ContainerKill", container)
        self._caller.call(
            "ContainerDelete",
            LinkName(container) if link and _has_alias(container) else container,
            query={"force": force or None, "v": volumes or None, "link": link or None},
            endless=True,
        )

    def prune(self, *, filters: Filters | None = None) -> ContainerPruneResponse:
        """Remove all containers that do not run (`POST /containers/prune`).

        Args:
            filters: `{"until": "24h", "label": [...], "label!": [...]}`; all of them
                without.

        Returns:
            The ids of those that were removed, null where there were none, and the bytes
            that their files took.
        """
        pruned: ContainerPruneResponse = self._caller.json(
            "ContainerPrune", query={"filters": encode_filters(filters)}, endless=True
        )
        return pruned


def _has_several_networks(config: ContainerCreateBody) -> bool:
    return len((config.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}) > 1


def _has_alias(name: object) -> bool:
    return isinstance(name, str) and name.count("/") == 1
