"""What a service is, in the words of the settings by which it is brought about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..spec.service import value_at
from ..spec.service_settings import SERVICE_SETTINGS
from .services import mode_of, replicas_of

__all__ = ["describe_service"]

_ROLLOUT = {
    "parallelism": "Parallelism",
    "delay": "Delay",
    "failure_action": "FailureAction",
    "monitor": "Monitor",
    "max_failure_ratio": "MaxFailureRatio",
    "order": "Order",
}
_HEALTH = {
    "test": "Test",
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
    "retries": "Retries",
}


# What community.docker's module does not know is told only of services that have it: playbooks
# compare the whole.
_RARE = ("credential_spec", "generic_resources", "limit_pids", "ulimits")
# What stacks have and the module for one service has no option for.
_OF_STACKS = ("stdin_open",)


def describe_service(
    spec: Mapping[str, Any], *, ports: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Describe the specification of a service; None stands for what it does not state.

    Durations are in nanoseconds, sizes in bytes, processors in numbers of them.

    Args:
        spec: what the engine tells of it; for any port it tells a mode, also if none was stated.
        ports: the ports as they were stated: the other ones are described with a mode only if
            it is not the usual one.
    """
    told: dict[str, Any] = {"mode": mode_of(spec), "replicas": replicas_of(spec)}
    told["image"] = value_at(spec, ("TaskTemplate", "ContainerSpec", "Image"))
    told["force_update"] = value_at(spec, ("TaskTemplate", "ForceUpdate")) or None
    for setting in SERVICE_SETTINGS:
        if setting.name in _OF_STACKS:
            continue
        found = value_at(spec, setting.path)
        tell = _TELL.get(setting.name)
        told[setting.name] = found if found is None or tell is None else tell(found)
    rollout = told.pop("update_config") or {}
    told.update({f"update_{name}": rollout.get(name) for name in _ROLLOUT})
    moded = {_numbers(port) for port in ports if port["mode"] is not None}
    for port in told["publish"] or ():
        if port["mode"] == "ingress" and _numbers(port) not in moded:
            port["mode"] = None
    # The engine tells labels also where there are none.
    told["labels"] = told["labels"] or None
    test = (told["healthcheck"] or {}).get("test")
    told["healthcheck_disabled"] = test == ["NONE"] if test else None
    if told["healthcheck_disabled"]:
        told["healthcheck"] = None
    return {name: value for name, value in told.items() if value is not None or name not in _RARE}


def _numbers(port: Mapping[str, Any]) -> tuple[Any, ...]:
    return port["published_port"], port["target_port"], port["protocol"]


def _renamed(names: Mapping[str, str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda found: {name: found.get(key) for name, key in names.items()}


def _each(tell: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Callable[[Any], list[Any]]:
    return lambda found: [tell(item) for item in found]


def _cpus(nanoseconds: int) -> float:
    return nanoseconds / 10**9


def _mount(mount: Mapping[str, Any]) -> dict[str, Any]:
    volume = mount.get("VolumeOptions") or {}
    tmpfs = mount.get("TmpfsOptions") or {}
    return {
        "type": mount.get("Type"),
        "source": mount.get("Source"),
        "target": mount.get("Target"),
        "readonly": bool(mount.get("ReadOnly")),
        "propagation": (mount.get("BindOptions") or {}).get("Propagation"),
        "no_copy": volume.get("NoCopy"),
        "labels": volume.get("Labels"),
        "driver_config": volume.get("DriverConfig"),
        "tmpfs_size": tmpfs.get("SizeBytes"),
        "tmpfs_mode": tmpfs.get("Mode"),
    }


def _file(sort: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def tell(reference: Mapping[str, Any]) -> dict[str, Any]:
        file = reference.get("File") or {}
        return {
            f"{sort}_id": reference.get(f"{sort.capitalize()}ID"),
            f"{sort}_name": reference.get(f"{sort.capitalize()}Name"),
            "filename": file.get("Name"),
            "uid": file.get("UID"),
            "gid": file.get("GID"),
            "mode": file.get("Mode"),
        }

    return tell


def _preference(preference: Mapping[str, Any]) -> dict[str, Any]:
    return {"spread": (preference.get("Spread") or {}).get("SpreadDescriptor")}


_PORT = {
    "published_port": "PublishedPort",
    "target_port": "TargetPort",
    "protocol": "Protocol",
    "mode": "PublishMode",
}
_NETWORK = {"id": "Target", "aliases": "Aliases", "options": "DriverOpts"}

_TELL: Mapping[str, Callable[[Any], Any]] = {
    "limit_cpu": _cpus,
    "reserve_cpu": _cpus,
    "update_config": _renamed(_ROLLOUT),
    "rollback_config": _renamed(_ROLLOUT),
    "healthcheck": _renamed(_HEALTH),
    "publish": _each(_renamed(_PORT)),
    "networks": _each(_renamed(_NETWORK)),
    "mounts": _each(_mount),
    "secrets": _each(_file("secret")),
    "configs": _each(_file("config")),
    "placement_preferences": _each(_preference),
}
