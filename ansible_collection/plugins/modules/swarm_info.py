#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_info
short_description: Tell everything about a swarm
version_added: 0.1.0
description:
  - Returns what a manager of a swarm knows about it, and if wanted about its nodes, services and tasks.
  - Fails where the engine is no manager; what it is then, is returned as well.
  - RV(swarm_facts) holds the tokens by which engines join, so what is returned is nothing to be shown.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  nodes:
    description: Whether to list the nodes.
    type: bool
    default: false
  nodes_filters:
    description: Which nodes to list, such as V(manager) as C(role).
    type: dict
  services:
    description: Whether to list the services.
    type: bool
    default: false
  services_filters:
    description: Which services to list, such as V(shop_) as C(name), with which the names begin.
    type: dict
  tasks:
    description: Whether to list the tasks.
    type: bool
    default: false
  tasks_filters:
    description: Which tasks to list, such as V(running) as C(desired-state).
    type: dict
  unlock_key:
    description: Whether to return the key that managers need after a restart.
    type: bool
    default: false
  verbose_output:
    description: Whether nodes, services and tasks are told with everything that the engine knows about them.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_swarm_info
"""

EXAMPLES = r"""
- name: Look at the swarm and its nodes
  pytest_engine.engine.swarm_info:
    nodes: true
    nodes_filters:
      role: manager
  register: looked_at

- name: Show who leads
  ansible.builtin.debug:
    msg: "{{ looked_at.nodes | selectattr('ManagerStatus', 'equalto', 'Leader') | map(attribute='Hostname') }}"
"""

RETURN = r"""
can_talk_to_docker:
  description: Whether the engine answers.
  returned: always
  type: bool
  sample: true
docker_swarm_active:
  description: Whether the engine is a node of a swarm.
  returned: always
  type: bool
  sample: true
docker_swarm_manager:
  description: Whether it is a manager. Only then the module does not fail.
  returned: always
  type: bool
  sample: true
swarm_facts:
  description: The swarm as the engine describes it, with the tokens by which engines join.
  returned: success
  type: dict
  sample:
    ID: abajmipo7b4xz5ip2nrla6b11
    Spec:
      Name: default
swarm_unlock_key:
  description: The key that managers need after a restart. Null where they need none.
  returned: success and O(unlock_key=true)
  type: str
  sample: SWMKEY-1-xxx
nodes:
  description: The nodes, each in a few words, or with O(verbose_output=true) as the engine describes it.
  returned: success and O(nodes=true)
  type: list
  elements: dict
  sample:
    - Availability: active
      EngineVersion: 28.5.2
      Hostname: one.example
      ID: 24ifsmvkjbyhk
      ManagerStatus: Leader
      Status: ready
services:
  description: The services likewise.
  returned: success and O(services=true)
  type: list
  elements: dict
  sample:
    - ID: 9mnpnzenvg8p8tdbtq4wvbkcz
      Image: nginx
      Mode: Replicated
      Name: shop_web
      Ports: []
      Replicas: 2
tasks:
  description: The tasks likewise.
  returned: success and O(tasks=true)
  type: list
  elements: dict
  sample:
    - ContainerID: 1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d
      CurrentState: running
      DesiredState: running
      Error:
      ID: 0kzzo1i0y4jz6027t0k7aezc7
      Image: nginx
      Node: one.example
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import (
    engine,
    swarm_report,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "nodes": {"type": "bool", "default": False},
    "nodes_filters": {"type": "dict"},
    "services": {"type": "bool", "default": False},
    "services_filters": {"type": "dict"},
    "tasks": {"type": "bool", "default": False},
    "tasks_filters": {"type": "dict"},
    "unlock_key": {"type": "bool", "default": False, "no_log": False},
    "verbose_output": {"type": "bool", "default": False},
}


def main() -> None:
    known: dict[str, Any] = dict(swarm_report.UNKNOWN)
    engine.run_module(
        ARGUMENTS,
        when_led(lambda call: swarm_report.look(call, known)),
        failed=lambda _error: known,
    )


if __name__ == "__main__":
    main()
