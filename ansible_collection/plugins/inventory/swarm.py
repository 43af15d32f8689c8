# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: swarm
short_description: The nodes of a swarm as hosts
version_added: 0.1.0
description:
  - Makes a host of each node of a swarm, by its id, with its address as C(ansible_host) where the manager knows one.
  - The groups are C(manager) and C(worker), and C(leader) and C(nonleaders).
  - It takes files whose names end in C(swarm.yml), or in C(.yaml) instead. The engine, which has to be a manager,
    is asked once for all nodes.
  - The name P(pytest_engine.engine.docker_swarm#inventory) leads here, too.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - pytest_engine.engine.engine.plugin
options:
  plugin:
    description: The name of this plugin, by which it knows its files.
    type: str
    required: true
    choices:
      - pytest_engine.engine.swarm
      - pytest_engine.engine.docker_swarm
  timeout:
    description: How many seconds to wait for an answer of the engine.
    type: int
    default: 60
    aliases:
      - time_out
  verbose_output:
    description: Whether C(docker_swarm_node_attributes) of each host is all that the manager knows of the node.
    type: bool
    default: true
  include_host_uri:
    description: Whether C(ansible_host_uri) of each host is where its engine would listen, as C(tcp://address:port).
    type: bool
    default: false
  include_host_uri_port:
    description:
      - The port in C(ansible_host_uri).
      - If it is not stated, it is V(2376) with O(tls) or O(validate_certs), and else V(2375).
    type: int
  filters:
    description:
      - Conditions that a node is tried with in their order. The first one that holds decides, and a node for
        which none does is a host.
      - They may use C(inventory_hostname) and what the manager knows of the node, such as C(Spec.Role).
      - One that gives a text, and neither true nor false, holds before ansible-core 2.19 if the text is not empty, and
        is refused from then on.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: A condition. A node for which it holds is a host. Either this or O(filters[].exclude).
        type: str
      exclude:
        description: A condition. A node for which it holds is none. Either this or O(filters[].include).
        type: str
  use_ssh_client:
    description: Has no effect. It is always the ssh client of the controller that connects to C(ssh://) engines.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - plugin: community.docker.docker_swarm
    plugin_type: inventory
"""

EXAMPLES = r"""
# shop.swarm.yml: the nodes that may run something, in groups by their labels.
plugin: pytest_engine.engine.swarm
docker_host: ssh://manager.example
strict: true
filters:
  - include: Spec.Availability == "active"
  - exclude: true
keyed_groups:
  - prefix: label
    key: Spec.Labels
compose:
  ansible_user: '"deploy"'
"""

import re
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.nodes import (  # pylint: disable=unused-import
    Nodes,  # noqa: F401  # whatever uses a resource imports it
)
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.hosts import (
    is_wanted,
    read_filters,
    untrusted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDINGS = re.compile(r"swarm\.ya?ml$")
GROUPS = ("manager", "worker", "leader", "nonleaders")
# Options of the connection that this plugin does not have, as they mean nothing here.
UNSTATED = {"debug": False}
# The usual ports of engines, for connections that are encrypted and for others.
ENCRYPTED = 2376
PLAIN = 2375


class InventoryModule(BaseInventoryPlugin, Constructable):  # type: ignore[misc]  # they have no annotations
    """Makes hosts of nodes."""

    NAME = "pytest_engine.engine.swarm"

    def verify_file(self, path: str) -> bool:
        """Tell whether a file is called like one for this plugin."""
        return bool(super().verify_file(path) and ENDINGS.search(path))

    def parse(
        self,
        inventory: Any,
        loader: Any,
        path: str,
        cache: bool = True,  # noqa: FBT001, FBT002  # Ansible's signature
    ) -> None:
        """Add the nodes of the swarm that the file names."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        filters = read_filters(self.get_option("filters"))
        for group in GROUPS:
            self.inventory.add_group(group)
        for node in self._ask():
            if is_wanted(self._compose, node["ID"], node, filters):
                self._add(node)

    def _ask(self) -> list[dict[str, Any]]:
        stated = {n: self.get_option(n) for n in engine.CONNECTION if n not in UNSTATED}
        try:
            with engine.connect({**UNSTATED, **stated}) as client:
                return [untrusted(dict(node)) for node in client.nodes.list()]
        except engine.errors.EngineError as error:
            raise AnsibleParserError(str(error)) from error

    def _add(self, node: Mapping[str, Any]) -> None:
        name, strict = str(node["ID"]), self.get_option("strict")
        leads = bool((node.get("ManagerStatus") or {}).get("Leader"))
        for group in (node["Spec"]["Role"], "leader" if leads else "nonleaders"):
            self.inventory.add_host(name, group=group)
        for variable, value in self._variables(node).items():
            self.inventory.set_variable(name, variable, value)
        self._set_composite_vars(self.get_option("compose"), node, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), node, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), node, name, strict=strict)

    def _variables(self, node: Mapping[str, Any]) -> dict[str, Any]:
        address = _address(node)
        variables: dict[str, Any] = {"ansible_host": untrusted(address)} if address else {}
        if address and self.get_option("include_host_uri"):
            port = self.get_option("include_host_uri_port") or self._usual_port()
            host = f"[{address}]" if ":" in address else address
            variables["ansible_host_uri"] = untrusted(f"tcp://{host}:{port}")
        if self.get_option("verbose_output"):
            variables["docker_swarm_node_attributes"] = node
        return variables

    def _usual_port(self) -> int:
        return ENCRYPTED if self.get_option("tls") or self.get_option("validate_certs") else PLAIN


def _address(node: Mapping[str, Any]) -> str:
    """The address of a node, or nothing; a manager may be told 0.0.0.0 as its own one."""
    address = str((node.get("Status") or {}).get("Addr") or "")
    if address in ("", "0.0.0.0", "::"):  # noqa: S104  # it is read
        manager = str((node.get("ManagerStatus") or {}).get("Addr") or "")
        address = manager.rpartition(":")[0].strip("[]") or address
    return address
