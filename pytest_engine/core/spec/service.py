"""The wanted state of a swarm's service."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import InitVar, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ..errors import InvalidInput
from ..reference import parse_reference
from .service_settings import SERVICE_SETTINGS

__all__ = ["MODES", "ServiceSpec", "value_at"]

# Mode -> the Engine's name for it, and for the number of its tasks.
MODES = {
    "replicated": ("Replicated", "Replicas"),
    "global": ("Global", None),
    "replicated-job": ("ReplicatedJob", "TotalCompletions"),
    "global-job": ("GlobalJob", None),
}
_BY_NAME = {setting.name: setting for setting in SERVICE_SETTINGS}


@dataclass(frozen=True)
class ServiceSpec:
    """The wanted state of a service; what is not stated is left as it is, or to the engine.

    Attributes:
        name: its name.
        image: the image of its tasks.
        mode: `replicated`, `global`, `replicated-job` or `global-job`; None: not stated, and
            `replicated` where it is made.
        replicas: how many tasks run, or how many a job has to complete.
        max_concurrent: how many tasks of a job run at once.
        settings: name in `SERVICE_SETTINGS` -> what people write, or None.
        written: setting -> where it is written, for what is said of it; by default its name.
    """

    name: str
    image: str | None = None
    mode: str | None = None
    replicas: int | None = None
    max_concurrent: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    written: InitVar[Mapping[str, str]] = MappingProxyType({})

    def __post_init__(self, written: Mapping[str, str]) -> None:
        """Read the settings into the Engine's form; refuse what cannot be right."""
        if not (self.name or "").strip():
            raise InvalidInput("A service needs a name.")
        if self.image is not None:
            parse_reference(self.image)
        if self.mode is not None and self.mode not in MODES:
            raise InvalidInput(f"mode: {self.mode!r} is none of {', '.join(MODES)}.")
        for name in ("replicas", "max_concurrent"):
            number = getattr(self, name)
            if number is not None and number < 0:
                raise InvalidInput(f"{name}: {number} is negative.")
        if self.max_concurrent is not None and self.mode != "replicated-job":
            raise InvalidInput("max_concurrent is for mode replicated-job.")
        if self.mode in ("global", "global-job") and self.replicas is not None:
            raise InvalidInput(f"replicas: mode {self.mode} runs one task on each node.")
        unknown = [name for name in self.settings if name not in _BY_NAME]
        if unknown:
            raise InvalidInput(f"A service has no setting {', '.join(unknown)}.")
        read = {
            name: _BY_NAME[name].read(value, written.get(name, name))
            for name, value in self.settings.items()
            if value is not None
        }
        object.__setattr__(self, "settings", MappingProxyType(read))

    def with_settings(self, **changed: Any) -> ServiceSpec:
        """Return the same with other settings, which are in the Engine's form already."""
        other = ServiceSpec(self.name, self.image, self.mode, self.replicas, self.max_concurrent)
        merged = MappingProxyType({**self.settings, **changed})
        object.__setattr__(other, "settings", merged)
        return other

    def with_image(self, image: str) -> ServiceSpec:
        """Return the same with another image."""
        return replace(self, image=image, settings={}).with_settings(**self.settings)

    def over(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Write what is stated over a specification in the Engine's form."""
        written = deepcopy(dict(spec))
        written["Name"] = self.name
        container = _section(written, ("TaskTemplate", "ContainerSpec"))
        if self.image is not None:
            container["Image"] = self.image
        for name, value in self.settings.items():
            setting = _BY_NAME[name]
            section = _section(written, setting.path[:-1])
            if setting.sort == "part" and not value:
                section.pop(setting.path[-1], None)
                continue
            if setting.sort in ("section", "part"):
                there = section.get(setting.path[-1]) or {}
                section[setting.path[-1]] = {**(setting.default or {}), **there, **value}
                continue
            section[setting.path[-1]] = value
        # Where older engines told them.
        if "networks" in self.settings:
            written.pop("Networks", None)
        written["Mode"] = self._mode(written.get("Mode") or {})
        return written

    def _mode(self, there: Mapping[str, Any]) -> dict[str, Any]:
        key, count = MODES[self.mode or "replicated"]
        if self.mode is None and there:
            key = next(iter(there))
            count = dict(MODES.values())[key]
        section = dict(there.get(key) or {})
        if count and (self.replicas is not None or count not in section):
            section[count] = 1 if self.replicas is None else self.replicas
        if self.max_concurrent is not None:
            section["MaxConcurrent"] = self.max_concurrent
        return {key: section}


def _section(spec: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path:
        if spec.get(key) is None:
            spec[key] = {}
        spec = spec[key]
    return spec


def value_at(spec: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return what a specification in the Engine's form has at a path; None: nothing."""
    value: Any = spec
    for key in path:
        value = (value or {}).get(key)
    return value
