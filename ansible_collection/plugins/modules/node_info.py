#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: node_info
short_description: Tell everything about nodes of a swarm
version_added: 0.1.0
description:
  - Returns what a manager of a swarm knows about all nodes, about some, or about itself.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description:
      - The nodes, by their host names or ids. Without any, these are all there are.
      - It is not looked at with O(self=true).
    type: list
    elements: str
  self:
    description: Whether to tell about the node that the engine itself is.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_node_info
"""

EXAMPLES = r"""
- name: Look at all nodes
  pytest_engine.engine.node_info:
  register: all_nodes

- name: Look at some
  pytest_engine.engine.node_info:
    name: "{{ all_nodes.nodes | map(attribute='ID') }}"

- name: Look at the one that is asked
  pytest_engine.engine.node_info:
    self: true
"""

RETURN = r"""
nodes:
  description: The nodes as the engine describes them. Those of O(name) that there are, in this order.
  returned: success
  type: list
  elements: dict
  sample:
    - Description:
        Hostname: one.example
      ID: 24ifsmvkjbyhk
      Spec:
        Availability: active
        Role: manager
missing:
  description: Those of O(name) that there are not.
  returned: success
  type: list
  elements: str
  sample: []
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.nodes import (  # pylint: disable=unused-import
    Nodes,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.system import (  # pylint: disable=unused-import
    System,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    look_up,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "list", "elements": "str"},
    "self": {"type": "bool", "default": False},
}


def look(call: engine.Call) -> dict[str, Any]:
    names, nodes = call.params["name"], call.engine.nodes
    if call.params["self"]:
        # An engine in no swarm has no such id; what it answers then says so.
        names = [call.engine.system.info().get("Swarm", {}).get("NodeID") or "self"]
    elif not names:
        return {"nodes": nodes.list(), "missing": []}
    found, missing = look_up(nodes.inspect, names)
    return {"nodes": found, "missing": missing}


def main() -> None:
    engine.read_module(ARGUMENTS, when_led(look))


if __name__ == "__main__":
    main()
