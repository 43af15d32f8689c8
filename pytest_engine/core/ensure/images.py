"""Images in the engine's store, pulled from their registries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..api.platforms import platform_of, same_platform
from ..errors import EngineError, ImageNotFound, InvalidInput
from ..reference import parse_reference
from .compare import Difference
from .reconcile import Kind, Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..api.distribution import Distribution  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.progress import Progress
    from ..client import Engine

__all__ = ["PULL_POLICIES", "ImageKind", "ImageSpec", "is_newer_in_registry"]

PULL_POLICIES = ("missing", "always", "never")


@dataclass(frozen=True)
class ImageSpec:
    """An image that is to be in the engine's store.

    Attributes:
        name: its name, the tag being `latest` where neither tag nor digest is given.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
    """

    name: str
    platform: str | None = None

    def __post_init__(self) -> None:
        """Take an empty platform for none."""
        object.__setattr__(self, "platform", self.platform or None)

    @property
    def reference(self) -> str:
        """The name with its tag or digest.

        Raises:
            InvalidInput: the name is no image reference.
        """
        return self.name if self.is_id else str(parse_reference(self.name).with_default_tag())

    @property
    def is_id(self) -> bool:
        """Whether the name is an image's id, which no registry can be asked for."""
        return self.name.startswith("sha256:")


@dataclass(frozen=True)
class ImageKind(Kind[ImageSpec]):
    """Images.

    Attributes:
        pull: `missing`: pull what the store does not have; `always`: ask the registry
            for a newer one every time; `never`: what the store does not have is an error.
        progress: called with the steps of a pull.
    """

    pull: str = "missing"
    progress: Callable[[Progress], None] | None = None
    noun: ClassVar[str] = "image"

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        if self.pull not in PULL_POLICIES:
            raise InvalidInput(f"pull: one of {', '.join(PULL_POLICIES)}.")

    def find(self, engine: Engine, wanted: ImageSpec) -> Mapping[str, Any] | None:
        """Inspect the image of that name."""
        try:
            return engine.images.inspect(wanted.reference)
        except ImageNotFound:
            return None

    def compare(
        self, wanted: ImageSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare the platform; there is nothing else to an image of a name."""
        del needs
        if wanted.platform is None:
            return ()
        if same_platform(wanted.platform, actual):
            return ()
        return (Difference("platform", wanted.platform, platform_of(actual)),)

    def plan(
        self,
        engine: Engine,
        wanted: ImageSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Pull or remove."""
        name = wanted.reference
        plan = Plan(exists=state == "present")
        if state == "absent":
            if actual is not None:
                plan.add("remove", f"image {name}", lambda: engine.images.remove(name))
            return plan
        if actual is not None and not differences and self.pull != "always":
            return plan
        if self.pull == "never" or wanted.is_id:
            if actual is not None and not differences:
                return plan
            why = "an id cannot be pulled" if wanted.is_id else "pull: never forbids to pull it"
            raise InvalidInput(f"The engine does not have image {name}, and {why}.")
        plan.add("pull", f"image {name}", lambda: self._pull(engine, wanted, actual))
        return plan

    def _pull(self, engine: Engine, wanted: ImageSpec, actual: Mapping[str, Any] | None) -> bool:
        engine.images.pull(wanted.reference, platform=wanted.platform, progress=self.progress)
        found = self.find(engine, wanted)
        return actual is None or found is None or found["Id"] != actual["Id"]


def is_newer_in_registry(engine: Engine, wanted: ImageSpec, image: Mapping[str, Any]) -> bool:
    """Ask the registry whether a pull would bring another image.

    A registry that does not answer brings nothing.
    """
    try:
        there = engine.distribution.inspect(wanted.reference)
    except EngineError:
        return False
    digest = (there.get("Descriptor") or {}).get("digest", "")
    return not any(str(known).endswith(f"@{digest}") for known in image.get("RepoDigests") or ())
