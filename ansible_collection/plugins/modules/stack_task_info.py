#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_task_info
short_description: List the tasks of a stack
version_added: 0.1.0
description:
  - Returns the tasks of the services of a stack, also those that have ended.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  cli_context:
    description:
      - The context of the docker command that leads to the engine, in place of O(docker_host).
      - It says as well how the connection is encrypted. O(tls), O(validate_certs) and O(tls_hostname) are not looked at
        then, and files for TLS are refused.
    type: str
  docker_cli:
    description: Has no effect, as the docker command is not used. It is there for playbooks that state it.
    type: path
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or C(ssh://user@host).
      - Where the task does not say it, the environment variable E(DOCKER_HOST) of the target does, and else it is
        C(unix:///var/run/docker.sock).
    type: str
    default: null
    aliases:
      - docker_url
  name:
    description: The name of the stack.
    type: str
    required: true
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_stack_task_info
"""

EXAMPLES = r"""
- name: Look at the tasks of a stack
  pytest_engine.engine.stack_task_info:
    name: shop
  register: shop_tasks

- name: Show what hinders them
  ansible.builtin.debug:
    msg: "{{ shop_tasks.results | map(attribute='Error') | select }}"
"""

RETURN = r"""
results:
  description: The tasks, by their names. C(CurrentState) is the state alone, without the time since when.
  returned: success
  type: list
  elements: dict
  sample:
    - CurrentState: Running
      DesiredState: Running
      Error: ''
      ID: 7wqv6m02ugkw
      Image: busybox
      Name: shop_web.1
      Node: one.example
      Ports: ''
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, stack_options
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.stack_looking import (
    list_stack_tasks,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    **stack_options.CONTEXT,
    "name": {"type": "str", "required": True},
}


def look(call: engine.Call) -> dict[str, Any]:
    return {"results": list_stack_tasks(call.engine, call.params["name"])}


def main() -> None:
    engine.read_module(ARGUMENTS, when_led(look), mutually_exclusive=stack_options.CONTEXT_RULES)


if __name__ == "__main__":
    main()
