"""Volumes: their options are fixed when they are made, so a change means a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import InvalidInput, NotFound
from ..spec.volume import VolumeSpec
from .compare import Difference, Field, contains, equals
from .reconcile import Kind, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.volumes import Volumes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["VolumeKind"]

_FIELDS = (
    Field("driver", lambda spec: spec.driver, lambda volume: volume["Driver"], equals),
    Field(
        "driver_options",
        lambda spec: spec.driver_options,
        lambda volume: volume.get("Options") or {},
        contains,
        may_hold_secrets=True,
    ),
    Field(
        "labels",
        lambda spec: spec.labels,
        lambda volume: volume.get("Labels") or {},
        contains,
        may_hold_secrets=True,
    ),
)
_RECREATE = ("never", "options-changed", "always")


@dataclass(frozen=True)
class VolumeKind(Kind[VolumeSpec]):
    """Volumes.

    Attributes:
        recreate: when a volume that exists is removed, with the data in it, and made
            anew: `never`, `options-changed` or `always`.
    """

    recreate: str = "never"
    noun: ClassVar[str] = "volume"
    fields: ClassVar[Sequence[Field]] = _FIELDS

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        if self.recreate not in _RECREATE:
            raise InvalidInput(f"recreate: one of {', '.join(_RECREATE)}.")

    def find(self, engine: Engine, wanted: VolumeSpec) -> Mapping[str, Any] | None:
        """Inspect the volume of that name."""
        try:
            return engine.volumes.inspect(wanted.name)
        except NotFound:
            return None

    def plan(
        self,
        engine: Engine,
        wanted: VolumeSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, remove, or both."""
        plan = Plan(exists=state == "present")
        what = f"volume {wanted.name}"
        anew = self.recreate == "always" or (differences and self.recreate == "options-changed")
        if actual is not None and (state == "absent" or anew):
            plan.add("remove", what, lambda: engine.volumes.remove(wanted.name))
            actual = None
        elif differences:
            names = ", ".join(difference.field for difference in differences)
            plan.warnings.append(
                f"Volume {wanted.name} exists with other {names}. They are fixed when a volume "
                "is made; recreate it (its data is lost) to change them."
            )
        if actual is None and state == "present":
            plan.add("create", what, lambda: engine.volumes.create(wanted.to_engine()))
        return plan
