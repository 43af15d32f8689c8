"""What Podman tells of containers and networks, in the words in which Docker would tell it.

Podman (5.4) has a short form for every mount, the long form for none, chooses ports when a
container is created, and tells no address that was asked for; of a network it does not tell
which addresses it gives away, nor who may join it. What it does not tell counts as being what
is wanted, so that nothing is made anew for that each time. `podman_shapes` and
`podman_settings` have the rest, which is read only if Podman has told it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..spec.container import ContainerSpec
    from ..spec.network import NetworkSpec
    from ..types.engine import ContainerUpdateBody

__all__ = ["as_docker_tells", "is_podmans", "network_as_docker_tells", "processor_limit"]

# Microseconds, of which a container gets its share.
_PERIOD = 100_000


def is_podmans(container: Mapping[str, Any]) -> bool:
    """Tell whether Podman has inspected a container: its runtime is called that for all."""
    return bool((container.get("HostConfig") or {}).get("Runtime") == "oci")


def as_docker_tells(container: Mapping[str, Any], wanted: ContainerSpec) -> Mapping[str, Any]:
    """Return an inspected container as Docker would have inspected it."""
    if not is_podmans(container):
        return container
    from .podman_shapes import reshaped_container

    return reshaped_container(container, wanted)


def network_as_docker_tells(network: Mapping[str, Any], wanted: NetworkSpec) -> Mapping[str, Any]:
    """Return an inspected network as Docker would have inspected it."""
    ipam = network.get("IPAM") or {}
    options = dict(ipam.get("Options") or {})
    # So it tells, for each network, who gives addresses away.
    if options.pop("driver", None) not in ("host-local", "dhcp", "none"):
        return network
    from .podman_shapes import reshaped_network

    return reshaped_network(network, {**ipam, "Options": options}, wanted)


def processor_limit(nano_cpus: int) -> ContainerUpdateBody:
    """Write a limit as Podman's update takes it; it ignores `NanoCpus`."""
    return {"CpuPeriod": _PERIOD, "CpuQuota": nano_cpus * _PERIOD // 10**9}
