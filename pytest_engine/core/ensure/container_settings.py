"""The settings of a container that its spec declares: how the engine shows them, compared."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import Incompatible
from ..spec.settings import SETTINGS, Setting
from .compare import Field, contains, covers, covers_records, equals

if TYPE_CHECKING:
    from ..client import Engine
    from ..spec.container import ContainerSpec

__all__ = ["IGNORED_BY_PODMAN", "SETTING_FIELDS", "refuse_what_would_be_ignored"]

# Seen to have no effect there: in the container, or in what Podman's own API says of it.
IGNORED_BY_PODMAN = (
    "domainname",
    "kernel_memory",
    "mac_address",
    "masked_paths",
    "readonly_paths",
    "runtime",
    "volume_driver",
)
# From there on the address on the link layer belongs to the connection.
_ADDRESSES = (1, 44)
_NO_KERNEL_MEMORY = (1, 42)

_SAME: Mapping[str, Callable[[Any, Any], bool]] = {
    "value": equals,
    "list": equals,
    "set": covers,
    "dict": contains,
    "records": covers_records,
}
_NOTHING: Mapping[str, Any] = {"list": [], "set": [], "dict": {}, "records": []}
# What the engine shows where nothing was stated, for those that have such a value.
_USUAL: Mapping[str, Any] = {
    "network_mode": "bridge",
    "memory_swappiness": -1,
    "pids_limit": 0,
    "oom_score_adj": 0,
}
_FLAGS = frozenset(
    [
        "auto_remove",
        "init",
        "interactive",
        "oom_killer",
        "privileged",
        "publish_all_ports",
        "read_only",
        "tty",
    ]
)


def _field(setting: Setting) -> Field:
    normal = _NORMAL.get(setting.name, lambda value: value)

    def wanted(spec: ContainerSpec) -> Any:
        value = getattr(spec, setting.name)
        if value is None or (setting.name == "shm_size" and value == 0):
            # A size of 0 is the engine's own choice, which it shows.
            return None
        return normal(list(value) if isinstance(value, tuple) else value)

    def actual(container: Mapping[str, Any]) -> Any:
        place = container.get("HostConfig" if setting.on_host else "Config") or {}
        value = place.get(setting.key)
        if setting.name == "mac_address":
            value = value or _mac_address(container)
        if value is None:
            value = _NOTHING.get(setting.sort, _USUAL.get(setting.name))
        if setting.name in _FLAGS:
            value = bool(value)
        elif value is None:
            value = 0 if setting.updates and not setting.name.startswith("cpuset") else ""
        return normal(value)

    return Field(
        setting.name,
        wanted,
        actual,
        _SAME[setting.sort],
        # A zero or an empty text means "leave it" there, so no limit can be lifted.
        lambda stated, _there: setting.updates and bool(stated),
        may_hold_secrets=setting.sort == "dict",
        sort=setting.sort,
    )


def _mac_address(container: Mapping[str, Any]) -> str:
    """Return the address in the main network, where newer engines keep it."""
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    mode = (container.get("HostConfig") or {}).get("NetworkMode") or ""
    endpoint = networks.get("bridge" if mode == "default" else mode) or {}
    return str(endpoint.get("MacAddress") or "")


def _capabilities(names: Sequence[str]) -> list[str]:
    # Newer engines write them with the prefix.
    upper = [name.upper() for name in names]
    return [name.removeprefix("CAP_") for name in upper]


def _signal(name: str) -> str:
    upper = name.upper()
    return upper.removeprefix("SIG")


def _network_mode(mode: str) -> str:
    # `default` is the engine's default network; from 26.1 on it shows which that is.
    return "bridge" if mode in ("", "default") else mode


def _links(links: Sequence[str]) -> list[str]:
    # Shown as "/container:/name of this one/alias".
    pairs = (link.partition(":") for link in links)
    return [f"{there.lstrip('/')}:{alias.rsplit('/', 1)[-1]}" for there, _colon, alias in pairs]


def _requests(requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # What is empty is shown as null or empty.
    return [{key: value for key, value in item.items() if value} for item in requests]


def _tmpfs(folders: Mapping[str, str]) -> dict[str, str]:
    return {posixpath.normpath(path): options for path, options in folders.items()}


_NORMAL: Mapping[str, Callable[[Any], Any]] = {
    "cap_drop": _capabilities,
    "capabilities": _capabilities,
    "device_requests": _requests,
    "links": _links,
    "mac_address": str.lower,
    "network_mode": _network_mode,
    # Both stand for any number of processes.
    "pids_limit": lambda number: max(number, 0),
    "stop_signal": _signal,
    "tmpfs": _tmpfs,
    # The engine keeps a path without what leads nowhere.
    "working_dir": lambda path: posixpath.normpath(path) if path else path,
}


def refuse_what_would_be_ignored(engine: Engine, wanted: ContainerSpec) -> None:
    """Refuse what this engine takes without a word and does nothing about.

    Raises:
        Incompatible: there is such a thing.
    """
    with_address = [one.name for one in wanted.attachments if one.mac_address]
    ignored = [name for name in IGNORED_BY_PODMAN if getattr(wanted, name) is not None]
    if not with_address and not ignored:
        return
    major, minor = map(int, engine.api_version.split("."))
    if with_address and (major, minor) < _ADDRESSES:
        raise Incompatible(
            f"mac_address of network {with_address[0]} needs API 1.44, and this engine is spoken "
            f"to in {engine.api_version}; state mac_address of the container instead."
        )
    if wanted.kernel_memory is not None and (major, minor) >= _NO_KERNEL_MEMORY:
        raise Incompatible(
            "kernel_memory is no longer there from API 1.42 on, and this engine is spoken to in "
            f"{engine.api_version}; state memory instead."
        )
    if ignored and engine.is_podman:
        raise Incompatible(
            f"{ignored[0]}: Podman takes it and does nothing about it; leave it out, or use Docker."
        )


SETTING_FIELDS: tuple[Field, ...] = tuple(map(_field, SETTINGS))
