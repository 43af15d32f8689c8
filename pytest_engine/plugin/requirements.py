"""What tests need of an engine, and whether it has that."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import pytest

from .marks import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine

__all__ = ["EngineTraits", "read_requirements", "unmet"]

# As Go calls what the kernel calls otherwise.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


class EngineTraits:
    """What an engine is; asked for when it is wanted, once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def api(self) -> str:
        """The version of the API that is spoken."""
        return self._engine.api_version

    @property
    def local(self) -> bool:
        """Whether it is on this host."""
        return self._engine.endpoint.is_local

    @cached_property
    def podman(self) -> bool:
        """Whether it is Podman."""
        components = self._engine.system.version().get("Components") or []
        return any(one.get("Name", "").startswith("Podman") for one in components)

    @cached_property
    def buildkit(self) -> bool:
        """Whether it builds with BuildKit unless asked otherwise."""
        return not self.podman and self._engine.system.ping().builder_version != "1"

    @property
    def swarm(self) -> bool:
        """Whether it manages a swarm."""
        # A test may have founded one in the meantime.
        swarm = self._engine.system.info().get("Swarm") or {}
        return bool(swarm.get("ControlAvailable"))

    @cached_property
    def rootless(self) -> bool:
        """Whether it runs without root's rights."""
        return "name=rootless" in (self._info.get("SecurityOptions") or [])

    @cached_property
    def platform(self) -> str:
        """Operating system and architecture of its containers."""
        machine = str(self._info.get("Architecture", ""))
        return f"{self._info.get('OSType', '')}/{_ARCHITECTURES.get(machine, machine)}"

    @cached_property
    def runtimes(self) -> frozenset[str]:
        """The runtimes that it knows."""
        return frozenset(self._info.get("Runtimes") or {})

    @cached_property
    def _info(self) -> Mapping[str, Any]:
        return self._engine.system.info()


class _Requirement(NamedTuple):
    """One thing that can be required.

    Attributes:
        is_form: whether a value can be required at all.
        form: what it has to be, for messages.
        unmet: (what the engine is, the value) -> what it is instead; empty: it is met.
    """

    is_form: Callable[[Any], bool]
    form: str
    unmet: Callable[[EngineTraits, Any], str]


def _flag(name: str, yes: str, no: str) -> _Requirement:
    def unmet(traits: EngineTraits, value: bool) -> str:  # noqa: FBT001  # a mark's own
        found = getattr(traits, name)
        return "" if found is value else (yes if found else no)

    return _Requirement(lambda value: isinstance(value, bool), "True or False", unmet)


def _is_version(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+\.\d+", value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _old_api(traits: EngineTraits, wanted: str) -> str:
    found, needed = ([int(part) for part in text.split(".")] for text in (traits.api, wanted))
    return "" if found >= needed else f"speaks API {traits.api}"


def _other_platform(traits: EngineTraits, wanted: str) -> str:
    fits = f"{traits.platform}/".startswith(f"{wanted}/")
    return "" if fits else f"is of platform {traits.platform}"


def _no_runtime(traits: EngineTraits, wanted: str) -> str:
    known = ", ".join(sorted(traits.runtimes))
    return "" if wanted in traits.runtimes else f"has the runtimes {known}"


_REQUIREMENTS = {
    "api": _Requirement(_is_version, "a version like '1.44'", _old_api),
    "podman": _flag("podman", "is Podman", "is not Podman"),
    "swarm": _flag("swarm", "manages a swarm", "manages no swarm"),
    "buildkit": _flag("buildkit", "builds with BuildKit", "does not build with BuildKit"),
    "rootless": _flag("rootless", "is rootless", "runs with root's rights"),
    "local": _flag("local", "is on this host", "is on another host"),
    "platform": _Requirement(_is_text, "a platform like 'linux/arm64'", _other_platform),
    "runtime": _Requirement(_is_text, "a runtime's name", _no_runtime),
}


def read_requirements(mark: pytest.Mark, nodeid: str) -> dict[str, Any]:
    """Read what a mark requires; the key `reason` is the person's own.

    Raises:
        pytest.UsageError: it requires what nobody knows, or nothing.
    """
    wanted = {name: value for name, value in mark.kwargs.items() if value is not None}
    known = ", ".join(_REQUIREMENTS)
    where = f"{nodeid}: @pytest.mark.{MARK}"
    if mark.args or not set(wanted) - {"reason"}:
        raise pytest.UsageError(f"{where} takes some of {known} by name.")
    for name, value in wanted.items():
        if name != "reason" and name not in _REQUIREMENTS:
            raise pytest.UsageError(f"{where} knows no {name!r}, but {known}.")
        if name != "reason" and not _REQUIREMENTS[name].is_form(value):
            form = _REQUIREMENTS[name].form
            raise pytest.UsageError(f"{where}({name}={value!r}): that is not {form}.")
    return wanted


def unmet(item: pytest.Item, traits: EngineTraits) -> Iterator[str]:
    """Say which of a test's requirements the engine does not meet."""
    for mark in item.iter_markers(MARK):
        wanted = read_requirements(mark, item.nodeid)
        reason = wanted.pop("reason", None)
        for name, value in wanted.items():
            found = _REQUIREMENTS[name].unmet(traits, value)
            if found:
                because = f" ({reason})" if reason else ""
                yield f"needs {name}={value!r}{because}, and the engine {found}"
