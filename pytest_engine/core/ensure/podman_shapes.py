"""What Podman tells of containers and networks beside their settings, in Docker's words."""

from __future__ import annotations

import posixpath
import re
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from .podman_settings import config_as_docker_tells, host_config_as_docker_tells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..spec.container import ContainerSpec
    from ..spec.network import NetworkSpec

__all__ = ["reshaped_container", "reshaped_network"]

# Podman gives names of this form to volumes that have none.
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
# What it adds to every bind, or calls what is the default.
_DEFAULT_MODES = frozenset({"rw", "rprivate", "rbind", "bind", "nosuid", "nodev"})
_EVERYWHERE = "0.0.0.0"  # noqa: S104  # compared, not bound to
# What it calls an option of a bridge -> what Docker does.
_NETWORK_OPTIONS = {"mtu": "com.docker.network.driver.mtu"}
# Of a pool it tells no more than its subnet and gateway.
_UNTOLD_OF_POOLS = ("IPRange", "AuxiliaryAddresses")


def reshaped_container(container: Mapping[str, Any], wanted: ContainerSpec) -> dict[str, Any]:
    """Return a container that Podman has inspected as Docker would have inspected it."""
    host = container["HostConfig"]
    return {
        **container,
        "Config": config_as_docker_tells(container.get("Config") or {}, wanted),
        "HostConfig": {
            **host_config_as_docker_tells(host, wanted),
            "Binds": [_bind(bind) for bind in host.get("Binds") or ()],
            "Mounts": list(_mounts(container, wanted)),
            "PortBindings": _ports(host.get("PortBindings") or {}, wanted),
        },
        "NetworkSettings": {
            **container["NetworkSettings"],
            "Networks": _networks(container["NetworkSettings"].get("Networks") or {}, wanted),
        },
    }


def reshaped_network(
    network: Mapping[str, Any], ipam: Mapping[str, Any], wanted: NetworkSpec
) -> dict[str, Any]:
    """Return a network that Podman has inspected, with what it is to say of its addresses."""
    return {
        **network,
        "Attachable": wanted.attachable,
        "Options": {
            _NETWORK_OPTIONS.get(name, name): value
            for name, value in (network.get("Options") or {}).items()
        },
        "IPAM": {**ipam, "Config": _pools(ipam.get("Config") or (), wanted)},
    }


def _bind(text: str) -> str:
    source, target, *rest = text.split(":")
    modes = sorted({mode for part in rest for mode in part.split(",")} - _DEFAULT_MODES)
    parts = [target] if _ANONYMOUS.fullmatch(source) else [source, target]
    return ":".join([*parts, ",".join(modes)] if modes else parts)


def _mounts(container: Mapping[str, Any], wanted: ContainerSpec) -> Iterator[dict[str, Any]]:
    stated = {posixpath.normpath(mount.target): mount for mount in wanted.mounts or ()}
    for mount in container.get("Mounts") or ():
        asked = stated.get(mount["Destination"])
        target = asked.target if asked is not None else mount["Destination"]
        told = {"Type": mount["Type"], "Target": target, "ReadOnly": not mount.get("RW", True)}
        if mount["Type"] != "volume":
            told["Source"] = mount.get("Source")
            if mount.get("Propagation") not in ("", "rprivate"):
                told["BindOptions"] = {"Propagation": mount.get("Propagation")}
        else:
            # How a volume was made, and with what in it, is not told.
            told["VolumeOptions"] = asked and asked.to_engine().get("VolumeOptions")
            if not _ANONYMOUS.fullmatch(mount.get("Name", "")):
                told["Source"] = mount.get("Name")
        yield told
    for target, text in (container["HostConfig"].get("Tmpfs") or {}).items():
        options = dict(item.partition("=")[::2] for item in text.split(","))
        size, mode = options.get("size") or "0", options.get("mode") or "0"
        if not size.isdigit():
            # Not from a mount, which has its size in bytes.
            continue
        limits = {"SizeBytes": int(size), "Mode": int(mode, 8)}
        yield {"Type": "tmpfs", "Target": target, "TmpfsOptions": limits}


def _ports(
    bindings: Mapping[str, Sequence[Mapping[str, str]] | None], wanted: ContainerSpec
) -> dict[str, list[dict[str, str]]]:
    """Leave out the port where any will do."""
    any_port = [
        (port.key, port.host_ip or _EVERYWHERE) for port in wanted.published if not port.host_port
    ]
    told: dict[str, list[dict[str, str]]] = {}
    for key, there in bindings.items():
        for binding in there or ():
            place, port = (key, binding.get("HostIp") or _EVERYWHERE), binding.get("HostPort", "")
            if place in any_port:
                any_port.remove(place)
                port = ""
            told.setdefault(key, []).append({**binding, "HostPort": port})
    return told


def _networks(
    networks: Mapping[str, Mapping[str, Any]], wanted: ContainerSpec
) -> dict[str, dict[str, Any]]:
    """Take the addresses that a container has for those that were asked for."""
    asked = {attachment.name: attachment for attachment in wanted.attachments}
    told = {}
    for name, endpoint in networks.items():
        addresses = (endpoint.get("IPAddress"), endpoint.get("GlobalIPv6Address"))
        if not any(addresses) and name in asked:
            # It gets them when it starts.
            addresses = (asked[name].ipv4_address, asked[name].ipv6_address)
        config = dict(zip(("IPv4Address", "IPv6Address"), addresses))
        told[name] = {**endpoint, "IPAMConfig": config}
    return told


def _pools(pools: Sequence[Mapping[str, Any]], wanted: NetworkSpec) -> list[dict[str, Any]]:
    stated = {
        pool.subnet and ip_network(pool.subnet, strict=False): pool.to_engine()
        for pool in wanted.ipam_config or ()
    }
    told = []
    for pool in pools:
        asked: Mapping[str, Any] = stated.get(ip_network(pool["Subnet"]), {})
        told.append({**{key: asked.get(key) for key in _UNTOLD_OF_POOLS}, **pool})
    return told
