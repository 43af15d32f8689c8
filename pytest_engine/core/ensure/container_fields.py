"""The fields of a container: how each is read from what the engine shows, and compared."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..spec.mounts import VolumeBind, parse_volumes
from .compare import Field, contains, covers, equals
from .container_settings import SETTING_FIELDS

if TYPE_CHECKING:
    from ..spec.container import ContainerSpec

__all__ = ["CONTAINER_FIELDS", "NETWORKS", "at_any_address", "other_networks"]

NETWORKS = "networks"
_NANO = 10**9
_EVERYWHERE = "0.0.0.0"  # noqa: S104  # compared, not bound to


def _config(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return container.get("Config") or {}


def _host(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return container.get("HostConfig") or {}


def _words(value: Sequence[str] | None) -> list[str] | None:
    return None if value is None else list(value)


def _environment(container: Mapping[str, Any]) -> dict[str, str]:
    pairs = (item.partition("=") for item in _config(container).get("Env") or ())
    return {name: value for name, _equals, value in pairs}


def _wanted_command(spec: ContainerSpec) -> list[str] | None:
    # Without an entrypoint of its own, an empty command is the image's for the engine.
    return _words(spec.command if spec.command or spec.entrypoint else None)


def _wanted_healthcheck(spec: ContainerSpec) -> dict[str, Any] | None:
    if spec.healthcheck is None:
        return None
    # A zero stands for the default, and the engine does not show it.
    return {key: value for key, value in spec.healthcheck.to_engine().items() if value}


def _entrypoint(words: Sequence[str]) -> list[str]:
    # An empty word alone takes the image's away, and not every engine shows it.
    return [] if list(words) == [""] else list(words)


def _wanted_ports(spec: ContainerSpec) -> dict[str, list[str]] | None:
    if spec.ports is None:
        return None
    ports: dict[str, list[str]] = {}
    for port in spec.published:
        ports.setdefault(port.key, []).append(_binding(port.host_ip, port.host_ports))
    return {key: sorted(bindings) for key, bindings in ports.items()}


def _actual_ports(container: Mapping[str, Any]) -> dict[str, list[str]]:
    ports = _host(container).get("PortBindings") or {}
    return {
        key: sorted(
            # "0" and "" both stand for a port that the engine chooses.
            _binding(binding.get("HostIp", ""), binding.get("HostPort", "").lstrip("0"))
            for binding in bindings or ()
        )
        for key, bindings in ports.items()
    }


def _binding(address: str, port: object) -> str:
    # With 0.0.0.0 the engine listens at the addresses of IPv4, without any at those of IPv6
    # as well.
    return f"{address}:{port}"


def at_any_address(
    wanted: Mapping[str, Sequence[str]], actual: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Take ports at all addresses for those that are wanted, whether of IPv6 or not."""
    found: dict[str, list[str]] = {}
    for key, bindings in actual.items():
        left = list(wanted.get(key, ()))
        for binding in bindings:
            _address, _colon, port = binding.rpartition(":")
            either = (binding, f":{port}", f"{_EVERYWHERE}:{port}")
            same = [one for one in either if one in left] if binding in either[1:] else []
            if same:
                left.remove(same[0])
            found.setdefault(key, []).append(same[0] if same else binding)
    return {key: sorted(bindings) for key, bindings in found.items()}


def _wanted_mounts(spec: ContainerSpec) -> list[Any] | None:
    if spec.mounts is None:
        return None
    return [_without_defaults(mount.to_engine()) for mount in spec.mounts]


def _actual_mounts(container: Mapping[str, Any]) -> list[Any]:
    return [_without_defaults(mount) for mount in _host(container).get("Mounts") or ()]


def _without_defaults(value: Any) -> Any:
    """Leave out what is empty or false: whether it is stated makes no difference."""
    if not isinstance(value, Mapping):
        return value
    cleaned = {key: _without_defaults(item) for key, item in value.items()}
    return {key: item for key, item in cleaned.items() if item}


def _wanted_volumes(spec: ContainerSpec) -> list[str] | None:
    return None if spec.volumes is None else [str(bind) for bind in spec.volume_binds]


def _actual_volumes(container: Mapping[str, Any]) -> list[str]:
    binds = [str(bind) for bind in parse_volumes(_host(container).get("Binds") or ())]
    return binds + [str(VolumeBind(target)) for target in _config(container).get("Volumes") or ()]


def _wanted_networks(spec: ContainerSpec) -> dict[str, dict[str, Any]] | None:
    if spec.networks is None:
        return None
    return {attachment.name: _endpoint(attachment.to_engine()) for attachment in spec.attachments}


def _actual_networks(container: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    return {name: _endpoint(endpoint) for name, endpoint in networks.items()}


def _endpoint(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    addresses = endpoint.get("IPAMConfig") or {}
    stated = {
        "aliases": sorted(endpoint.get("Aliases") or ()),
        "ipv4_address": addresses.get("IPv4Address"),
        "ipv6_address": _plain_address(addresses.get("IPv6Address")),
        "links": sorted(endpoint.get("Links") or ()),
        "mac_address": (endpoint.get("MacAddress") or "").lower(),
        "driver_options": endpoint.get("DriverOpts") or {},
        "gateway_priority": endpoint.get("GwPriority"),
    }
    return {key: value for key, value in stated.items() if value}


def _plain_address(address: str | None) -> str | None:
    return ipaddress.ip_address(address).compressed if address else None


def other_networks(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    """Return the networks that a container is not on, or not as wanted."""
    return [
        name
        for name, endpoint in wanted.items()
        if name not in actual or not _same_endpoint(endpoint, actual[name])
    ]


def _same_endpoint(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    return (
        covers(wanted.get("aliases", ()), actual.get("aliases", ()))
        and covers(wanted.get("links", ()), actual.get("links", ()))
        and contains(wanted.get("driver_options", {}), actual.get("driver_options", {}))
        and all(
            wanted.get(key) in (None, actual.get(key))
            for key in ("ipv4_address", "ipv6_address", "mac_address", "gateway_priority")
        )
    )


def _policy(container: Mapping[str, Any]) -> Mapping[str, Any]:
    return _host(container).get("RestartPolicy") or {}


def _same_cpus(wanted: float, actual: float) -> bool:
    # Podman counts in hundred thousandths, and leaves out what is below.
    return bool(abs(wanted - actual) < 1e-5)


def _above_zero(wanted: Any, _actual: Any) -> bool:
    # In `POST /containers/{id}/update` a zero means "leave it", so no limit can be lifted.
    return bool(wanted)


def _joinable(wanted: Any, actual: Any) -> bool:
    # These two can neither be joined nor left by a container that exists.
    return not {"host", "none"} & {*wanted, *actual}


def _always(_wanted: Any, _actual: Any) -> bool:
    return True


CONTAINER_FIELDS: tuple[Field, ...] = (
    # Two names may stand for one image, and one name for another image than yesterday: the
    # ids are compared, by `ContainerKind`.
    Field(
        "image",
        lambda spec: spec.image,
        lambda container: _config(container).get("Image"),
        lambda _wanted, _actual: True,
    ),
    Field(
        "command",
        _wanted_command,
        lambda container: list(_config(container).get("Cmd") or ()),
        equals,
        sort="list",
    ),
    Field(
        "entrypoint",
        lambda spec: None if spec.entrypoint is None else _entrypoint(spec.entrypoint),
        lambda container: _entrypoint(_config(container).get("Entrypoint") or ()),
        equals,
        sort="list",
    ),
    Field("env", lambda spec: spec.env, _environment, contains, may_hold_secrets=True, sort="dict"),
    Field("ports", _wanted_ports, _actual_ports, contains, sort="dict"),
    Field(
        "exposed_ports",
        lambda spec: _words(spec.exposed_ports),
        lambda container: list(_config(container).get("ExposedPorts") or ()),
        covers,
        sort="set",
    ),
    Field("mounts", _wanted_mounts, _actual_mounts, covers, may_hold_secrets=True, sort="set"),
    Field("volumes", _wanted_volumes, _actual_volumes, covers, sort="set"),
    Field(
        "labels",
        lambda spec: spec.labels,
        lambda container: _config(container).get("Labels") or {},
        contains,
        may_hold_secrets=True,
        sort="dict",
    ),
    Field(
        "healthcheck",
        _wanted_healthcheck,
        lambda container: _config(container).get("Healthcheck") or {"Test": ["NONE"]},
        contains,
        sort="dict",
    ),
    Field(
        "restart_policy",
        lambda spec: spec.restart_policy.name if spec.restart_policy else None,
        lambda container: _policy(container).get("Name") or "no",
        equals,
        _always,
    ),
    Field(
        "restart_retries",
        lambda spec: spec.restart_policy.retries if spec.restart_policy else None,
        lambda container: _policy(container).get("MaximumRetryCount", 0),
        equals,
        _always,
    ),
    Field(
        "attached",
        lambda spec: spec.attached,
        lambda container: bool(
            _config(container).get("AttachStdout") and _config(container).get("AttachStderr")
        ),
        equals,
    ),
    Field(
        "log_driver",
        lambda spec: spec.log_driver,
        lambda container: (_host(container).get("LogConfig") or {}).get("Type"),
        equals,
    ),
    Field(
        "log_options",
        lambda spec: spec.log_options,
        lambda container: (_host(container).get("LogConfig") or {}).get("Config") or {},
        contains,
        may_hold_secrets=True,
        sort="dict",
    ),
    *SETTING_FIELDS,
    Field(
        "memory",
        lambda spec: spec.memory,
        lambda container: _host(container).get("Memory") or 0,
        equals,
        _above_zero,
    ),
    Field(
        "cpus",
        # As exactly as the engine counts: a third is not a whole number of billionths.
        lambda spec: None if spec.cpus is None else round(spec.cpus * _NANO) / _NANO,
        lambda container: (_host(container).get("NanoCpus") or 0) / _NANO,
        _same_cpus,
        _above_zero,
    ),
    Field(
        NETWORKS,
        _wanted_networks,
        _actual_networks,
        lambda wanted, actual: not other_networks(wanted, actual),
        _joinable,
        sort="set",
    ),
)
