"""Services of a swarm: all of them can be changed in place, but for their mode."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..api.distribution import (  # pylint: disable=unused-import
    Distribution,  # noqa: F401  # travels along
)
from ..errors import InvalidInput, NotFound
from ..polling import until_led
from ..spec.service import MODES, ServiceSpec, value_at
from ..spec.service_settings import SERVICE_SETTINGS, ServiceSetting
from .compare import Difference, Field
from .reconcile import Kind, Plan, engine_warnings
from .service_names import with_ids, with_networks
from .updating import update_object

if TYPE_CHECKING:
    from ..api.configs import Configs  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.secrets import Secrets  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from .service_names import Listed

__all__ = ["ServiceKind", "mode_of", "replicas_of"]


def mode_of(spec: Mapping[str, Any]) -> str:
    """Return a service's mode, in our words."""
    key = next(iter(spec.get("Mode") or {}), "Replicated")
    return next((mode for mode, (name, _count) in MODES.items() if name == key), key)


def replicas_of(spec: Mapping[str, Any]) -> int | None:
    """Return how many tasks a service is to have; None: one on each node."""
    key, count = MODES.get(mode_of(spec), ("", None))
    return int(spec["Mode"][key].get(count) or 0) if count else None


def _tidy(value: Any) -> Any:
    """Leave out what says nothing: the Engine does not tell it."""
    if isinstance(value, Mapping):
        tidied = {key: _tidy(item) for key, item in value.items()}
        return {key: item for key, item in tidied.items() if item not in (None, "", 0, [], {})}
    if isinstance(value, (list, tuple)):
        return [_tidy(item) for item in value]
    return value


def _sorted(values: Sequence[Any] | None) -> list[str]:
    return sorted(json.dumps(_tidy(value), sort_keys=True) for value in values or ())


def _as_kept(number: float) -> float:
    """Cut a number to the 32 bits in which engines keep it."""
    kept: float = struct.unpack("f", struct.pack("f", number))[0]
    return kept


def _same_value(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, float):
        return _as_kept(wanted) == _as_kept(actual or 0)
    return bool(wanted == actual or (not wanted and not actual))


def _same_records(wanted: Any, actual: Any) -> bool:
    return _sorted(wanted) == _sorted(actual)


def _same_networks(wanted: Any, actual: Any) -> bool:
    def ordered(networks: Any) -> list[dict[str, Any]]:
        return [{**one, "Aliases": sorted(one.get("Aliases") or ())} for one in networks or ()]

    return _same_records(ordered(wanted), ordered(actual))


def _same_section(wanted: Any, actual: Any) -> bool:
    return all(_same_value(value, (actual or {}).get(key)) for key, value in wanted.items())


_SAME: Mapping[str, Callable[[Any, Any], bool]] = {
    "value": _same_value,
    "list": lambda wanted, actual: list(wanted) == list(actual or ()),
    "set": _same_records,
    "dict": lambda wanted, actual: dict(wanted) == dict(actual or {}),
    "section": _same_section,
    "part": lambda wanted, actual: _same_section(wanted, actual) if wanted else not actual,
    "whole": lambda wanted, actual: bool(_tidy(wanted) == _tidy(actual or {})),
    "records": _same_records,
    "networks": _same_networks,
}


def _field(setting: ServiceSetting) -> Field:
    def actual(service: Mapping[str, Any]) -> Any:
        found = value_at(service["Spec"], setting.path)
        if setting.name == "networks" and found is None:
            # Where older engines told them.
            found = service["Spec"].get("Networks")
        return setting.default if found is None else found

    return Field(
        setting.name,
        lambda spec: spec.settings.get(setting.name),
        actual,
        _SAME[setting.sort],
        may_hold_secrets=setting.sort == "dict" or setting.name == "mounts",
        sort=setting.sort,
    )


def _image(service: Mapping[str, Any]) -> str:
    return str(value_at(service["Spec"], ("TaskTemplate", "ContainerSpec", "Image")) or "")


def _same_image(wanted: str, actual: str) -> bool:
    # What the registry had for the name is kept behind it, unless somebody asks for that.
    return wanted == (actual if "@" in wanted else actual.partition("@")[0])


def _variables(env: Any) -> dict[str, str] | None:
    """Bring an environment into a form in which the values of some names can be masked."""
    return None if env is None else {n: v for n, _eq, v in (one.partition("=") for one in env)}


def _env(service: Mapping[str, Any]) -> dict[str, str]:
    return _variables(value_at(service["Spec"], ("TaskTemplate", "ContainerSpec", "Env"))) or {}


_FIELDS = (
    Field(
        "env",
        lambda spec: _variables(spec.settings.get("env")),
        _env,
        _same_value,
        may_hold_secrets=True,
    ),
    Field("image", lambda spec: spec.image, _image, _same_image),
    Field("mode", lambda spec: spec.mode, lambda service: mode_of(service["Spec"]), _same_value),
    Field(
        "replicas",
        lambda spec: spec.replicas,
        lambda service: replicas_of(service["Spec"]),
        _same_value,
    ),
    Field(
        "max_concurrent",
        lambda spec: spec.max_concurrent,
        lambda service: value_at(service["Spec"], ("Mode", "ReplicatedJob", "MaxConcurrent")),
        _same_value,
    ),
    *(_field(setting) for setting in SERVICE_SETTINGS if setting.name != "env"),
)


@dataclass(frozen=True)
class ServiceKind(Kind[ServiceSpec]):
    """Services of a swarm.

    Attributes:
        force: replace the tasks even if nothing differs.
        resolve: name the image by the digest that its registry has for it now.
        coming: names of networks, secrets and configs that are not there yet, but will be.
        listed: what the swarm has, listed once for many services; None: it is asked for each.
    """

    force: bool = False
    resolve: bool = False
    coming: frozenset[str] = frozenset()
    listed: Listed | None = None
    noun: ClassVar[str] = "service"
    fields: ClassVar[Sequence[Field]] = _FIELDS

    def find(self, engine: Engine, wanted: ServiceSpec) -> Mapping[str, Any] | None:
        """Inspect the service of that name; never one whose id begins like it."""
        if self.listed is not None and not self.listed.is_taken(wanted.name):
            return self.listed.take(wanted.name)
        try:
            service = until_led(lambda: engine.services.inspect(wanted.name))
        except NotFound:
            return None
        return service if service["Spec"].get("Name") == wanted.name else None

    def settle(
        self, engine: Engine, wanted: ServiceSpec, actual: Mapping[str, Any] | None
    ) -> ServiceSpec:
        """Put ids for names, and a digest for a tag.

        An image that is pinned stays so as long as its name does, unless it is asked for again:
        tasks are not replaced for nothing.
        """
        if wanted.mode is None and actual is not None and wanted.replicas is not None:
            _check_counted(wanted, mode_of(actual["Spec"]))
        settled: dict[str, Any] = {}
        if actual is not None and _has_other_driver(wanted, actual):
            # Those that are there are the other driver's.
            settled["log_driver_options"] = wanted.settings.get("log_driver_options", {})
        source = engine if self.listed is None else self.listed
        if wanted.settings.get("networks"):
            networks: Any = source.networks
            settled["networks"] = with_networks(networks, wanted.settings["networks"], self.coming)
        if wanted.settings.get("secrets"):
            listed: Any = source.secrets.list
            settled["secrets"] = with_ids("Secret", listed, wanted.settings["secrets"], self.coming)
        if wanted.settings.get("configs"):
            listed = source.configs.list
            settled["configs"] = with_ids("Config", listed, wanted.settings["configs"], self.coming)
        privileges = wanted.settings.get("credential_spec")
        if privileges and privileges.get("Config"):
            names: Any = [{"ConfigName": privileges["Config"]}]
            found = with_ids("Config", source.configs.list, names, self.coming)
            settled["credential_spec"] = {"Config": found[0]["ConfigID"]}
            file = {"ConfigID": found[0]["ConfigID"], "ConfigName": privileges["Config"]}
            # The engine wants it among the configs as well, though not as a file.
            settled["configs"] = [
                *settled.get("configs", wanted.settings.get("configs") or []),
                {**file, "Runtime": {}},
            ]
        settled_spec = wanted.with_settings(**settled) if settled else wanted
        if self.resolve:
            return _resolved(engine, settled_spec)
        pinned = "" if actual is None else _image(actual)
        is_same = pinned.partition("@")[0] == wanted.image
        return settled_spec.with_image(pinned) if is_same else settled_spec

    def plan(
        self,
        engine: Engine,
        wanted: ServiceSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, update, create anew for another mode, remove."""
        plan = Plan(exists=state == "present")
        what = f"service {wanted.name}"
        changed = {difference.field for difference in differences}
        if actual is not None and (state == "absent" or "mode" in changed):
            identity = str(actual["ID"])
            plan.add("remove", what, lambda: engine.services.remove(identity))
        if state == "absent":
            return plan
        if actual is None or "mode" in changed:
            if wanted.image is None and actual is None:
                raise InvalidInput(f"The service {wanted.name} needs an image.")
            before = None if actual is None else actual["Spec"]
            body: Any = wanted.over(_of_no_mode(before, str(wanted.mode)) if before else {})
            # Before the old one is removed.
            engine.check_call("ServiceCreate", json_body=body)

            def create() -> None:
                plan.warnings.extend(engine_warnings(engine.services.create(body)))

            undo = partial(engine.services.create, before) if before is not None else None
            plan.add("create", what, create, undo=undo)
        elif differences or self.force:
            body = wanted.over(actual["Spec"])
            engine.check_call("ServiceUpdate", str(actual["ID"]), json_body=body)
            plan.add("update", what, lambda: self._update(engine, plan, wanted, actual))
        return plan

    def _update(
        self, engine: Engine, plan: Plan, wanted: ServiceSpec, actual: Mapping[str, Any]
    ) -> None:
        identity = str(actual["ID"])

        def change(spec: dict[str, Any]) -> dict[str, Any]:
            written = wanted.over(spec)
            if self.force:
                task = written["TaskTemplate"]
                task["ForceUpdate"] = int(task.get("ForceUpdate") or 0) + 1
            return written

        def update(spec: Any, version: int) -> None:
            answer = engine.services.update(identity, spec, version=version)
            plan.warnings.extend(engine_warnings(answer))

        update_object(actual, lambda: engine.services.inspect(identity), change, update)


def _of_no_mode(spec: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """Leave out of a specification what another mode does not have, or means otherwise."""
    kept = {**spec, "Mode": {}}
    if mode.endswith("-job"):
        # Its tasks are not replaced, and those that complete are not started again.
        kept.pop("UpdateConfig", None)
        kept.pop("RollbackConfig", None)
        policy = dict(spec["TaskTemplate"].get("RestartPolicy") or {})
        if policy.get("Condition") == "any":
            del policy["Condition"]
        kept["TaskTemplate"] = {**spec["TaskTemplate"], "RestartPolicy": policy}
    return kept


def _has_other_driver(wanted: ServiceSpec, actual: Mapping[str, Any]) -> bool:
    """Tell whether logs are to go where they did not go before."""
    driver = wanted.settings.get("log_driver")
    there = value_at(actual["Spec"], ("TaskTemplate", "LogDriver", "Name"))
    return driver is not None and not _same_value(driver, there)


def _check_counted(wanted: ServiceSpec, mode: str) -> None:
    if MODES.get(mode, ("", None))[1] is None:
        raise InvalidInput(
            f"replicas: {wanted.name} has mode {mode}, which runs one task on each node."
        )


def _resolved(engine: Engine, wanted: ServiceSpec) -> ServiceSpec:
    if wanted.image is None or "@" in wanted.image:
        return wanted
    digest = engine.distribution.inspect(wanted.image)["Descriptor"]["digest"]
    return wanted.with_image(f"{wanted.image}@{digest}")
