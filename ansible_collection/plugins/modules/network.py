#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Bring about a network and who is connected to it
version_added: 0.1.0
description:
  - Creates, recreates and removes a network, and connects containers to it.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(force=true), which makes it anew each time.
options:
  name:
    description:
      - The name of the network.
      - The engine's own, such as V(bridge), can be neither removed nor made anew; containers can be connected to them.
    type: str
    required: true
    aliases:
      - network_name
  connected:
    description:
      - The containers that are connected to the network, by name or id, as far as they exist.
      - Others are disconnected, unless O(appends=true). If no container is named, all stay as they are.
      - How a container is connected (address, aliases) is for M(pytest_engine.engine.container) to say.
    type: list
    elements: str
    default: []
    aliases:
      - containers
  appends:
    description: Whether containers that O(connected) does not name stay connected.
    type: bool
    default: false
    aliases:
      - incremental
  driver:
    description:
      - The driver of the network, such as V(bridge) or V(macvlan).
      - With O(config_only=true) a network has none, and this is not looked at.
    type: str
    default: bridge
  driver_options:
    description:
      - What the driver is told, by name. What it takes, its documentation says.
      - An existing network may have more options than are named here.
    type: dict
    default: {}
  force:
    description:
      - Whether an existing network is recreated even if it is like the wanted one.
      - Nothing of a network can be changed once it is there. One that differs from the wanted one is recreated
        in any case, for which its containers are disconnected and connected again. Where that fails, it is there
        with them as before.
    type: bool
    default: false
  ipam_driver:
    description: The driver that hands out addresses.
    type: str
  ipam_driver_options:
    description: What the driver that hands out addresses is told, by name.
    type: dict
  ipam_config:
    description: The ranges of addresses of the network, at most one for each version of IP.
    type: list
    elements: dict
    suboptions:
      subnet:
        description: The network's range of addresses, such as V(172.30.0.0/16).
        type: str
      iprange:
        description: The part of O(ipam_config[].subnet) that containers get their addresses from.
        type: str
      gateway:
        description: The address of the gateway.
        type: str
      aux_addresses:
        description: Addresses that are in use by others, by the name of their owner.
        type: dict
  enable_ipv4:
    description:
      - Whether containers get IPv4 addresses.
      - V(false) needs Engine API 1.47 (Docker 27.4) or newer. Before that all networks have them.
    type: bool
  enable_ipv6:
    description: Whether containers get IPv6 addresses.
    type: bool
  internal:
    description: Whether the network has no way to the outside.
    type: bool
  attachable:
    description: Whether containers outside of services may join a network of a swarm.
    type: bool
  ingress:
    description: Whether the network is the one over which a swarm publishes ports.
    type: bool
  scope:
    description: Where the network is known.
    type: str
    choices:
      - local
      - global
      - swarm
  config_only:
    description: Whether the network is only a set of options for others, which name it in O(config_from).
    type: bool
  config_from:
    description: The network (one with O(config_only=true)) whose options this network has.
    type: str
  labels:
    description:
      - Labels by name. An existing network may have more labels than are named here.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
    default: {}
  state:
    description:
      - With V(present) the network is there at the end, and the containers of O(connected) are in it.
      - With V(absent) it is not. Containers that are connected to it are disconnected.
    type: str
    default: present
    choices:
      - absent
      - present
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_network
"""

EXAMPLES = r"""
- name: A network
  pytest_engine.engine.network:
    name: backend

- name: A network with addresses of its own choice, for two containers
  pytest_engine.engine.network:
    name: backend
    ipam_config:
      - subnet: 172.30.0.0/16
        gateway: 172.30.0.1
        iprange: 172.30.8.0/24
    connected:
      - web
      - database

- name: One more container, without a look at the others
  pytest_engine.engine.network:
    name: backend
    connected:
      - worker
    appends: true

- name: No network
  pytest_engine.engine.network:
    name: backend
    state: absent
"""

RETURN = r"""
network:
  description: The network as the engine describes it. Empty where there is none.
  returned: success
  type: dict
  sample:
    Driver: bridge
    Id: 1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d
    IPAM:
      Config:
        - Gateway: 172.30.0.1
          Subnet: 172.30.0.0/16
      Driver: default
    Name: backend
    Scope: local
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create network backend
    - connect container web
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.networks import (
    NetworkKind,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.network import (
    IpamPool,
    NetworkSpec,
)

ARGUMENTS = {
    "name": {"type": "str", "required": True, "aliases": ["network_name"]},
    "connected": {"type": "list", "elements": "str", "default": [], "aliases": ["containers"]},
    "appends": {"type": "bool", "default": False, "aliases": ["incremental"]},
    "driver": {"type": "str", "default": "bridge"},
    "driver_options": {"type": "dict", "default": {}},
    "force": {"type": "bool", "default": False},
    "ipam_driver": {"type": "str"},
    "ipam_driver_options": {"type": "dict"},
    "ipam_config": {
        "type": "list",
        "elements": "dict",
        "options": {
            "subnet": {"type": "str"},
            "iprange": {"type": "str"},
            "gateway": {"type": "str"},
            "aux_addresses": {"type": "dict"},
        },
    },
    "enable_ipv4": {"type": "bool"},
    "enable_ipv6": {"type": "bool"},
    "internal": {"type": "bool"},
    "attachable": {"type": "bool"},
    "ingress": {"type": "bool"},
    "scope": {"type": "str", "choices": ["local", "global", "swarm"]},
    "config_only": {"type": "bool"},
    "config_from": {"type": "str"},
    "labels": {"type": "dict", "default": {}},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
}


# Options that the spec has under the same name and in the same form.
SAME = (
    "attachable",
    "config_from",
    "config_only",
    "enable_ipv4",
    "enable_ipv6",
    "ingress",
    "internal",
    "ipam_driver",
    "name",
    "scope",
)


def bring_about(call: engine.Call) -> engine.Outcome:
    params = call.params
    pools = None
    if params["ipam_config"] is not None:
        pools = [
            IpamPool(
                subnet=pool["subnet"],
                ip_range=pool["iprange"],
                gateway=pool["gateway"],
                aux_addresses=pool["aux_addresses"],
            )
            for pool in params["ipam_config"]
        ]
    wanted = NetworkSpec(
        driver_options=engine.texts(params["driver_options"], "driver_options"),
        ipam_driver_options=engine.texts(params["ipam_driver_options"], "ipam_driver_options"),
        ipam_config=pools,
        labels=engine.labels(params["labels"]),
        **{name: params[name] for name in SAME},
        # The engine calls the driver of a mere configuration by a name of its own.
        driver=None if params["config_only"] else params["driver"],
    )
    kind = NetworkKind(
        # The option is never None, and an empty one leaves the containers alone.
        connected=params["connected"] or None,
        appends=params["appends"],
        force=params["force"],
    )
    return call.reconcile(kind, wanted)


def main() -> None:
    engine.ensure_module("network", ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
