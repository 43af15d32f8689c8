#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_info
short_description: List the stacks of a swarm
version_added: 0.1.0
description:
  - Returns the stacks of a swarm, and how many services each has.
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
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_stack_info
"""

EXAMPLES = r"""
- name: Look for stacks
  pytest_engine.engine.stack_info:
  register: stacks

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ stacks.results | map(attribute='Name') }}"
"""

RETURN = r"""
results:
  description: The stacks, by their names.
  returned: success
  type: list
  elements: dict
  sample:
    - Name: shop
      Namespace: ''
      Orchestrator: Swarm
      Services: '2'
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, stack_options
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.stack_looking import (
    list_stacks,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    **stack_options.CONTEXT,
}


def look(call: engine.Call) -> dict[str, Any]:
    return {"results": list_stacks(call.engine)}


def main() -> None:
    engine.read_module(ARGUMENTS, when_led(look), mutually_exclusive=stack_options.CONTEXT_RULES)


if __name__ == "__main__":
    main()
