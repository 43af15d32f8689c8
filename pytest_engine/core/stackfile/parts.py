"""A stack: what its Compose file says, as specifications of what a swarm keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, reading
from ..spec.content import ContentSpec
from ..spec.network import IpamPool, NetworkSpec
from ..spec.readers import read_text
from ..spec.values import encode_text
from .services import Names, read_service
from .values import (
    NAMESPACE,
    check_keys,
    check_name,
    is_external,
    read_flag,
    read_list,
    read_mapping,
    read_mapping_or_none,
    read_parts,
    read_scalar,
    read_section,
)

if TYPE_CHECKING:
    from ..spec.service import ServiceSpec

__all__ = ["Stack", "read_stack"]

_TOP = ("version", "name", "services", "networks", "volumes", "secrets", "configs")
_FLAGS = ("attachable", "enable_ipv4", "enable_ipv6", "internal")
_NETWORK = ("name", "external", "driver", "driver_opts", "ipam", "labels", *_FLAGS)
_ADDRESSES = ("subnet", "ip_range", "gateway")
_POOL = (*_ADDRESSES, "aux_addresses")
_CONTENT = ("name", "external", "file", "content", "labels", "template_driver")
_VOLUME = ("name", "external", "driver", "driver_opts", "labels")


@dataclass(frozen=True)
class Stack:
    """What belongs to a stack.

    Attributes:
        name: its name.
        networks: those that it makes.
        secrets: likewise.
        configs: likewise.
        services: likewise.
        warnings: what of the file counts for nothing in a swarm.
    """

    name: str
    networks: list[NetworkSpec] = field(default_factory=list)
    secrets: list[ContentSpec] = field(default_factory=list)
    configs: list[ContentSpec] = field(default_factory=list)
    services: list[ServiceSpec] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_stack(name: str, file: Mapping[str, Any], folder: Path) -> Stack:
    """Read a Compose file as a stack.

    Args:
        name: of the stack, which the names of all that it makes begin with.
        file: all its files, laid over each other.
        folder: what paths in it are relative to.

    Raises:
        InvalidInput: it says something that nobody knows, or refers to what is not there, or the
            name is none.
    """
    check_name(name)
    check_keys("the file", file, _TOP)
    labels = {NAMESPACE: name}
    stack = Stack(name)
    names = Names(
        networks=_names(name, file, "networks", _NETWORK),
        secrets=_names(name, file, "secrets", _CONTENT),
        configs=_names(name, file, "configs", _CONTENT),
        volumes=_names(name, file, "volumes", _VOLUME),
        volume_options=read_parts(file, "volumes"),
        labels=labels,
    )
    services = read_parts(file, "services")
    for key, stated in services.items():
        service, ignored = read_service(f"{name}_{key}", key, stated, names, folder)
        stack.services.append(service)
        if ignored:
            stack.warnings.append(
                f"services.{key}: {', '.join(ignored)} count for nothing in a swarm."
            )
    networks = read_parts(file, "networks")
    if names.uses_default and "default" not in networks:
        networks = {**networks, "default": {}}
    for key, stated in networks.items():
        # The host's is there on each node.
        if not is_external(stated, f"networks.{key}"):
            full = names.networks.get(key, f"{name}_default")
            stack.networks.append(_network(full, stated, labels))
    for sort, made in (("secrets", stack.secrets), ("configs", stack.configs)):
        for key, stated in read_parts(file, sort).items():
            if not is_external(stated, f"{sort}.{key}"):
                made.append(_content(f"{sort}.{key}", getattr(names, sort)[key], stated, folder))
    for specs in (stack.secrets, stack.configs):
        specs[:] = [_labelled(spec, labels) for spec in specs]
    return stack


def _labelled(spec: ContentSpec, labels: Mapping[str, str]) -> ContentSpec:
    return ContentSpec(
        spec.name, spec.data, {**(spec.labels or {}), **labels}, spec.template_driver
    )


def _names(
    stack: str, file: Mapping[str, Any], section: str, known: tuple[str, ...]
) -> dict[str, str]:
    """Return key -> name in the swarm."""
    names = {}
    for key, stated in read_parts(file, section).items():
        check_keys(f"{section}.{key}", stated, known)
        external = stated.get("external")
        if isinstance(external, Mapping):
            # As it was written before version 3.5.
            name = read_scalar(external.get("name"), f"{section}.{key}.external.name")
            names[key] = name or key
        else:
            own = key if is_external(stated, f"{section}.{key}") else f"{stack}_{key}"
            names[key] = read_scalar(stated.get("name"), f"{section}.{key}.name") or own
    return names


def _network(name: str, stated: Mapping[str, Any], labels: Mapping[str, str]) -> NetworkSpec:
    where = f"networks.{name}.ipam"
    ipam = read_section(stated.get("ipam"), where)
    check_keys(where, ipam, ("driver", "options", "config"))
    pools = []
    for stated_pool in read_list(ipam.get("config"), f"{where}.config"):
        pool = read_section(stated_pool, f"{where}.config")
        check_keys(f"{where}.config", pool, _POOL)
        pools.append(
            IpamPool(
                **{
                    key: read_text(pool[key], f"{where}.config.{key}")
                    for key in _ADDRESSES
                    if pool.get(key)
                },
                aux_addresses=read_mapping_or_none(
                    pool.get("aux_addresses"), f"{where}.config.aux_addresses"
                ),
            )
        )
    flags = {flag: read_flag(stated.get(flag), f"networks.{name}.{flag}") for flag in _FLAGS}
    return NetworkSpec(
        name,
        driver=read_scalar(stated.get("driver"), f"networks.{name}.driver") or "overlay",
        driver_options=read_mapping_or_none(
            stated.get("driver_opts"), f"networks.{name}.driver_opts"
        ),
        ipam_driver=read_scalar(ipam.get("driver"), f"{where}.driver"),
        ipam_driver_options=read_mapping_or_none(ipam.get("options"), f"{where}.options"),
        ipam_config=pools or None,
        enable_ipv4=flags["enable_ipv4"],
        enable_ipv6=flags["enable_ipv6"],
        internal=flags["internal"],
        attachable=flags["attachable"],
        labels={**read_mapping(stated.get("labels"), f"networks.{name}.labels"), **labels},
    )


def _content(where: str, name: str, stated: Mapping[str, Any], folder: Path) -> ContentSpec:
    ways: Mapping[str, Callable[[Any], bytes]] = {
        "file": lambda path: _read(where, folder / read_text(path, f"{where}.file")),
        "content": lambda text: _encode(f"{where}.content", text),
    }
    data = [read(stated[way]) for way, read in ways.items() if stated.get(way) is not None]
    if len(data) != 1:
        raise InvalidInput(f"{where}: state one of {', '.join(ways)}, or that it is external.")
    return ContentSpec(
        name,
        data=data[0],
        labels=read_mapping(stated.get("labels"), f"{where}.labels"),
        template_driver=read_scalar(stated.get("template_driver"), f"{where}.template_driver"),
    )


def _encode(where: str, text: Any) -> bytes:
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str):
        # Without the value, which may be a secret.
        raise InvalidInput(f"{where}: it is no text. Put what was written into quotes.")
    return encode_text(text, where)


def _read(where: str, path: Path) -> bytes:
    with reading(path, where):
        return path.read_bytes()
