"""The configs of a swarm: `/configs/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters
from .swarm_objects import check_content, check_version

if TYPE_CHECKING:
    from ..types.engine import Config, ConfigCreateBody, ConfigCreateResponse, ConfigSpec
    from .call import Caller

__all__ = ["Configs"]


class Configs:
    """Files that a swarm hands to its tasks.

    `config` arguments are names or ids. Only managers know them: every method raises
    `NotSwarmManager` elsewhere.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[Config]:
        """List configs, with their contents (`GET /configs`).

        Args:
            filters: `{"name": ..., "label": [...], ...}`; a name stands for all that begin
                with it.
        """
        configs: list[Config] = self._caller.json(
            "ConfigList", query={"filters": encode_filters(filters)}
        )
        return configs

    def create(self, spec: ConfigCreateBody) -> ConfigCreateResponse:
        """Create a config (`POST /configs/create`).

        Args:
            spec: its `Name` and its content, `Data`, in base64 (RFC 4648).

        Raises:
            InvalidInput: `Data` is no base64, or the engine refuses what it holds.
            Conflict: there is one of that name.
        """
        check_content(spec, "config")
        created: ConfigCreateResponse = self._caller.json("ConfigCreate", json_body=spec)
        return created

    def inspect(self, config: str) -> Config:
        """Tell all about a config, with its content (`GET /configs/{id}`).

        Raises:
            NotFound: there is none of that name or id.
        """
        inspected: Config = self._caller.json("ConfigInspect", config)
        return inspected

    def remove(self, config: str) -> None:
        """Remove a config (`DELETE /configs/{id}`).

        Raises:
            Conflict: a service uses it.
        """
        self._caller.call("ConfigDelete", config)

    def update(self, config: str, spec: ConfigSpec, *, version: int) -> None:
        """Change a config's labels, and nothing else (`POST /configs/{id}/update`).

        Args:
            config: name or id.
            spec: the whole of it, as `inspect` told it.
            version: the `Version.Index` with which it was inspected.

        Raises:
            OutOfSequence: it has been updated since; inspect it again and retry.
            InvalidInput: more than the labels would change.
        """
        check_content(spec, "config")
        self._caller.call(
            "ConfigUpdate", config, query={"version": check_version(version)}, json_body=spec
        )
