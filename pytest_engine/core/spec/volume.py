"""The wanted state of a volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..types.engine import VolumeCreateRequest

__all__ = ["VolumeSpec"]


@dataclass(frozen=True)
class VolumeSpec:
    """The wanted state of a volume; None means that a property is not stated.

    Attributes:
        name: its name.
        driver: its driver; the engine's default is `local`.
        driver_options: the driver's options.
        labels: its labels.
    """

    name: str
    driver: str | None = None
    driver_options: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Refuse an empty name, for which the engine would make one up."""
        if not (self.name or "").strip():
            raise InvalidInput("A volume needs a name.")

    def to_engine(self) -> VolumeCreateRequest:
        """Write it as the body of `POST /volumes/create`."""
        body: VolumeCreateRequest = {"Name": self.name}
        if self.driver is not None:
            body["Driver"] = self.driver
        if self.driver_options is not None:
            body["DriverOpts"] = dict(self.driver_options)
        if self.labels is not None:
            body["Labels"] = dict(self.labels)
        return body
