"""Plugins of the engine, installed from their registries, set up and enabled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import InvalidInput, NotFound
from ..reference import parse_reference
from .compare import Difference, Field, contains
from .reconcile import Kind, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.plugins import Plugins  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["PluginKind", "PluginSpec"]


@dataclass(frozen=True)
class PluginSpec:
    """A plugin.

    Attributes:
        remote: its name in a registry, the tag being `latest` where none is given.
        alias: what it is called on the engine; None: as in the registry.
        settings: its settings by name; None: not stated. A variable by its name, the path of
            a device and the source of a mount as `name.path` and `name.source` or by the name
            alone, the arguments by the name that the plugin gives them.
    """

    remote: str
    alias: str | None = None
    settings: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """What it is called on the engine.

        Raises:
            InvalidInput: the name is none that a plugin can have.
        """
        return str(parse_reference(self.alias or self.remote).with_default_tag())


def _settings(plugin: Mapping[str, Any]) -> dict[str, str]:
    """Read the settings of a plugin under all names that they can be set by."""
    there = plugin.get("Settings") or {}
    settings = {}
    for mount in there.get("Mounts") or ():
        settings[mount["Name"]] = settings[f"{mount['Name']}.source"] = mount.get("Source") or ""
    for device in there.get("Devices") or ():
        settings[device["Name"]] = settings[f"{device['Name']}.path"] = device.get("Path") or ""
    arguments = ((plugin.get("Config") or {}).get("Args") or {}).get("Name")
    if arguments:
        joined = " ".join(there.get("Args") or ())
        settings[arguments] = settings[f"{arguments}.value"] = joined
    for variable in there.get("Env") or ():
        name, _equals, value = variable.partition("=")
        settings[name] = settings[f"{name}.value"] = value
    return settings


def _settable(plugin: Mapping[str, Any]) -> set[str]:
    """List the names of the settings that a plugin lets be changed."""
    config = plugin.get("Config") or {}
    parts = [config.get("Args") or {}]
    for part in ("Env", "Mounts", "Devices"):
        parts += config.get(part) or ()
    names: set[str] = set()
    for one in parts:
        fields = one.get("Settable") or ()
        names.update(f"{one.get('Name')}.{field}" for field in fields)
        names.update([one.get("Name") or ""] if fields else ())
    return names


def _refuse_unknown(name: str, plugin: Mapping[str, Any], settings: Mapping[str, str]) -> None:
    """Refuse what cannot be set before a plugin is disabled for it."""
    settable = _settable(plugin)
    unknown = ", ".join(sorted(set(settings) - settable))
    if unknown:
        there = ", ".join(sorted(settable)) or "none"
        raise InvalidInput(f"Plugin {name} does not let {unknown} be set; it lets {there}.")


@dataclass(frozen=True)
class PluginKind(Kind[PluginSpec]):
    """Plugins; what they want to be allowed, they are allowed.

    Attributes:
        force_remove: whether one that is enabled is removed.
        enable_timeout: seconds that the engine gives it to answer when it is enabled; 0: the
            engine's own limit.
    """

    force_remove: bool = False
    enable_timeout: int = 0
    noun: ClassVar[str] = "plugin"
    states: ClassVar[Sequence[str]] = ("present", "absent", "enable", "disable")
    fields: ClassVar[Sequence[Field]] = (
        Field(
            "plugin_options",
            lambda spec: spec.settings,
            _settings,
            contains,
            may_hold_secrets=True,
        ),
    )

    def __post_init__(self) -> None:
        """Refuse a negative timeout."""
        if self.enable_timeout < 0:
            raise InvalidInput(f"enable_timeout: {self.enable_timeout} s is no time to wait.")

    def find(self, engine: Engine, wanted: PluginSpec) -> Mapping[str, Any] | None:
        """Inspect the plugin of that name."""
        try:
            return engine.plugins.inspect(wanted.name)
        except NotFound:
            return None

    def plan(
        self,
        engine: Engine,
        wanted: PluginSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Remove it, or install it, set it up, enable and disable it."""
        if state == "absent":
            return self._plan_removal(engine, wanted, actual)
        name, what = wanted.name, f"plugin {wanted.name}"
        plan = Plan(exists=True)
        if actual is None:
            if state == "disable":
                raise InvalidInput(f"There is no plugin {name} that could be disabled.")
            plan.add("install", what, lambda: self._install(engine, wanted))
            changes = bool(wanted.settings)
        else:
            changes = bool(differences)
            if changes:
                _refuse_unknown(name, actual, wanted.settings or {})
        runs = bool(actual and actual.get("Enabled"))
        is_to_run = state == "enable" or (runs and state == "present")
        # Only what is not enabled can be set up.
        if runs and (changes or not is_to_run):
            plan.add("disable", what, lambda: engine.plugins.disable(name))
        if changes:
            comes_back = runs and is_to_run
            enable = partial(self._enable, engine, wanted)
            set_up = partial(self._set_up, engine, wanted)
            plan.add("set up", what, set_up, undo=enable if comes_back else None)
        if is_to_run and (changes or not runs):
            plan.add("enable", what, lambda: self._enable(engine, wanted))
        return plan

    def _plan_removal(
        self, engine: Engine, wanted: PluginSpec, actual: Mapping[str, Any] | None
    ) -> Plan:
        plan = Plan(exists=False)
        name, force = wanted.name, self.force_remove
        if actual is None:
            return plan
        if actual.get("Enabled") and not force:
            raise InvalidInput(
                f"Plugin {name} is enabled. Disable it first, or state force_remove as well."
            )
        plan.add("remove", f"plugin {name}", lambda: engine.plugins.remove(name, force=force))
        return plan

    def _install(self, engine: Engine, wanted: PluginSpec) -> None:
        plugins, alias = engine.plugins, wanted.name if wanted.alias else None
        plugins.pull(wanted.remote, plugins.privileges(wanted.remote), name=alias)

    @staticmethod
    def _set_up(engine: Engine, wanted: PluginSpec) -> None:
        settings = [f"{name}={value}" for name, value in (wanted.settings or {}).items()]
        engine.plugins.set(wanted.name, settings)

    def _enable(self, engine: Engine, wanted: PluginSpec) -> None:
        engine.plugins.enable(wanted.name, timeout=self.enable_timeout)
