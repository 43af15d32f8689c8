"""The wanted state of what a swarm hands to its tasks as a file: a secret or a config."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONTENT_LABEL", "VERSION_LABEL", "ContentSpec"]

# Labels that tell what cannot be read: a digest of the content, and the number of a version.
CONTENT_LABEL = "ansible_key"
VERSION_LABEL = "ansible_version"


@dataclass(frozen=True)
class ContentSpec:
    """The wanted state of a secret or a config; None means that a property is not stated.

    Attributes:
        name: its name; with versions, what their names begin with.
        data: its content, which is shown nowhere.
        labels: its labels, without those two.
        template_driver: what fills in the content for each task; engines know `golang`.
    """

    name: str
    data: bytes | None = field(default=None, repr=False)
    labels: Mapping[str, str] | None = None
    template_driver: str | None = None

    def __post_init__(self) -> None:
        """Refuse an empty name, and labels that would be written over."""
        if not (self.name or "").strip():
            raise InvalidInput("A secret or a config needs a name.")
        reserved = sorted({CONTENT_LABEL, VERSION_LABEL} & (self.labels or {}).keys())
        if reserved:
            raise InvalidInput(
                f"labels: {', '.join(reserved)} tells what a content is. Leave it out, or choose "
                "another name."
            )
