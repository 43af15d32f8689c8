# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

if TYPE_CHECKING:
    from collections.abc import Callable

# Where a port is published to all addresses, the engine's own host reaches it here.
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # they are read
PORT = re.compile(r"\d{1,5}(/(tcp|udp|sctp))?")


def published_port(container: Any, port: Any, host: str | None = None) -> dict[str, Any]:
    """Find where a port of a container is published."""
    if host is not None and not isinstance(host, str):
        raise AnsibleFilterError(f"published_port: host: {host!r} is no text.")
    wanted = str(port)
    if not PORT.fullmatch(wanted):
        raise AnsibleFilterError(f"published_port: {port!r} is no port like 80 or 53/udp.")
    if "/" not in wanted:
        wanted += "/tcp"
    name, ports = _ports(container)
    bindings = ports.get(wanted)
    if not bindings:
        there = ", ".join(sorted(port for port, bound in ports.items() if bound)) or "none"
        raise AnsibleFilterError(
            f"published_port: container {name} does not publish {wanted}. Published ports, "
            f"while it runs: {there}."
        )
    try:
        found = [(str(one.get("HostIp") or ""), int(one["HostPort"])) for one in bindings]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AnsibleFilterError(
            f"published_port: where container {name} publishes {wanted} is no list of addresses "
            "and ports."
        ) from error
    # IPv4 first, which every container and most programs that connect have.
    address, number = min(found, key=lambda one: ":" in one[0])
    chosen = (host or EVERYWHERE[address]) if address in EVERYWHERE else address
    shown = f"[{chosen}]" if ":" in chosen else chosen
    return {"host": chosen, "port": number, "address": f"{shown}:{number}"}


def _ports(container: Any) -> tuple[str, Mapping[str, Any]]:
    """Name and ports of what `docker inspect` and the modules give."""
    try:
        ports = container["NetworkSettings"]["Ports"] or {}
        name = str(container.get("Name", "")).lstrip("/")
    except (KeyError, TypeError, AttributeError):
        ports = None
    if not isinstance(ports, Mapping):
        raise AnsibleFilterError(
            "published_port: this is no container as the module container_info returns it."
        )
    return name, ports


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name it."""
        return {"published_port": published_port}
