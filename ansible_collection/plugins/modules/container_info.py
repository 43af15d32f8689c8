#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_info
short_description: Tell everything about containers
version_added: 0.1.0
description:
  - Returns what the engine knows about one container, about several, or about all that match.
  - Exactly one of O(name), O(names) and O(filters) is required.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the container, its id, or the beginning of its id.
    type: str
  names:
    description: The same for several.
    type: list
    elements: str
  filters:
    description:
      - Looks for all that match, such as V(tier=web) as C(label) or V(exited) as C(status), whether they run or not.
        With an empty dictionary these are all there are.
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_container_info
"""

EXAMPLES = r"""
- name: Look at a container
  pytest_engine.engine.container_info:
    name: web
  register: web

- name: Show its address
  ansible.builtin.debug:
    msg: "{{ web.container.NetworkSettings.Networks | dict2items | map(attribute='value.IPAddress') | list }}"
  when: web.exists

- name: Look at several
  pytest_engine.engine.container_info:
    names:
      - web
      - database
  register: several

- name: Stop where one of them is not there
  ansible.builtin.assert:
    that: several.missing | length == 0

- name: Find those of a project that ended
  pytest_engine.engine.container_info:
    filters:
      label: com.example.project=shop
      status: exited
  register: ended

- name: Show their exit codes
  ansible.builtin.debug:
    msg: "{{ ended.containers | map(attribute='State.ExitCode') }}"
"""

RETURN = r"""
exists:
  description: Whether there is such a container.
  returned: success and O(name) is stated
  type: bool
  sample: true
container:
  description: The container as the engine describes it. V(none) where there is no such container.
  returned: success and O(name) is stated
  type: dict
  sample:
    Id: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    Name: /web
    State:
      Running: true
      Status: running
containers:
  description:
    - Those of O(names) that there are, in this order, or those that match O(filters), the newest first.
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
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    look_up,
)

if TYPE_CHECKING:
    from typing import Any


def ways(call: engine.Call) -> tuple[Any, Any]:
    containers = call.engine.containers

    def find(filters: Any) -> list[Any]:
        listed = containers.list(all=True, filters=filters)
        found: list[Any] = look_up(containers.inspect, [one["Id"] for one in listed])[0]
        return found

    return containers.inspect, find


def main() -> None:
    info.run("container", ways)


if __name__ == "__main__":
    main()
