#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_service_info
short_description: Tell everything about services of a swarm
version_added: 0.1.0
description:
  - Returns what a manager of a swarm knows about a service, and its tasks if wanted.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the service, or its id.
    type: str
    required: true
  tasks:
    description: Whether to return the tasks of the service as well, which takes one more request.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_swarm_service_info
"""

EXAMPLES = r"""
- name: Look at a service
  pytest_engine.engine.swarm_service_info:
    name: shop_web
    tasks: true
  register: looked_at

- name: Say so where there is none
  ansible.builtin.debug:
    msg: There is no service shop_web.
  when: not looked_at.exists
"""

RETURN = r"""
exists:
  description: Whether there is such a service.
  returned: success
  type: bool
  sample: true
service:
  description: The service as the engine describes it. V(none) where there is no such service.
  returned: success
  type: dict
  sample:
    ID: 9mnpnzenvg8p8tdbtq4wvbkcz
    Spec:
      Name: shop_web
tasks:
  description: The tasks of the service as the engine describes them, also those that have ended.
  returned: success and O(tasks=true)
  type: list
  elements: dict
  sample: []
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.services import (  # pylint: disable=unused-import
    Services,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.tasks import (  # pylint: disable=unused-import
    Tasks,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    look_up,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tasks": {"type": "bool", "default": False},
}


def look(call: engine.Call) -> dict[str, Any]:
    found, _missing = look_up(call.engine.services.inspect, [call.params["name"]])
    result: dict[str, Any] = {"exists": bool(found), "service": found[0] if found else None}
    if call.params["tasks"]:
        tasks = call.engine.tasks
        result["tasks"] = tasks.list(filters={"service": found[0]["ID"]}) if found else []
    return result


def main() -> None:
    engine.read_module(ARGUMENTS, when_led(look))


if __name__ == "__main__":
    main()
