"""Secrets: files for the tasks of a swarm, which nobody can read otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .contents import ContentKind

if TYPE_CHECKING:
    from ..api.secrets import Secrets  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["SecretKind"]


@dataclass(frozen=True)
class SecretKind(ContentKind):
    """Secrets."""

    noun: ClassVar[str] = "secret"
    limit: ClassVar[int] = 500 * 1024

    def objects(self, engine: Engine) -> Any:
        """Return `engine.secrets`."""
        return engine.secrets
