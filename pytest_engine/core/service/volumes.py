"""The volumes that containers of services have had, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Conflict, NotFound
from ..polling import poll
from .body import VOLUME_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..api.volumes import Volumes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["find_volumes", "remove_volumes"]


def find_volumes(engine: Engine, service: str) -> list[str]:
    """Name the volumes that containers of a service have been given on an engine."""
    filters = {"label": f"{VOLUME_LABEL}={service}"}
    return [one["Name"] for one in engine.volumes.list(filters=filters).get("Volumes") or []]


def remove_volumes(engines: Iterable[Engine], service: str, *, timeout: float) -> None:
    """Remove the volumes of a service that has been removed.

    Args:
        engines: where; no swarm does it for another node.
        service: the service's name.
        timeout: seconds until its containers have let go of all those of an engine.

    Raises:
        Timeout: some are in use for longer; the others of that engine are gone.
    """
    for engine in engines:
        _remove_all(engine, find_volumes(engine, service), service, timeout)


def _remove_all(engine: Engine, left: list[str], service: str, timeout: float) -> None:
    def are_removed() -> bool:
        left[:] = [name for name in left if not _is_removed(engine, name)]
        return not left

    poll(
        are_removed,
        timeout=timeout,
        what=f"The volumes of service {service}, which is gone, are to be removed",
        tell=lambda: f"Something uses {', '.join(left)} still. End that.",
    )


def _is_removed(engine: Engine, volume: str) -> bool:
    try:
        engine.volumes.remove(volume)
    except NotFound:
        return True
    except Conflict:
        # Its container is on its way out.
        return False
    return True
