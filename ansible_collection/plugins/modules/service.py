#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: service
short_description: Bring about a service with a life on a swarm
version_added: 0.1.0
description:
  - Creates, starts, scales, updates, redeploys, stops and terminates a service that is in one of ten states at
    any time, such as V(Not running), V(Running), V(Partly running) or V(Stopped).
  - What a swarm's service has no place for is recorded in its labels. Services that were not made by this module
    are left alone.
  - Attributes that are not stated stay as they are, and have their defaults in a service that is made.
  - The engine has to be a manager of a swarm.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(state=redeployed), which replaces its containers each time.
options:
  name:
    description: The name of the service. It cannot be changed.
    type: str
    required: true
  state:
    description:
      - With V(present) the service is there at the end, and is what is stated. A new one is not started.
      - With V(started) its containers run as well.
      - With V(redeployed) they are replaced. This is a change every time.
      - With V(stopped) it has no containers. Its volumes stay; the logs of the containers do not.
      - With V(absent) it is terminated, with its volumes on the manager that is spoken to. Where one of these is in use
        for longer than O(wait_timeout) the module fails. What is left of the volumes of a service that is gone is
        removed the next time.
    type: str
    default: started
    choices:
      - absent
      - present
      - redeployed
      - started
      - stopped
  image:
    description: What its containers run. Required for a service that is not there yet.
    type: str
  target_num_containers:
    description:
      - How many containers to run; V(1) in a new service.
      - A service that runs is brought to its number also where somebody else has scaled it, or
        was killed while starting it.
    type: int
  run_command:
    description: The command, a text that is split into words as a shell would, or a list.
    type: raw
  entrypoint:
    description: What the command is handed to, in the same forms.
    type: raw
  container_ports:
    description: The ports of its containers.
    type: list
    elements: dict
    suboptions:
      inner_port:
        description: The port in the container.
        type: int
        required: true
      outer_port:
        description:
          - The port of each node that has a container. A node can have no more than one then.
          - One that is free where only O(container_ports[].published) is stated.
        type: int
      protocol:
        description: The protocol.
        type: str
        default: tcp
        choices:
          - tcp
          - udp
      published:
        description: Whether the port is published at all; by default if an outer port is stated.
        type: bool
  container_envvars:
    description: Environment variables by name. Numbers with a fraction are refused, as YAML reads V(3.10) as 3.1; quote them.
    type: dict
  linked_to_service:
    description: Services whose variables and ports it is told in variables of its own.
    type: list
    elements: dict
    suboptions:
      to_service:
        description: The name or uuid of the service.
        type: str
        required: true
      name:
        description: What its variables begin with; the service's name by default.
        type: str
  bindings:
    description: What is mounted into its containers.
    type: list
    elements: dict
    suboptions:
      container_path:
        description: Where. Each container has a volume of its own there.
        type: str
      host_path:
        description: A path of the node to mount instead.
        type: str
      rewritable:
        description: Whether it can be written to.
        type: bool
        default: true
      volumes_from:
        description: Instead, the name or uuid of a service whose volumes are mounted where that has them.
        type: str
  autorestart:
    description: Whether containers that end are started again; V(OFF) in a new service.
    type: str
    choices: ['OFF', ON_FAILURE, ALWAYS]
  autodestroy:
    description: Whether the watcher (C(python -m pytest_engine watch)) terminates the service when its containers have ended.
    type: str
    choices: ['OFF', ON_SUCCESS, ALWAYS]
  autoredeploy:
    description: Whether the watcher redeploys the service when its image changes in the registry.
    type: bool
  sequential_deployment:
    description: Whether containers are started and replaced one after the other.
    type: bool
  deployment_strategy:
    description:
      - Which node gets a container.
      - V(EMPTIEST_NODE), as in a new service, is the one with the fewest containers of all services.
      - V(HIGH_AVAILABILITY) is the one with the fewest of this service.
      - V(EVERY_NODE) gives one to every node, also to those to come. It cannot be changed to or from, nor scaled.
    type: str
    choices: [EMPTIEST_NODE, HIGH_AVAILABILITY, EVERY_NODE]
  tags:
    description: Labels that its nodes have to have, with the value V(true).
    type: list
    elements: str
  net:
    description: The network of its containers. With V(bridge) services reach each other by name.
    type: str
    choices: [bridge, host]
  network:
    description:
      - The overlay network that services with O(net=bridge) share. It is made if it is missing.
      - V(services) for a service that is made. One that is there stays on its own unless another one is stated.
    type: str
  working_dir:
    description: Where its processes start.
    type: str
  nickname:
    description: A name for people.
    type: str
  memory:
    description: How much memory each container may have, in MB.
    type: int
  memory_swap:
    description: How much memory and swap together, in MB. Needs API 1.52.
    type: int
  labels:
    description: Labels of its containers. Numbers with a fraction are refused; quote them.
    type: dict
  user:
    description: The user, and after a colon the group, of its processes.
    type: str
  hostname:
    description: The host name of its containers.
    type: str
  domainname:
    description: The domain of the host name.
    type: str
  tty:
    description: Whether its processes have a terminal.
    type: bool
  stdin_open:
    description: Whether their standard input stays open.
    type: bool
  read_only:
    description: Whether the file systems of its containers cannot be written to.
    type: bool
  dns:
    description: Name servers.
    type: list
    elements: str
  dns_search:
    description: Domains in which names are looked for.
    type: list
    elements: str
  cap_add:
    description: Capabilities beyond the engine's default.
    type: list
    elements: str
  cap_drop:
    description: Capabilities that are taken away.
    type: list
    elements: str
  extra_hosts:
    description: Further hosts as C(name:address).
    type: list
    elements: str
  security_opt:
    description: Labeling schemes, such as V(label:disable) or V(label:user:USER).
    type: list
    elements: str
  stack:
    description: The stack that it belongs to.
    type: str
  reuse_volumes:
    description: Whether containers that are replaced with O(state=redeployed) keep their volumes.
    type: bool
    default: true
  wait:
    description:
      - Whether to wait until all containers run, or have ended with success. With O(state=absent) it is waited in any
        case until they are gone, because only then their volumes can be removed.
      - If they do not, the module fails, with what the swarm says of them.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most, for each of the steps.
    type: float
    default: 60
author:
  - The pytest-engine contributors (@pytest-engine)
"""

EXAMPLES = r"""
- name: A service of three containers, each on the emptiest node, at a port that is free there
  pytest_engine.engine.service:
    name: web
    image: nginx:1
    target_num_containers: 3
    container_ports:
      - inner_port: 80
        published: true
    autorestart: ON_FAILURE

- name: One more
  pytest_engine.engine.service:
    name: web
    target_num_containers: 4

- name: All of them anew, with empty volumes
  pytest_engine.engine.service:
    name: web
    state: redeployed
    reuse_volumes: false

- name: No service
  pytest_engine.engine.service:
    name: web
    state: absent
"""

RETURN = r"""
service:
  description:
    - The service, with all of its attributes, as it is at the end. Empty where there is none.
    - Its variables are among them.
  returned: success
  type: dict
  sample:
    current_num_containers: 3
    name: web
    running_num_containers: 3
    state: Running
    synchronized: true
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create service web
    - start service web
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.service.kind import (
    ServiceKind,
    ServiceWanted,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.refusals import (
    refuse_fractions,
)

TEXT = {"type": "str"}
NUMBER = {"type": "int"}
FLAG = {"type": "bool"}
TEXTS = {"type": "list", "elements": "str"}
ATTRIBUTES = {
    "image": TEXT,
    "target_num_containers": NUMBER,
    "run_command": {"type": "raw"},
    "entrypoint": {"type": "raw"},
    "container_ports": {
        "type": "list",
        "elements": "dict",
        "options": {
            "inner_port": {"type": "int", "required": True},
            "outer_port": NUMBER,
            "protocol": {"type": "str", "default": "tcp", "choices": ["tcp", "udp"]},
            "published": FLAG,
        },
    },
    "container_envvars": {"type": "dict"},
    "linked_to_service": {
        "type": "list",
        "elements": "dict",
        "options": {"to_service": {"type": "str", "required": True}, "name": TEXT},
    },
    "bindings": {
        "type": "list",
        "elements": "dict",
        "options": {
            "container_path": TEXT,
            "host_path": TEXT,
            "rewritable": {"type": "bool", "default": True},
            "volumes_from": TEXT,
        },
    },
    "autorestart": {"type": "str", "choices": ["OFF", "ON_FAILURE", "ALWAYS"]},
    "autodestroy": {"type": "str", "choices": ["OFF", "ON_SUCCESS", "ALWAYS"]},
    "autoredeploy": FLAG,
    "sequential_deployment": FLAG,
    "deployment_strategy": {
        "type": "str",
        "choices": ["EMPTIEST_NODE", "HIGH_AVAILABILITY", "EVERY_NODE"],
    },
    "tags": TEXTS,
    "net": {"type": "str", "choices": ["bridge", "host"]},
    "working_dir": TEXT,
    "nickname": TEXT,
    "memory": NUMBER,
    "memory_swap": NUMBER,
    "labels": {"type": "dict"},
    "user": TEXT,
    "hostname": TEXT,
    "domainname": TEXT,
    "tty": FLAG,
    "stdin_open": FLAG,
    "read_only": FLAG,
    "dns": TEXTS,
    "dns_search": TEXTS,
    "cap_add": TEXTS,
    "cap_drop": TEXTS,
    "extra_hosts": TEXTS,
    "security_opt": TEXTS,
    "stack": TEXT,
}
ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "state": {
        "type": "str",
        "default": "started",
        "choices": ["absent", "present", "redeployed", "started", "stopped"],
    },
    "network": TEXT,
    "reuse_volumes": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 60},
    **ATTRIBUTES,
}


def bring_about(call: engine.Call) -> engine.Outcome:
    params = call.params
    refuse_fractions(params, "container_envvars", "labels")
    stated = {name: params[name] for name in ATTRIBUTES if params[name] is not None}
    for name in ("container_envvars", "labels"):
        if name in stated:
            stated[name] = engine.texts(stated[name], name)
    kind = ServiceKind(
        reuse_volumes=params["reuse_volumes"],
        wait=params["wait"],
        timeout=params["wait_timeout"],
    )
    return call.reconcile(kind, ServiceWanted(params["name"], stated, params["network"]))


def main() -> None:
    engine.ensure_module("service", ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
