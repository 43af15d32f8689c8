"""What Podman tells of a container's settings, in the words in which Docker would tell it.

What Podman (5.4) honours and does not tell counts as being what is wanted.
"""

from __future__ import annotations

import posixpath
import signal
from typing import TYPE_CHECKING, Any

from ..spec.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..spec.container import ContainerSpec

__all__ = ["config_as_docker_tells", "host_config_as_docker_tells"]

# Honoured, but not told.
_UNTOLD = ("CgroupnsMode", "DeviceCgroupRules", "Sysctls", "UsernsMode")
# What a container may do unless it is dropped; it tells no more of what was.
_CAPABILITIES = frozenset(
    {
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_ALL = "ALL"
# Limits that every container gets from it.
_USUAL_LIMITS = frozenset({"nofile", "nproc"})
# What it adds to the options of every tmpfs.
_USUAL_OPTIONS = frozenset({"rw", "rprivate", "nosuid", "nodev", "tmpcopyup"})
_NO_NEW_PRIVILEGES = "no-new-privileges"


def config_as_docker_tells(config: Mapping[str, Any], wanted: ContainerSpec) -> Mapping[str, Any]:
    """Return what stands beside the command as Docker would tell it."""
    told = {**config, "StopSignal": _signal(config.get("StopSignal") or "")}
    if wanted.attached is not None:
        told.update(AttachStdout=wanted.attached, AttachStderr=wanted.attached)
    return told


def host_config_as_docker_tells(host: Mapping[str, Any], wanted: ContainerSpec) -> dict[str, Any]:
    """Return what binds a container to its host as Docker would tell it."""
    values = {setting.key: getattr(wanted, setting.name) for setting in SETTINGS}
    stated: dict[str, Any] = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value is not None
    }
    return {
        **host,
        **{key: stated[key] for key in _UNTOLD if key in stated},
        "CapDrop": _dropped(host.get("CapDrop") or (), stated.get("CapDrop") or ()),
        "Devices": _devices(host.get("Devices") or (), stated.get("Devices") or ()),
        "LogConfig": {**(host.get("LogConfig") or {}), "Config": wanted.log_options},
        "SecurityOpt": _security(host.get("SecurityOpt") or (), stated.get("SecurityOpt") or ()),
        "Tmpfs": _tmpfs(host.get("Tmpfs") or {}, stated.get("Tmpfs") or {}),
        "Ulimits": _limits(host.get("Ulimits") or (), stated.get("Ulimits") or ()),
    }


def _signal(told: str) -> str:
    """Return the name of a signal, of which it tells the number."""
    try:
        return signal.Signals(int(told)).name
    except ValueError:
        return told


def _dropped(told: Iterable[str], wanted: Iterable[str]) -> list[str]:
    dropped = set(told)
    asked = {name.upper().removeprefix("CAP_") for name in wanted}
    if _ALL in asked and dropped >= _CAPABILITIES:
        return [_ALL]
    return sorted(dropped | (asked - _CAPABILITIES - {_ALL}))


def _devices(
    told: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    permissions = {
        (item["PathOnHost"], item["PathInContainer"]): item["CgroupPermissions"] for item in wanted
    }
    return [
        {
            **item,
            "CgroupPermissions": item["CgroupPermissions"]
            or permissions.get((item["PathOnHost"], item["PathInContainer"]), "rwm"),
        }
        for item in told
    ]


def _security(told: Iterable[str], wanted: Iterable[str]) -> list[str]:
    spellings = [text for text in wanted if text in _spellings(_NO_NEW_PRIVILEGES)]
    return [
        spellings[0] if text in _spellings(_NO_NEW_PRIVILEGES) and spellings else text
        for text in told
    ]


def _spellings(flag: str) -> tuple[str, ...]:
    return (flag, f"{flag}:true", f"{flag}=true")


def _tmpfs(told: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    asked = {posixpath.normpath(path): options for path, options in wanted.items()}
    folders = {}
    for path, options in told.items():
        stated = asked.get(path, "").split(",")
        there = [
            item for item in options.split(",") if item in stated or item not in _USUAL_OPTIONS
        ]
        # It has an order of its own.
        same = sorted(there) == sorted(filter(None, stated))
        folders[path] = asked[path] if same and path in asked else ",".join(there)
    return folders


def _limits(
    told: Iterable[Mapping[str, Any]], wanted: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    asked = {item["Name"] for item in wanted}
    limits = [{**item, "Name": str(item["Name"]).lower().removeprefix("rlimit_")} for item in told]
    return [item for item in limits if item["Name"] in asked or item["Name"] not in _USUAL_LIMITS]
