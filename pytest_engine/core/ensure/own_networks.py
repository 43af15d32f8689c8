"""The networks that an engine brings along, which it neither removes nor makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client import Engine

__all__ = ["is_own_network"]

_NAMES = frozenset({"bridge", "default", "host", "none"})


def is_own_network(engine: Engine, name: str) -> bool:
    """Tell whether a network of that name is the engine's own."""
    # On Docker, that name is like any other.
    return name in _NAMES or (name == "podman" and engine.is_podman)
