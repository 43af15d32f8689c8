"""The volumes that containers of services have had, and their end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..errors import Conflict, NotFound
from ..polling import poll
from .body import VOLUME_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..api.volumes import Volumes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["remove_volumes"]


def remove_volumes(engines: Iterable[Engine], service: str, *, timeout: float) -> None:
    """Remove the volumes of a service that has been removed.

    Args:
        engines: where; no swarm does it for another node.
        service: the service's name.
        timeout: seconds until its containers have let go of each.
    """
    for engine in engines:
        filters = {"label": f"{VOLUME_LABEL}={service}"}
        for volume in engine.volumes.list(filters=filters).get("Volumes") or []:
            poll(
                partial(_is_removed, engine, volume["Name"]),
                timeout=timeout,
                what=f"Volume {volume['Name']} of service {service} is to be removed",
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
