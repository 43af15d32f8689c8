#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: Tell everything about networks
version_added: 0.1.0
description:
  - Returns what the engine knows about one network, about several, or about all that match.
  - Exactly one of O(name), O(names) and O(filters) is required.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the network, its id, or the beginning of its id.
    type: str
  names:
    description: The same for several.
    type: list
    elements: str
  filters:
    description:
      - Looks for all that match, in one request, such as V(tier=web) as C(label) or V(true) as C(dangling).
        With an empty dictionary these are all there are.
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_network_info
"""

EXAMPLES = r"""
- name: Look at a network
  pytest_engine.engine.network_info:
    name: backend
  register: looked_at

- name: Say so where there is none
  ansible.builtin.debug:
    msg: There is no network backend.
  when: not looked_at.exists

- name: Look at several
  pytest_engine.engine.network_info:
    names:
      - backend
      - other
  register: several

- name: Find those that nothing uses
  pytest_engine.engine.network_info:
    filters:
      dangling: true
  register: unused

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ unused.networks | map(attribute='Name') }}"
"""

RETURN = r"""
exists:
  description: Whether there is such a network.
  returned: success and O(name) is stated
  type: bool
  sample: true
network:
  description: The network as the engine describes it. V(none) where there is no such network.
  returned: success and O(name) is stated
  type: dict
  sample:
    Driver: bridge
    Id: 0c6f8a1b2d3e4f5061728394a5b6c7d8e9f00112233445566778899aabbccdde
    Internal: false
    Name: backend
    Scope: local
networks:
  description:
    - Those of O(names) that there are, in this order, or those that match O(filters).
    - What matches is told without the containers on it.
  returned: success and O(names) or O(filters) is stated
  type: list
  elements: dict
  sample: []
missing:
  description: Those of O(names) that there are not.
  returned: success and O(names) is stated
  type: list
  elements: str
  sample: []
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, info
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.networks import (  # pylint: disable=unused-import
    Networks,  # noqa: F401  # so that Ansible packs it
)

if TYPE_CHECKING:
    from typing import Any


def ways(call: engine.Call) -> tuple[Any, Any]:
    networks = call.engine.networks
    return networks.inspect, lambda filters: networks.list(filters=filters)


def main() -> None:
    info.run("network", ways)


if __name__ == "__main__":
    main()
