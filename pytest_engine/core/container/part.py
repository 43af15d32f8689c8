"""What all parts of the handle of a container build on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wait.facts import Facts, facts_of

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import ContainerInspectResponse

__all__ = ["Part"]


class Part:
    """Which container it is, and what was last seen of it.

    Args:
        engine: the engine.
        id: the container's id or name.
        name: its name, where that is known; else it is asked for when it is wanted.
        image: the image that it was created from, likewise.
    """

    def __init__(
        self, engine: Engine, id: str, *, name: str | None = None, image: str | None = None
    ) -> None:
        """Remember the container; nothing is sent."""
        self._engine = engine
        self._id = id
        self._name = name
        self._image = image
        self._facts: Facts | None = None

    @property
    def engine(self) -> Engine:
        """The engine that it is on."""
        return self._engine

    @property
    def id(self) -> str:
        """Its id."""
        return self._id

    @property
    def name(self) -> str:
        """Its name; containers on the same user-defined network reach it by that."""
        if self._name is None:
            self._name = self._known().name
        return self._name

    @property
    def image(self) -> str:
        """The image that it was created from."""
        if self._image is None:
            self._image = self._known().image
        return self._image

    def __repr__(self) -> str:
        """Show which container it is."""
        return f"Container({self._name or self._id[:12]!r})"

    def inspect(self) -> ContainerInspectResponse:
        """Tell all about it as it is now (`GET /containers/{id}/json`)."""
        inspected = self._engine.containers.inspect(self._id)
        self._facts = facts_of(self._engine, inspected)
        return inspected

    def state(self) -> str:
        """Ask for its state: `created`, `running`, `paused`, `restarting`, `exited`, ..."""
        return self.inspect().get("State", {}).get("Status", "unknown")

    def _known(self) -> Facts:
        if self._facts is None:
            self._facts = facts_of(self._engine, self.inspect())
        return self._facts
