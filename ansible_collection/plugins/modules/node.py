#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: node
short_description: Bring about the role, the availability and the labels of a node of a swarm
version_added: 0.1.0
description:
  - Makes a node a manager or a worker, lets it take tasks or not, and labels it.
  - Nodes come and go with M(pytest_engine.engine.swarm). The engine that is spoken to has to be a manager.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
options:
  hostname:
    description: The host name of the node, or its id, where several have the name.
    type: str
    required: true
  availability:
    description:
      - Whether the node gets tasks (V(active)), keeps those that it has (V(pause)), or loses these as well (V(drain)).
      - Where the task does not say it, it stays as it is.
    type: str
    choices:
      - active
      - pause
      - drain
  labels:
    description:
      - Labels by name, for services to choose nodes by.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  labels_state:
    description:
      - With V(merge) other labels than O(labels) stay as they are.
      - With V(replace) O(labels) are all there are, none if none is named.
    type: str
    default: merge
    choices:
      - merge
      - replace
  labels_to_remove:
    description: Names of labels that the node is not to have, unless O(labels) names them as well.
    type: list
    elements: str
  role:
    description: What the node is in the swarm. Where the task does not say it, it stays what it is.
    type: str
    choices:
      - manager
      - worker
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_node
"""

EXAMPLES = r"""
- name: A node for databases
  pytest_engine.engine.node:
    hostname: one.example
    labels:
      disk: ssd

- name: No tasks on it while it is worked at
  pytest_engine.engine.node:
    hostname: one.example
    availability: drain

- name: Tasks on it again, and no label disk
  pytest_engine.engine.node:
    hostname: one.example
    availability: active
    labels_to_remove:
      - disk
"""

RETURN = r"""
node:
  description: The node as the engine describes it.
  returned: success
  type: dict
  sample:
    Description:
      Hostname: one.example
    ID: 24ifsmvkjbyhk
    Spec:
      Availability: active
      Labels:
        disk: ssd
      Role: worker
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - update node one.example
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.nodes import (
    NodeKind,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.swarm import NodeSpec

ARGUMENTS = {
    "hostname": {"type": "str", "required": True},
    "availability": {"type": "str", "choices": ["active", "pause", "drain"]},
    "labels": {"type": "dict"},
    "labels_state": {"type": "str", "default": "merge", "choices": ["merge", "replace"]},
    "labels_to_remove": {"type": "list", "elements": "str"},
    "role": {"type": "str", "choices": ["manager", "worker"]},
}


def bring_about(call: engine.Call) -> engine.Outcome:
    params = call.params
    wanted = NodeSpec(
        params["hostname"],
        labels=engine.labels(params["labels"]),
        keeps_labels=params["labels_state"] == "merge",
        labels_to_remove=params["labels_to_remove"] or (),
        role=params["role"],
        availability=params["availability"],
    )
    return call.reconcile(NodeKind(), wanted, "present")


def main() -> None:
    engine.ensure_module("node", ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
