"""Bridges and address ranges of private engines, through iproute2's `ip`."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import EngineError, InvalidInput, LaunchFailed
from .commands import run

__all__ = [
    "NETWORK_PREFIX",
    "POOL",
    "create_bridge",
    "free_slice",
    "interfaces_of_networks",
    "network_ids",
    "networks_in_use",
    "parse_subnet",
    "remove_interface",
]

# RFC 2544 reserves this range for benchmarks on closed networks. Unlike the private ranges of
# RFC 1918 no office, VPN or cloud routes it, and no ordinary Docker uses it.
POOL = ipaddress.IPv4Network("198.18.0.0/15")
# 16 engines at a time, each with 64 networks of 126 addresses.
_SLICE_PREFIX = 19
NETWORK_PREFIX = 25

_NETWORK_KEY = re.compile(rb"docker/network/v1\.0/network/([0-9a-f]{64})")
# What libnetwork calls the interfaces that it makes for bridge, macvlan and ipvlan networks.
_INTERFACE_PREFIXES = ("br-", "dm-", "di-")


def parse_subnet(text: str) -> ipaddress.IPv4Network:
    """Read a subnet for a private engine, which needs room for more than one network.

    Raises:
        InvalidInput: it is no IPv4 network, or too small.
    """
    try:
        subnet = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise InvalidInput(
            f"{text!r} is no subnet for an engine: {error}. Give one like 10.77.0.0/19."
        ) from error
    if subnet.prefixlen >= NETWORK_PREFIX:
        raise InvalidInput(
            f"The subnet {subnet} is too small: an engine takes one /{NETWORK_PREFIX} for each of "
            "its networks. Give one like 10.77.0.0/19."
        )
    return subnet


def free_slice(used: Iterable[ipaddress.IPv4Network]) -> ipaddress.IPv4Network:
    """Choose a part of the pool that overlaps none of the networks in use.

    Raises:
        LaunchFailed: all are taken.
    """
    taken = list(used)
    for candidate in POOL.subnets(new_prefix=_SLICE_PREFIX):
        if not any(candidate.overlaps(network) for network in taken):
            return candidate
    raise LaunchFailed(
        f"No addresses are left for another private engine: every part of {POOL} is in use. "
        "Stop one of the private engines, or give this one a subnet of its own."
    )


def _ip(*arguments: str) -> list[dict[str, Any]]:
    answer = run(["ip", "-json", *arguments])
    entries: list[dict[str, Any]] = json.loads(answer or "[]")
    # iproute2 prints {} for a missing value where a list is expected.
    return [entry for entry in entries if entry]


def networks_in_use() -> list[ipaddress.IPv4Network]:
    """Find the IPv4 networks that this machine has addresses in or routes to."""
    texts = [
        f"{address['local']}/{address['prefixlen']}"
        for link in _ip("-4", "address", "show")
        for address in link.get("addr_info", [])
        if "local" in address
    ]
    texts += [
        route["dst"]
        for route in _ip("-4", "route", "show", "table", "all")
        if route.get("dst", "default") != "default" and route.get("type") != "broadcast"
    ]
    return [ipaddress.IPv4Network(text, strict=False) for text in texts]


def create_bridge(name: str, address: ipaddress.IPv4Interface) -> None:
    """Create a bridge, give it an address and switch it on.

    Raises:
        EngineError: the kernel refused.
    """
    run(["ip", "link", "add", "name", name, "type", "bridge"])
    run(["ip", "address", "add", str(address), "dev", name])
    run(["ip", "link", "set", "dev", name, "up"])


def network_ids(data_root: Path) -> set[str]:
    """Read the ids of an engine's networks from its database, whether it runs or not.

    The file is a bolt database whose keys hold the ids in plain text. It may name networks
    that were removed since: harmless, as an id never comes back.
    """
    try:
        content = (data_root / "network/files/local-kv.db").read_bytes()
    except OSError:
        return set()
    return {match.decode() for match in _NETWORK_KEY.findall(content)}


def interfaces_of_networks(
    ids: Iterable[str], bridge: str, subnet: ipaddress.IPv4Network
) -> dict[str, list[ipaddress.IPv4Network]]:
    """Find an engine's interfaces on this machine and the networks of their addresses.

    These are its own bridge, those that its networks' ids name, and every bridge with an
    address inside its subnet (`docker_gwbridge` of a swarm has a fixed name).
    """
    names = {bridge} | {prefix + id_[:12] for id_ in ids for prefix in _INTERFACE_PREFIXES}
    bridges = {link["ifname"] for link in _ip("link", "show", "type", "bridge")}
    found = {}
    for link in _ip("-4", "address", "show"):
        networks = [
            ipaddress.IPv4Network(f"{address['local']}/{address['prefixlen']}", strict=False)
            for address in link.get("addr_info", [])
            if "local" in address
        ]
        inside = any(network.subnet_of(subnet) for network in networks)
        if link["ifname"] in names or (link["ifname"] in bridges and inside):
            found[link["ifname"]] = networks
    # `ip -4 address` leaves out interfaces without an IPv4 address.
    for link in _ip("link", "show"):
        if link["ifname"] in names:
            found.setdefault(link["ifname"], [])
    return found


def remove_interface(name: str) -> None:
    """Remove a bridge or the like, and the host's ends of virtual cables plugged into it.

    Raises:
        EngineError: the kernel refused.
    """
    for port in _ip("-details", "link", "show", "master", name):
        if port.get("linkinfo", {}).get("info_kind") == "veth":
            # It goes by itself together with the container's network namespace, maybe just now.
            with suppress(EngineError):
                run(["ip", "link", "delete", "dev", port["ifname"]])
    run(["ip", "link", "delete", "dev", name])
