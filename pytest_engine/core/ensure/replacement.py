"""A new container in the place of an old one, which comes back if the new one fails."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, NotFound
from .reconcile import engine_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.attachment import NetworkAttachment
    from ..types.engine import ContainerCreateBody

__all__ = ["NewContainer"]


class NewContainer:
    """A container that is being made under a name, which another one may have.

    The other one is stopped and renamed, and removed only when the new one stands; if a
    step fails, the new one is removed and the old one is put back as it was.

    Args:
        engine: the engine.
        name: the name.
        old: the container that has the name now, as the engine shows it.
        keep_volumes: keep the anonymous volumes of the old one.
    """

    def __init__(
        self, engine: Engine, name: str, old: Mapping[str, Any] | None, *, keep_volumes: bool
    ) -> None:
        """Remember what is there; nothing is changed yet."""
        self._engine = engine
        self._name = name
        self._keep_volumes = keep_volumes
        self._old_name = str(old["Name"]).lstrip("/") if old is not None else ""
        self._old_ran = old is not None and bool(old["State"]["Running"])
        self._old_was_frozen = old is not None and bool(old["State"].get("Paused"))
        self._renamed = False
        self.old_id = str(old["Id"]) if old is not None else ""
        self.new_id = ""

    def create(self, config: ContainerCreateBody, platform: str | None = None) -> list[str]:
        """Set the old container aside and create the new one; return what the engine warns of."""
        if self.old_id:
            # One with auto-remove is gone as soon as it has stopped.
            with contextlib.suppress(NotFound):
                self._engine.containers.rename(self.old_id, f"{self._name}.{self.old_id[:12]}")
                self._renamed = True
        made = self._engine.containers.create(config, name=self._name, platform=platform)
        self.new_id = str(made["Id"])
        return engine_warnings(made)

    def connect(self, attachment: NetworkAttachment) -> None:
        """Put the new container on a further network."""
        self._engine.networks.connect(attachment.name, self.new_id, attachment.to_engine())

    def discard_old(self) -> None:
        """Remove the old container."""
        with contextlib.suppress(NotFound):
            self._engine.containers.remove(self.old_id, force=True, volumes=not self._keep_volumes)

    def undo(self) -> None:
        """Leave everything as it was before the first step.

        Raises:
            EngineError: the old container cannot be put back; says where it is.
        """
        containers = self._engine.containers
        try:
            if self.new_id:
                containers.remove(self.new_id, force=True, volumes=True)
            if self._renamed:
                containers.rename(self.old_id, self._old_name)
            if self._old_ran:
                containers.start(self.old_id)
            if self._old_was_frozen:
                containers.pause(self.old_id)
        except EngineError as exc:
            if not self.old_id:
                raise
            raise EngineError(
                f"{exc} Look for {self._old_name} or {self._name}.{self.old_id[:12]}."
            ) from exc
