"""The wanted state of what a swarm hands to its tasks as a file: a secret or a config."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ContentSpec"]


@dataclass(frozen=True)
class ContentSpec:
    """The wanted state of a secret or a config; None means that a property is not stated.

    Attributes:
        name: its name; with versions, what their names begin with.
        data: its content, which is shown nowhere.
        labels: its labels.
        template_driver: what fills in the content for each task; engines know `golang`.
    """

    name: str
    data: bytes | None = field(default=None, repr=False)
    labels: Mapping[str, str] | None = None
    template_driver: str | None = None

    def __post_init__(self) -> None:
        """Refuse an empty name."""
        if not (self.name or "").strip():
            raise InvalidInput("A secret or a config needs a name.")
