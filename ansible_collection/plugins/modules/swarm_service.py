#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_service
short_description: Bring about a service of a swarm
version_added: 0.1.0
description:
  - Creates, updates and removes a service, and waits for its tasks.
  - Options that a task does not state leave an existing service as it is, also when something else is updated.
    An empty list or dictionary states that there are none.
  - The engine has to be a manager of a swarm.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(force_update=true), which replaces its tasks each time.
options:
  args:
    description: What the entrypoint of the image is given, in place of what the image says.
    type: list
    elements: str
  cap_add:
    description: Capabilities that tasks have more than others. Needs Engine API 1.41.
    type: list
    elements: str
  cap_drop:
    description: Capabilities that tasks lack. Needs Engine API 1.41.
    type: list
    elements: str
  command:
    description:
      - What runs in place of the entrypoint of the image, as a list or a text that is split as a shell would.
      - Words that are numbers or booleans have to be quoted.
      - If O(entrypoint) is stated, it is what that is given.
    type: raw
  configs:
    description: The configs that tasks see as files. They are not looked into; for another content they need another name.
    type: list
    elements: dict
    suboptions:
      config_id:
        description: The id of the config. Without it, the config is looked for by its name.
        type: str
      config_name:
        description: The name of the config.
        type: str
        required: true
      filename:
        description: The name of the file, which is O(configs[].config_name) if it is not stated.
        type: str
      gid:
        description: The id of the group that the file belongs to.
        type: str
      mode:
        description: The permissions of the file as an octal number with a leading zero, such as V(0444). It may be in quotes.
        type: raw
      uid:
        description: The id of the user that the file belongs to.
        type: str
  container_labels:
    description:
      - All labels of the containers of tasks, by name.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  credential_spec:
    description: Where the credentials of a group managed service account are. One of the three.
    type: dict
    suboptions:
      config:
        description: The name of the config that holds them.
        type: str
      file:
        description: The file on the nodes that holds them.
        type: str
      registry:
        description: The value in the registry of nodes with Windows that holds them.
        type: str
  dns:
    description: The servers that names are looked up at, in this order.
    type: list
    elements: str
  dns_options:
    description: Options for looking up names.
    type: list
    elements: str
  dns_search:
    description: The domains that short names are looked for in, in this order.
    type: list
    elements: str
  endpoint_mode:
    description: Whether the name of the service stands for one address for all tasks (V(vip)) or for one of each (V(dnsrr)).
    type: str
    choices:
      - vip
      - dnsrr
  entrypoint:
    description: What runs in place of the entrypoint of the image. With it, O(command) is what it is given.
    type: list
    elements: str
  env:
    description:
      - All variables of the environment, as a dictionary or as a list of C(NAME=value).
      - Values that YAML takes for something else than texts have to be quoted.
    type: raw
  env_files:
    description: Files on the target with a line C(NAME=value) for each variable. Later files win, and O(env) wins over all.
    type: list
    elements: path
  force_update:
    description: Whether to replace all tasks even if nothing differs.
    type: bool
    default: false
  groups:
    description: Further groups of the process, by name or id.
    type: list
    elements: str
  healthcheck:
    description:
      - How nodes find out whether a task is well. A task counts as running only then.
      - If it is empty, it is that of the image.
    type: dict
    suboptions:
      interval:
        description: The time between two tests, such as V(30s).
        type: str
      retries:
        description: After how many failures in a row a task is not well.
        type: int
      start_interval:
        description: The time between two tests in O(healthcheck.start_period). Needs Engine API 1.44.
        type: str
      start_period:
        description: The time in the beginning in which failures do not count, such as V(1m).
        type: str
      test:
        description:
          - The command, as a text for the shell, or as a list that begins with V(CMD) or V(CMD-SHELL).
          - With V(NONE) there is no test, also if the image has one.
        type: raw
      timeout:
        description: How long a test may take, such as V(5s).
        type: str
  hostname:
    description: The host name of the containers.
    type: str
  hosts:
    description: Addresses of further hosts, by their names.
    type: dict
  image:
    description:
      - The image of the tasks. Required with O(state=present).
      - What its registry had for its tag when the service was made is neither compared nor changed, unless O(resolve_image) says so.
    type: str
  init:
    description: Whether a small process runs first, which hands on signals and ends what is left over.
    type: bool
  labels:
    description:
      - All labels of the service, by name.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  limits:
    description: What a task may use at most.
    type: dict
    suboptions:
      cpus:
        description: How many processors, such as V(0.5). With V(0) there is no limit.
        type: float
      memory:
        description: How much memory, such as V(512M). With V(0) there is no limit.
        type: str
      pids:
        description: How many processes. With V(0) there is no limit. Needs Engine API 1.41.
        type: int
  logging:
    description: What becomes of what tasks write.
    type: dict
    suboptions:
      driver:
        description: The driver that gets it, such as V(json-file).
        type: str
      options:
        description: What the driver is told, by name. What another driver was told before goes with it.
        type: dict
  max_concurrent:
    description: With O(mode=replicated-job), how many tasks run at once.
    type: int
  mode:
    description:
      - Whether a number of tasks run (V(replicated)), or one on each node (V(global)); with C(-job) they are to complete.
      - A service of another mode is removed and created. Jobs need Engine API 1.41.
    type: str
    default: replicated
    choices:
      - replicated
      - global
      - replicated-job
      - global-job
  mounts:
    description: What is mounted into the containers of tasks.
    type: list
    elements: dict
    suboptions:
      driver_config:
        description: The driver that makes the volume, with O(mounts[].type=volume).
        type: dict
        suboptions:
          name:
            description: Its name.
            type: str
          options:
            description: What it is told, by name.
            type: dict
      labels:
        description: Labels of the volume that is made.
        type: dict
      no_copy:
        description: Whether a new volume is left empty, with O(mounts[].type=volume).
        type: bool
      propagation:
        description: How mounts below it spread, with O(mounts[].type=bind).
        type: str
        choices:
          - shared
          - slave
          - private
          - rshared
          - rslave
          - rprivate
      readonly:
        description: Whether tasks cannot write to it.
        type: bool
      source:
        description: The path on the node, or the name of the volume. A tmpfs has none; what is named is left out, with a warning.
        type: str
      target:
        description: The path in the container.
        type: str
        required: true
      tmpfs_mode:
        description: The permissions of the folder in memory, likewise as an octal number with a leading zero.
        type: raw
      tmpfs_size:
        description: The size of the folder in memory, such as V(64M).
        type: str
      type:
        description: What is mounted.
        type: str
        default: bind
        choices:
          - bind
          - volume
          - tmpfs
          - npipe
  name:
    description: The name of the service.
    type: str
    required: true
  networks:
    description:
      - The networks of the service, by name, or as dictionaries of C(name), C(aliases) and C(options).
      - With V(host) tasks use the network of their node.
    type: list
    elements: raw
  placement:
    description: Which nodes get tasks.
    type: dict
    suboptions:
      constraints:
        description: What holds of them, such as V(node.labels.disk == ssd).
        type: list
        elements: str
      preferences:
        description: What tasks are spread over, such as C(spread) with V(node.labels.rack).
        type: list
        elements: dict
      replicas_max_per_node:
        description: How many tasks a node gets at most. With V(0) there is no limit.
        type: int
  publish:
    description: The ports that are reached from outside.
    type: list
    elements: dict
    suboptions:
      mode:
        description: Whether all nodes lead to the tasks (V(ingress), which is usual) or each to its own (V(host)).
        type: str
        choices:
          - ingress
          - host
      protocol:
        description: The protocol.
        type: str
        default: tcp
        choices:
          - tcp
          - udp
          - sctp
      published_port:
        description: The port of the nodes. Without it, the swarm chooses one.
        type: int
      target_port:
        description: The port of the task.
        type: int
        required: true
  read_only:
    description: Whether tasks cannot write to the file system of their image.
    type: bool
  registry_auth:
    description:
      - The login to the registry of O(image), which nodes pull it with.
      - Without it, that of the Docker configuration of the target is used, if there is one.
    type: dict
    suboptions:
      username:
        description: The user.
        type: str
        required: true
      password:
        description: The password of the user, or a token in its place.
        type: str
        required: true
  replicas:
    description:
      - How many tasks run, or with O(mode=replicated-job) have to complete.
      - With V(-1) these are as many as there are, and V(1) for a new service.
      - It counts for nothing, which a warning says, where O(mode) means a task on each node.
    type: int
    default: -1
  reservations:
    description: What a node has to have free for a task.
    type: dict
    suboptions:
      cpus:
        description: How many processors, such as V(0.5). With V(0) nothing is kept free.
        type: float
      generic_resources:
        description: What nodes announce, as C(kind=number) or C(kind=name), such as V(gpu=2).
        type: list
        elements: str
      memory:
        description: How much memory, such as V(512M). With V(0) nothing is kept free.
        type: str
  resolve_image:
    description: Whether to ask the registry for the digest of O(image), and to replace the tasks if it is another one.
    type: bool
    default: false
  restart_config:
    description: What becomes of tasks that end.
    type: dict
    suboptions:
      condition:
        description: When they are started again.
        type: str
        choices:
          - none
          - on-failure
          - any
      delay:
        description: How long to wait before that, such as V(5s). A number alone is in nanoseconds.
        type: str
      max_attempts:
        description: How often at most. With V(0) there is no limit.
        type: int
      window:
        description: The time in which O(restart_config.max_attempts) are counted, such as V(2m). A number alone is in nanoseconds.
        type: str
  rollback_config:
    description: How tasks are replaced when an update is taken back.
    type: dict
    suboptions:
      delay:
        description: How long to wait between two of them, such as V(10s). A number alone is in nanoseconds.
        type: str
      failure_action:
        description: What to do when that fails.
        type: str
        choices:
          - continue
          - pause
      max_failure_ratio:
        description: Which part of the tasks may fail before it is one of failure.
        type: float
      monitor:
        description: How long a task is watched for failing after it was started, such as V(5s). A number alone is in nanoseconds.
        type: str
      order:
        description: Whether the old task ends first (V(stop-first)) or the new one starts first (V(start-first)).
        type: str
      parallelism:
        description: How many tasks are replaced at once. With V(0) these are all. Services that do not state it take V(1).
        type: int
  secrets:
    description: The secrets that tasks see as files. They are not looked into; for another content they need another name.
    type: list
    elements: dict
    suboptions:
      secret_id:
        description: The id of the secret. Without it, the secret is looked for by its name.
        type: str
      secret_name:
        description: The name of the secret.
        type: str
        required: true
      filename:
        description: The name of the file, which is O(secrets[].secret_name) if it is not stated.
        type: str
      gid:
        description: The id of the group that the file belongs to.
        type: str
      mode:
        description: The permissions of the file as an octal number with a leading zero, such as V(0444). It may be in quotes.
        type: raw
      uid:
        description: The id of the user that the file belongs to.
        type: str
  state:
    description:
      - With V(present) the service is there, with the properties that are named; others stay as they are.
      - With V(absent) it is not.
    type: str
    default: present
    choices:
      - present
      - absent
  stop_grace_period:
    description: How long a task may take to end before it is killed, such as V(30s).
    type: str
  stop_signal:
    description: The signal that tells a task to end.
    type: str
  sysctls:
    description: Parameters of the kernel for tasks, by name.
    type: dict
  tty:
    description: Whether tasks have a terminal.
    type: bool
  ulimits:
    description: Limits of processes, as C(name:soft:hard), such as V(nofile:1024:2048).
    type: list
    elements: str
  update_config:
    description: How tasks are replaced.
    type: dict
    suboptions:
      delay:
        description: How long to wait between two of them, such as V(10s). A number alone is in nanoseconds.
        type: str
      failure_action:
        description: What to do when an update fails.
        type: str
        choices:
          - continue
          - pause
          - rollback
      max_failure_ratio:
        description: Which part of the tasks may fail before it is one of failure.
        type: float
      monitor:
        description: How long a task is watched for failing after it was started, such as V(5s). A number alone is in nanoseconds.
        type: str
      order:
        description: Whether the old task ends first (V(stop-first)) or the new one starts first (V(start-first)).
        type: str
      parallelism:
        description: How many tasks are replaced at once. With V(0) these are all. Services that do not state it take V(1).
        type: int
  user:
    description: The user of the process, by name or id.
    type: str
  wait:
    description:
      - Whether to wait until all tasks run, or with a job have completed.
      - What no waiting will change, such as constraints that no node meets, is said at once.
      - A task that fails then tells as well what it did and how the service is, as far as it got.
    type: bool
    default: false
  wait_timeout:
    description: How many seconds to wait at most.
    type: float
    default: 300
  working_dir:
    description: The folder that the process begins in.
    type: str
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_swarm_service
"""

EXAMPLES = r"""
- name: A service, once its tasks run
  pytest_engine.engine.swarm_service:
    name: shop_web
    image: nginx
    replicas: 2
    env:
      STAGE: production
    publish:
      - target_port: 80
        published_port: 8080
        mode: host
    placement:
      replicas_max_per_node: 2
    update_config:
      order: stop-first
      failure_action: rollback
    labels:
      project: shop
    wait: true
    wait_timeout: 120

- name: A job on one node, and what it needs
  pytest_engine.engine.swarm_service:
    name: shop_migration
    image: shop:latest
    entrypoint:
      - sh
      - -c
    command:
      - echo migrated
    mode: replicated-job
    restart_config:
      condition: none
    placement:
      constraints:
        - node.role == manager
    wait: true
    wait_timeout: 120

- name: No service
  pytest_engine.engine.swarm_service:
    name: "{{ item }}"
    state: absent
  loop:
    - shop_web
    - shop_migration
"""

RETURN = r"""
swarm_service:
  description:
    - The service in the words of the options. Empty with O(state=absent).
    - Durations are in nanoseconds and sizes in bytes. Null stands for what is not stated, also for the mode of a port
      that is published by V(ingress) without the task naming it. C(credential_spec), C(generic_resources),
      C(limit_pids) and C(ulimits) are there only if the service has them.
    - In check mode it is the service as it would be. What the task names then has no ids yet, and an image no digest.
  returned: success, and if O(wait=true) fails
  type: dict
  sample:
    image: nginx
    labels:
      project: shop
    mode: replicated
    replicas: 2
    update_order: stop-first
service:
  description: The service as the engine describes it. Empty where there is none.
  returned: success, and if O(wait=true) fails
  type: dict
  sample:
    ID: 9mnpnzenvg8p8tdbtq4wvbkcz
    Spec:
      Name: shop_web
changes:
  description: The properties in which an existing service differed.
  returned: success, and if O(wait=true) fails
  type: list
  elements: str
  sample:
    - replicas
rebuilt:
  description: Whether the service was removed and created, or would be.
  returned: success, and if O(wait=true) fails
  type: bool
  sample: false
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success, and if O(wait=true) fails
  type: list
  elements: str
  sample:
    - update service shop_web
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import (
    engine,
    service_options,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "args": {"type": "list", "elements": "str"},
    "cap_add": {"type": "list", "elements": "str"},
    "cap_drop": {"type": "list", "elements": "str"},
    "command": {"type": "raw"},
    "configs": {
        "type": "list",
        "elements": "dict",
        "options": {
            "config_id": {"type": "str"},
            "config_name": {"type": "str", "required": True},
            "filename": {"type": "str"},
            "gid": {"type": "str"},
            "mode": {"type": "raw"},
            "uid": {"type": "str"},
        },
    },
    "container_labels": {"type": "dict"},
    "credential_spec": {
        "type": "dict",
        "options": {
            "config": {"type": "str"},
            "file": {"type": "str"},
            "registry": {"type": "str"},
        },
    },
    "dns": {"type": "list", "elements": "str"},
    "dns_options": {"type": "list", "elements": "str"},
    "dns_search": {"type": "list", "elements": "str"},
    "endpoint_mode": {"type": "str", "choices": ["vip", "dnsrr"]},
    "entrypoint": {"type": "list", "elements": "str"},
    "env": {"type": "raw"},
    "env_files": {"type": "list", "elements": "path"},
    "force_update": {"type": "bool", "default": False},
    "groups": {"type": "list", "elements": "str"},
    "healthcheck": {
        "type": "dict",
        "options": {
            "interval": {"type": "str"},
            "retries": {"type": "int"},
            "start_interval": {"type": "str"},
            "start_period": {"type": "str"},
            "test": {"type": "raw"},
            "timeout": {"type": "str"},
        },
    },
    "hostname": {"type": "str"},
    "hosts": {"type": "dict"},
    "image": {"type": "str"},
    "init": {"type": "bool"},
    "labels": {"type": "dict"},
    "limits": {
        "type": "dict",
        "options": {"cpus": {"type": "float"}, "memory": {"type": "str"}, "pids": {"type": "int"}},
    },
    "logging": {
        "type": "dict",
        "options": {"driver": {"type": "str"}, "options": {"type": "dict"}},
    },
    "max_concurrent": {"type": "int"},
    "mode": {
        "type": "str",
        "default": "replicated",
        "choices": ["replicated", "global", "replicated-job", "global-job"],
    },
    "mounts": {
        "type": "list",
        "elements": "dict",
        "options": {
            "driver_config": {
                "type": "dict",
                "options": {"name": {"type": "str"}, "options": {"type": "dict"}},
            },
            "labels": {"type": "dict"},
            "no_copy": {"type": "bool"},
            "propagation": {
                "type": "str",
                "choices": ["shared", "slave", "private", "rshared", "rslave", "rprivate"],
            },
            "readonly": {"type": "bool"},
            "source": {"type": "str"},
            "target": {"type": "str", "required": True},
            "tmpfs_mode": {"type": "raw"},
            "tmpfs_size": {"type": "str"},
            "type": {
                "type": "str",
                "default": "bind",
                "choices": ["bind", "volume", "tmpfs", "npipe"],
            },
        },
    },
    "name": {"type": "str", "required": True},
    "networks": {"type": "list", "elements": "raw"},
    "placement": {
        "type": "dict",
        "options": {
            "constraints": {"type": "list", "elements": "str"},
            "preferences": {"type": "list", "elements": "dict"},
            "replicas_max_per_node": {"type": "int"},
        },
    },
    "publish": {
        "type": "list",
        "elements": "dict",
        "options": {
            "mode": {"type": "str", "choices": ["ingress", "host"]},
            "protocol": {"type": "str", "default": "tcp", "choices": ["tcp", "udp", "sctp"]},
            "published_port": {"type": "int"},
            "target_port": {"type": "int", "required": True},
        },
    },
    "read_only": {"type": "bool"},
    "registry_auth": {
        "type": "dict",
        "options": {
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
        },
    },
    "replicas": {"type": "int", "default": -1},
    "reservations": {
        "type": "dict",
        "options": {
            "cpus": {"type": "float"},
            "generic_resources": {"type": "list", "elements": "str"},
            "memory": {"type": "str"},
        },
    },
    "resolve_image": {"type": "bool", "default": False},
    "restart_config": {
        "type": "dict",
        "options": {
            "condition": {"type": "str", "choices": ["none", "on-failure", "any"]},
            "delay": {"type": "str"},
            "max_attempts": {"type": "int"},
            "window": {"type": "str"},
        },
    },
    "rollback_config": {
        "type": "dict",
        "options": {
            "delay": {"type": "str"},
            "failure_action": {"type": "str", "choices": ["continue", "pause"]},
            "max_failure_ratio": {"type": "float"},
            "monitor": {"type": "str"},
            "order": {"type": "str"},
            "parallelism": {"type": "int"},
        },
    },
    "secrets": {
        "type": "list",
        "elements": "dict",
        "options": {
            "secret_id": {"type": "str"},
            "secret_name": {"type": "str", "required": True},
            "filename": {"type": "str"},
            "gid": {"type": "str"},
            "mode": {"type": "raw"},
            "uid": {"type": "str"},
        },
        "no_log": False,
    },
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "stop_grace_period": {"type": "str"},
    "stop_signal": {"type": "str"},
    "sysctls": {"type": "dict"},
    "tty": {"type": "bool"},
    "ulimits": {"type": "list", "elements": "str"},
    "update_config": {
        "type": "dict",
        "options": {
            "delay": {"type": "str"},
            "failure_action": {"type": "str", "choices": ["continue", "pause", "rollback"]},
            "max_failure_ratio": {"type": "float"},
            "monitor": {"type": "str"},
            "order": {"type": "str"},
            "parallelism": {"type": "int"},
        },
    },
    "user": {"type": "str"},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 300},
    "working_dir": {"type": "str"},
}


def main() -> None:
    known: dict[str, Any] = {}
    engine.run_module(
        ARGUMENTS,
        lambda call: service_options.bring_about(call, known),
        failed=lambda _error: known,
        required_if=[("state", "present", ["image"])],
    )


if __name__ == "__main__":
    main()
