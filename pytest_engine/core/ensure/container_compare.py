"""A container compared with what is wanted, where a task says how, and what images bring along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..api.platforms import platform_of, same_platform
from ..errors import ImageNotFound, InvalidInput
from ..reference import parse_reference
from ..spec.mounts import VolumeBind
from .compare import Difference, comparison, difference_of
from .container_fields import CONTAINER_FIELDS, NETWORKS, at_any_address, other_networks
from .podman import is_podmans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.container import ContainerSpec
    from .compare import Field

__all__ = ["Comparing"]

_MODES_OF_ALL = ("strict", "ignore")
_NAMES = frozenset(field.name for field in CONTAINER_FIELDS)


@dataclass(frozen=True)
class Comparing:
    """How a container is compared with what is wanted.

    Attributes:
        modes: field -> `strict`, `ignore` or `allow_more_present`; `*`: all others.
        image_comparison: `desired-image` or `current-image`: which image's variables, labels,
            ports and volumes a strict comparison leaves alone.
        image_label_mismatch: `ignore` or `fail`: what a strict comparison of labels does
            about those of the image.
        image_name_mismatch: `ignore` or `recreate`: whether it counts that the container was
            made from the image under another name.
    """

    modes: Mapping[str, str] = field(default_factory=dict)
    image_comparison: str = "desired-image"
    image_label_mismatch: str = "ignore"
    image_name_mismatch: str = "ignore"

    def __post_init__(self) -> None:
        """Refuse unknown fields and modes."""
        if self.modes.get("*", "ignore") not in _MODES_OF_ALL:
            raise InvalidInput(f"comparisons: * is one of {', '.join(_MODES_OF_ALL)}.")
        unknown = sorted(set(self.modes) - _NAMES - {"*"})
        if unknown:
            raise InvalidInput(f"comparisons: a container has no {', '.join(unknown)}.")
        for one in CONTAINER_FIELDS:
            if one.name in self.modes:
                comparison(one.sort, self.modes[one.name], one.name)

    def mode(self, name: str) -> str | None:
        """Return how a field is to be compared, None for the usual way."""
        return self.modes.get(name, self.modes.get("*"))

    def differences(
        self,
        engine: Engine,
        wanted: ContainerSpec,
        actual: Mapping[str, Any],
        image: Mapping[str, Any] | None,
    ) -> tuple[Difference, ...]:
        """Compare.

        Args:
            engine: asked for the image that the container has, where that matters.
            wanted: what is wanted.
            actual: the container as the engine shows it.
            image: the wanted image as the engine shows it; None: not there yet, or not
                stated.
        """
        found = []
        if self.mode("image") != "ignore":
            found += self._image_differences(engine, wanted, actual, image)
        images = _Images(engine, actual, image, current=self.image_comparison == "current-image")
        for one in CONTAINER_FIELDS:
            stated = self._stated(one, wanted, images)
            if stated is None:
                continue
            same = self._same(one)
            there = one.actual(actual)
            if one.name == "ports" and (wanted.default_host_ip is None or is_podmans(actual)):
                # Nobody has said at which address, or Podman does not tell exactly.
                there = at_any_address(stated, there)
            if not same(stated, there):
                found.append(difference_of(one, stated, there, same))
        return tuple(found)

    def _image_differences(
        self,
        engine: Engine,
        wanted: ContainerSpec,
        actual: Mapping[str, Any],
        image: Mapping[str, Any] | None,
    ) -> list[Difference]:
        there = str((actual.get("Config") or {}).get("Image"))
        if wanted.image is None:
            return _platform_difference(engine, wanted, actual)
        # In check mode an image that has still to be pulled counts as another one.
        if image is None or image["Id"] != actual["Image"]:
            return [Difference("image", wanted.image, f"{there} ({actual['Image']})")]
        renamed = self.image_name_mismatch == "recreate" and not _same_name(wanted.image, there)
        return [Difference("image_name", wanted.image, there)] if renamed else []

    def _same(self, one: Field) -> Callable[[Any, Any], bool]:
        mode = self.mode(one.name)
        if mode is None:
            return one.same
        if one.name == NETWORKS and mode != "ignore":
            strict = mode == "strict"
            return lambda wanted, actual: (
                not other_networks(wanted, actual) and (not strict or set(wanted) == set(actual))
            )
        return comparison(one.sort, mode, one.name)

    def _stated(self, one: Field, wanted: ContainerSpec, images: _Images) -> Any:
        """Return what is wanted of a field, with what the image brings along if that counts.

        What a container was made with and is not stated any more is to be as in the image.
        """
        stated = one.wanted(wanted)
        if one.name == "command" and stated is None and wanted.command is not None:
            # An empty command without an entrypoint is the image's.
            return list(images.config().get("Cmd") or ()) if images.there() else None
        mode = self.mode(one.name)
        if mode == "ignore" or one.name not in _FROM_IMAGES:
            return stated
        if one.name == "labels":
            return self._labels(stated, images, strict=mode == "strict")
        ignored = self.mode("image") == "ignore"
        if mode != "strict" and not images.matter(one.name, ignored=ignored):
            return stated
        from_image = _FROM_IMAGES[one.name](images.config())
        if isinstance(from_image, dict):
            return {**from_image, **(stated or {})}
        if one.name == "exposed_ports":
            from_image += [port.key for port in wanted.published]
        return sorted({*from_image, *(stated or ())})

    def _labels(self, stated: Any, images: _Images, *, strict: bool) -> Any:
        if stated is None or (self.image_label_mismatch == "fail" and not strict):
            return stated
        from_image = images.config().get("Labels") or {}
        if self.image_label_mismatch == "ignore":
            return {**from_image, **stated}
        more = sorted(set(from_image) - set(stated))
        if more:
            raise InvalidInput(
                f"labels: the image has {', '.join(more)}, which a container of it cannot lack. "
                "State them as well, or set image_label_mismatch to ignore."
            )
        return stated


class _Images:
    """The image whose properties a container has without being told, read when it is asked for."""

    def __init__(
        self,
        engine: Engine,
        actual: Mapping[str, Any],
        desired: Mapping[str, Any] | None,
        *,
        current: bool,
    ) -> None:
        self._engine = engine
        self._id = str(actual["Image"])
        other = desired is None or (current and desired["Id"] != self._id)
        self._image = None if other else desired

    def matter(self, field: str, *, ignored: bool) -> bool:
        """Tell whether a container can lack what the image brings along of a field.

        Only variables can be overridden; the rest it has from its image, if that is this one.
        If it is another one, and is not ignored, that is difference enough.
        """
        if self._image is None:
            return False
        return field == "env" if self._image["Id"] == self._id else ignored

    def there(self) -> bool:
        return bool(self._read())

    def config(self) -> Mapping[str, Any]:
        return self._read().get("Config") or {}

    def _read(self) -> Mapping[str, Any]:
        if self._image is None:
            self._image = _inspect(self._engine, self._id)
        return self._image


def _inspect(engine: Engine, image: str) -> Mapping[str, Any]:
    try:
        return engine.images.inspect(image)
    except ImageNotFound:
        # Forced away under a container that still has it.
        return {}


def _platform_difference(
    engine: Engine, wanted: ContainerSpec, actual: Mapping[str, Any]
) -> list[Difference]:
    if wanted.platform is None:
        return []
    image = _inspect(engine, str(actual["Image"]))
    if not image or same_platform(wanted.platform, image):
        return []
    return [Difference("platform", wanted.platform, platform_of(image))]


def _same_name(one: str, other: str) -> bool:
    """Tell whether two names are one, spelt out or not."""
    if one == other:
        return True
    try:
        names = {str(parse_reference(name).with_default_tag()) for name in (one, other)}
    except InvalidInput:
        return False
    return len(names) == 1


def _env(config: Mapping[str, Any]) -> dict[str, str]:
    pairs = (item.partition("=") for item in config.get("Env") or ())
    return {name: value for name, _equals, value in pairs}


_FROM_IMAGES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "env": _env,
    "exposed_ports": lambda config: list(config.get("ExposedPorts") or ()),
    "labels": lambda config: config.get("Labels") or {},
    "volumes": lambda config: [str(VolumeBind(path)) for path in config.get("Volumes") or ()],
}
