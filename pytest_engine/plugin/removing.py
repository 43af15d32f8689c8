"""How what a run has made is removed from an engine, each kind in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from pytest_engine.ownership.labels import SESSION_LABEL

if TYPE_CHECKING:
    from .session import Resource

__all__ = ["remove"]


def remove(resource: Resource, session: str) -> None:
    """Remove something; what only may have been made, if it is there and of this run.

    Raises:
        NotFound: it is gone.
        EngineError: the engine does not remove it.
    """
    _REMOVE[resource.kind](resource, session)


def _remove_container(resource: Resource, session: str) -> None:
    containers = resource.engine.containers
    if resource.id is None:
        # The engine may have made it though its answer never came; somebody else's
        # container of that name is none of our business.
        found = containers.inspect(resource.name)
        labels = found.get("Config", {}).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    containers.remove(resource.id or resource.name, force=True, volumes=True)


def _remove_network(resource: Resource, session: str) -> None:
    networks = resource.engine.networks
    if resource.id is None:
        labels = networks.inspect(resource.name).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    networks.remove(resource.id or resource.name)


def _remove_volume(resource: Resource, session: str) -> None:
    volumes = resource.engine.volumes
    if resource.id is None:
        labels = volumes.inspect(resource.name).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    volumes.remove(resource.name)


def _remove_image(resource: Resource, session: str) -> None:
    del session
    if resource.id is not None:
        resource.engine.images.remove(resource.id, force=True)


_REMOVE: dict[str, Callable[[Resource, str], None]] = {
    "container": _remove_container,
    "image": _remove_image,
    "network": _remove_network,
    "volume": _remove_volume,
}
