#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: stack
short_description: Bring about a stack in a swarm
version_added: 0.1.0
description:
  - Deploys what a Compose file describes as services of a swarm, with their networks, secrets and configs, in this
    order, and removes it. It does so by calls of the Engine API, without the docker command.
  - What the file states is what services have; what it does not state any more, they lose, and their C(replicas)
    become one. The ways in which tasks are replaced and are tested, what becomes of their logs, and C(init) stay as
    they are where the file does not state them.
  - Where a service has no C(restart_policy) in C(deploy), C(restart) stands for it. With C(no) a swarm starts tasks
    again all the same, as it does by default, and a warning says that it counts for nothing.
  - A warning names what else the file says that counts for nothing in a swarm, such as C(build). What nobody knows,
    and what a stack cannot have, is refused.
  - A service that has a name of the stack's, but not its label C(com.docker.stack.namespace), belongs to somebody else.
    It is refused before anything is changed, and so is a secret or a config, unless it is known to have the same
    content, or is C(external). Then it is used as it is, whosever it is.
  - Another content of a secret or a config needs another name for it, as services use the one that is there.
  - The engine has to be a manager of a swarm.
requirements:
  - PyYAML, for files that are not JSON
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
options:
  absent_retries:
    description: With O(state=absent), how often to look again whether everything is gone, and to remove what is not.
    type: int
    default: 0
  absent_retries_interval:
    description: How many seconds are between two of these looks.
    type: int
    default: 1
  cli_context:
    description:
      - The context of the docker command that leads to the engine, in place of O(docker_host).
      - It says as well how the connection is encrypted. O(tls), O(validate_certs) and O(tls_hostname) are not looked at
        then, and files for TLS are refused.
    type: str
  compose:
    description:
      - Compose files on the target, by their paths, or definitions in their place. Required with O(state=present).
      - Later ones are laid over earlier ones, however each writes it. Mappings such as C(environment) are merged, lists
        made longer, and the rest is replaced; so is a volume at the same path, a secret or config that is the same one,
        and C(logging) with another driver. A section without a value, such as C(services:), takes nothing away.
      - Paths in them are relative to the folder of the first file. C(${NAME}) stands for a variable of the target's
        environment.
      - Files are YAML 1.2, where C(22:22) and C(on) are texts. A definition in a playbook is what Ansible makes of it,
        and takes them for a number and for true; write them in quotes there.
    type: list
    elements: raw
    default: []
  detach:
    description: Whether not to wait until the tasks of all services run.
    type: bool
    default: true
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
    description: The name of the stack, which the names of everything in it begin with.
    type: str
    required: true
  prune:
    description:
      - Whether to remove services of the stack that the file does not have any more.
      - It fails for files without any services where the stack has some. To remove all, there is O(state=absent).
    type: bool
    default: false
  resolve_image:
    description:
      - When to ask the registry for the digest of an image, so that all nodes run the same; V(changed) means when its
        name is another one.
      - Without it, this is V(always). A registry that does not answer is a warning.
    type: str
    choices:
      - always
      - changed
      - never
  state:
    description:
      - With V(present) the stack is as O(compose) says.
      - With V(absent) nothing of it is left but volumes on nodes.
    type: str
    default: present
    choices:
      - present
      - absent
  wait_timeout:
    description: How many seconds to wait at most for each service, with O(detach=false).
    type: float
    default: 300
  with_registry_auth:
    description:
      - Whether to warn where the target has no login to the registry of an image.
      - Logins that it has are handed to the nodes in any case, as they cannot pull without.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_stack
"""

EXAMPLES = r"""
- name: A stack from a file on the target, whose images the nodes have
  pytest_engine.engine.stack:
    name: shop
    compose:
      - /srv/shop/stack.yml
    resolve_image: never

- name: The same with something else laid over, once its tasks run
  pytest_engine.engine.stack:
    name: shop
    compose:
      - /srv/shop/stack.yml
      - services:
          web:
            environment:
              STAGE: production
    resolve_image: never
    prune: true
    detach: false

- name: No stack
  pytest_engine.engine.stack:
    name: shop
    state: absent
    absent_retries: 10
"""

RETURN = r"""
stack_spec_diff:
  description:
    - What is changed of each service, before and after.
    - The module of community.docker returns a text in the JSON of jsondiff, which is not one form for all changes.
  returned: success, and if O(detach=false) fails; if something changed
  type: dict
  sample:
    shop_web:
      after:
        exists: true
        replicas: 2
      before:
        exists: true
        replicas: 1
services:
  description: The services of the stack as the engine describes them.
  returned: success, and if O(detach=false) fails
  type: list
  elements: dict
  sample:
    - ID: 9mnpnzenvg8p8tdbtq4wvbkcz
      Spec:
        Name: shop_web
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success, and if O(detach=false) fails
  type: list
  elements: str
  sample:
    - create network shop_default
    - create service shop_web
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, stack_options

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    **stack_options.CONTEXT,
    "absent_retries": {"type": "int", "default": 0},
    "absent_retries_interval": {"type": "int", "default": 1},
    "compose": {"type": "list", "elements": "raw", "default": []},
    "detach": {"type": "bool", "default": True},
    "name": {"type": "str", "required": True},
    "prune": {"type": "bool", "default": False},
    "resolve_image": {"type": "str", "choices": ["always", "changed", "never"]},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "wait_timeout": {"type": "float", "default": 300},
    "with_registry_auth": {"type": "bool", "default": False},
}


def main() -> None:
    known: dict[str, Any] = {}
    engine.run_module(
        ARGUMENTS,
        lambda call: stack_options.bring_about(call, known),
        failed=lambda _error: known,
        mutually_exclusive=stack_options.CONTEXT_RULES,
    )


if __name__ == "__main__":
    main()
