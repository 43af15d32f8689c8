"""The pools of a network's addresses, compared with those that are wanted."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from .compare import Difference, contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["normal_pools", "pool_differences", "same_pools"]

# As people state them, and look for them in a diff.
_OPTIONS = {
    "Subnet": "subnet",
    "Gateway": "gateway",
    "IPRange": "iprange",
    "AuxiliaryAddresses": "aux_addresses",
}


def normal_pools(values: Any) -> list[dict[str, Any]] | None:
    """Bring pools into one form: what is not stated is left out, addresses are parsed."""
    if values is None:
        return None
    pools = []
    for value in values:
        pool = dict(value)
        for key in ("Subnet", "IPRange"):
            if pool.get(key):
                pool[key] = str(ipaddress.ip_network(pool[key], strict=False))
        if pool.get("Gateway"):
            pool["Gateway"] = _normal_address(pool["Gateway"])
        if pool.get("AuxiliaryAddresses"):
            others = pool["AuxiliaryAddresses"].items()
            pool["AuxiliaryAddresses"] = {name: _normal_address(one) for name, one in others}
        pools.append({key: item for key, item in pool.items() if item})
    return pools


def _normal_address(text: str) -> str:
    # Some drivers answer with the prefix length behind the address.
    return str(ipaddress.ip_address(text.partition("/")[0]))


def same_pools(wanted: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether all wanted pools are there."""
    # The engine fills in what a pool does not state, and adds a pool of the other family.
    return all(any(contains(pool, there) for there in actual) for pool in wanted)


def pool_differences(
    wanted: Sequence[Mapping[str, Any]], actual: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Tell in which properties the wanted pools differ from those that are there."""
    for number, pool in enumerate(wanted):
        there = _counterpart(pool, wanted, actual)
        for key, option in _OPTIONS.items():
            if key in pool and pool[key] != there.get(key):
                yield Difference(f"ipam_config[{number}].{option}", pool[key], there.get(key))


def _counterpart(
    pool: Mapping[str, Any],
    wanted: Sequence[Mapping[str, Any]],
    actual: Sequence[Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Return the pool that a wanted one is or replaces, as far as that can be told."""
    subnet = pool.get("Subnet")
    for there in actual:
        if there.get("Subnet") == subnet:
            return there
    taken = [one.get("Subnet") for one in wanted]
    left = [there for there in actual if there.get("Subnet") not in taken]
    same_family = [there for there in left if _version(there) == _version(pool)]
    return same_family[0] if same_family else {}


def _version(pool: Mapping[str, Any]) -> int:
    # A pool without a subnet is one of IPv4 addresses.
    return ipaddress.ip_network(pool.get("Subnet") or "0.0.0.0/0").version
