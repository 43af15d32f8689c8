"""Finding what carries a label, and removing it, in the order in which that works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_engine.core.crew import do_all
from pytest_engine.core.errors import Conflict, EngineError, NotFound

from .patience import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import ContainerSummary

__all__ = ["Thing", "find", "remove", "remove_all"]

# Removing a container that runs takes the engine some 0.2 s, most of it waiting.
_AT_ONCE = 8
_ORDER = ("container", "network", "volume", "image")


@dataclass(frozen=True)
class Thing:
    """Something on an engine.

    Attributes:
        kind: `container`, `network`, `volume` or `image`.
        id: its id (of a volume: its name).
        name: its name (of an image without one: its id).
        labels: its labels.
    """

    kind: str
    id: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.kind} {self.name}"


def find(engine: Engine, label: str) -> list[Thing]:
    """Find what carries a label, one request for each kind.

    One that is empty is none: so it is in an image that was made of a container, and in what
    comes of that image.

    Args:
        engine: the engine.
        label: `name`, or `name=value`.
    """
    filters = {"label": [label]}
    containers = engine.containers.list(all=True, filters=filters)
    networks = engine.networks.list(filters=filters)
    volumes = engine.volumes.list(filters=filters).get("Volumes") or []
    images = engine.images.list(filters=filters)
    found = [
        *(_thing("container", one["Id"], _name(one), one) for one in containers),
        *(_thing("network", one["Id"], one["Name"], one) for one in networks),
        *(_thing("volume", one["Name"], one["Name"], one) for one in volumes),
        *(_thing("image", one["Id"], one["Id"][:19], one) for one in images),
    ]
    name = label.partition("=")[0]
    return [one for one in found if one.labels.get(name) != ""]


def remove(engine: Engine, thing: Thing) -> None:
    """Remove one thing; one that is gone, or that somebody is removing, is fine.

    Raises:
        EngineError: the engine does not remove it.
    """
    try:
        if thing.kind == "container":
            engine.containers.remove(thing.id, force=True, volumes=True)
        elif thing.kind == "network":
            engine.networks.remove(thing.id)
        elif thing.kind == "volume":
            engine.volumes.remove(thing.id)
        else:
            engine.images.remove(thing.id, force=True)
    except NotFound:
        pass
    except Conflict as exc:
        if "already in progress" not in exc.engine_message:
            raise


def remove_all(
    engine: Engine, things: Iterable[Thing], patience: Patience | None = None
) -> dict[Thing, str]:
    """Remove things, containers first, several at once; tell what did not go, and why.

    Args:
        engine: where they are.
        things: the things.
        patience: waits for each.
    """
    left: dict[Thing, str] = {}
    patience = patience or Patience()
    by_kind: dict[str, list[Thing]] = {kind: [] for kind in _ORDER}
    for thing in things:
        by_kind[thing.kind].append(thing)

    def attempt(thing: Thing) -> None:
        try:
            patience.wait_for(engine, partial(remove, engine, thing))
        except EngineError as exc:
            left[thing] = str(exc)

    for group in by_kind.values():
        do_all(attempt, group, at_once=_AT_ONCE, name="removal")
    return left


def _name(container: ContainerSummary) -> str:
    # One that is being removed has none any more.
    names = container.get("Names") or []
    return names[0].lstrip("/") if names else container["Id"][:12]


def _thing(kind: str, id: str, name: str, told: Mapping[str, Any]) -> Thing:
    return Thing(kind, id, name, told.get("Labels") or {})
