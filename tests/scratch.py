"""Names for what tests make on an engine, and its removal."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from pytest_engine.core.errors import NotFound, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_engine.core.client import Engine

__all__ = ["Scratch"]


class Scratch:
    """Names that no other test has; what is made under them is removed after the test."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prefix = f"test-{uuid.uuid4().hex[:8]}-"

    def name(self, suffix: str = "x") -> str:
        """Return a name for a container, a network, a volume or an image."""
        return f"{self._prefix}{suffix}"

    def everything(self) -> set[str]:
        """Return what exists under these names, each with its sort in front."""
        names = {f"container {n}" for n in self._containers()}
        names |= {f"network {n['Name']}" for n in self._networks()}
        return names | {f"volume {v['Name']}" for v in self._volumes()}

    def clear(self) -> None:
        """Remove all of it."""
        needed = self._remove(self._containers())
        for error in self._remove(needed).values():
            raise error
        for network in self._networks():
            self._engine.networks.remove(network["Id"])
        for volume in self._volumes():
            self._engine.volumes.remove(volume["Name"])
        for image in self._engine.images.list():
            for tag in image.get("RepoTags") or ():
                # A registry may stand in front, and Podman spells names out.
                if f"/{self._prefix}" in f"/{tag}":
                    self._engine.images.remove(tag, force=True)

    def _remove(self, containers: Iterable[str]) -> dict[str, ServerError]:
        """Remove containers; return those that Podman keeps because others depend on them."""
        kept = {}
        for container in containers:
            try:
                self._engine.containers.remove(container, force=True, volumes=True)
            except NotFound:
                continue
            except ServerError as exc:
                kept[container] = exc
        return kept

    def _containers(self) -> list[str]:
        listed = self._engine.containers.list(all=True, filters={"name": self._prefix})
        return [name.lstrip("/") for entry in listed for name in entry["Names"][:1]]

    def _networks(self) -> list[dict[str, str]]:
        listed = self._engine.networks.list(filters={"name": self._prefix})
        return [{"Name": n["Name"], "Id": n["Id"]} for n in listed]

    def _volumes(self) -> list[dict[str, str]]:
        listed = self._engine.volumes.list(filters={"name": self._prefix})
        return [{"Name": v["Name"]} for v in listed.get("Volumes") or ()]
