"""What the fixtures for networks, volumes and images give to tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import ImageInspect, NetworkInspect
    from pytest_engine.core.types.engine import Volume as VolumeInspect

__all__ = ["Image", "Network", "Volume"]


@dataclass(frozen=True)
class Network:
    """A network that a fixture made.

    Attributes:
        engine: the engine that it is on.
        id: its id.
        name: its name.
    """

    engine: Engine
    id: str
    name: str

    def inspect(self) -> NetworkInspect:
        """Tell all about it as it is now, with the containers on it."""
        return self.engine.networks.inspect(self.id)


@dataclass(frozen=True)
class Volume:
    """A volume that a fixture made.

    Attributes:
        engine: the engine that it is on.
        name: its name.
    """

    engine: Engine
    name: str

    def inspect(self) -> VolumeInspect:
        """Tell all about it as it is now."""
        return self.engine.volumes.inspect(self.name)


@dataclass(frozen=True)
class Image:
    """An image that a fixture pulled or built.

    Attributes:
        engine: the engine whose store it is in.
        id: its id.
        name: its name; the id of one that was built.
    """

    engine: Engine
    id: str
    name: str

    def inspect(self) -> ImageInspect:
        """Tell all about it."""
        return self.engine.images.inspect(self.id)
