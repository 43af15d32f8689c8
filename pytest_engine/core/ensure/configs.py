"""Configs: files that a swarm hands to its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .contents import ContentKind

if TYPE_CHECKING:
    from ..api.configs import Configs  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["ConfigKind"]


@dataclass(frozen=True)
class ConfigKind(ContentKind):
    """Configs."""

    noun: ClassVar[str] = "config"
    limit: ClassVar[int] = 1000 * 1024

    def objects(self, engine: Engine) -> Any:
        """Return `engine.configs`."""
        return engine.configs
