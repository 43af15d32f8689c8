#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container
short_description: Bring about a container
version_added: 0.1.0
description:
  - Creates, changes, starts, stops and removes a container.
  - Options that a task does not name are not looked at. Where a container differs from what is wanted, it is
    changed if the engine can do that (O(memory), O(cpus), O(restart_policy), O(networks)), and removed and
    created anew if not.
  - When a container is created anew, it has what the task names and nothing else of the old one. The old one
    is set aside until the new one works, and comes back if it does not.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: partial
    details:
      - With O(pull=always) the registry is not asked, and the module says what it would do with the image that
        the engine has.
  idempotent:
    support: full
    details:
      - Except for O(recreate=true), which is there to create the container anew each time.
options:
  name:
    description: The name of the container.
    type: str
    required: true
  image:
    description:
      - The image of the container, by name or id. A name without a tag means the tag C(latest).
      - A new container needs it; one that replaces another keeps that one's image where none is named. If the
        container has another image than the engine now has under this name, it is created anew.
    type: str
  pull:
    description:
      - Whether the image is pulled from its registry.
      - V(never) fails if the engine does not have the image.
      - V(missing) and V(false) pull only if the engine does not have it.
      - V(always) and V(true) ask the registry each time.
      - An image that is named by its id is never pulled.
    type: raw
    choices:
      - never
      - missing
      - always
      - true
      - false
    default: missing
  command:
    description:
      - The command to run, as a list, or as a string that is split like a shell does.
      - An empty list or string means no command at all.
    type: raw
  entrypoint:
    description: What to run instead of the image's entrypoint, with the command as its arguments.
    type: list
    elements: str
  env:
    description:
      - Environment variables by name. The container may have more of them than are named here, as images bring
        some along.
      - Values have to be strings. Quote what YAML takes for something else, such as V("yes") or V("1.10").
    type: dict
  published_ports:
    description:
      - Ports of the container that the host publishes, as C(8000), C(8080:80), C(127.0.0.1:8080:80) or
        C(53:53/udp), where the last number is the container's. Ranges (C(9000-9010:9000-9010)) have a port for
        each.
      - Without a port of the host, the engine chooses one.
      - Addresses of IPv6 are written in brackets.
      - The container may publish more ports than are named here.
    type: list
    elements: str
    aliases:
      - ports
  exposed_ports:
    description:
      - Further ports that the container listens on, as C(80) or C(53/udp). Nothing is published by that.
    type: list
    elements: str
    aliases:
      - exposed
      - expose
  mounts:
    description:
      - What the container sees of volumes and of the host. The container may have more mounts than are named
        here.
    type: list
    elements: dict
    suboptions:
      target:
        description: The path in the container.
        type: str
        required: true
      source:
        description: The name of the volume, or the path on the host. A volume without a name is a new one.
        type: str
      type:
        description: What is mounted.
        type: str
        default: volume
        choices:
          - bind
          - tmpfs
          - volume
      read_only:
        description: Whether the container can only read it.
        type: bool
      propagation:
        description: How mounts below it are shared with the host. For O(mounts[].type=bind).
        type: str
        choices:
          - private
          - rprivate
          - shared
          - rshared
          - slave
          - rslave
      no_copy:
        description:
          - Whether a new volume stays empty rather than get what the image has at that path. For
            O(mounts[].type=volume).
        type: bool
      labels:
        description: Labels of a new volume. For O(mounts[].type=volume).
        type: dict
      volume_driver:
        description: The driver of a new volume. For O(mounts[].type=volume).
        type: str
      volume_options:
        description: What the driver of a new volume is told. For O(mounts[].type=volume).
        type: dict
      tmpfs_size:
        description:
          - How much it holds, in bytes or with a unit, as in V(64m). For O(mounts[].type=tmpfs).
        type: str
      tmpfs_mode:
        description: Its permissions, as an octal number. For O(mounts[].type=tmpfs).
        type: str
  volumes:
    description:
      - The same as O(mounts) in short, as C(source:target) or C(source:target:mode), where the source is the
        name of a volume or an absolute path on the host, and C(mode) is for example C(ro).
      - The container may have more of them than are named here.
    type: list
    elements: str
  networks:
    description:
      - The networks that the container is in. A new one is in these and in no other; without this option it is
        in the engine's default network.
      - An existing container that lacks one is connected to it. It may be in more networks than are named here.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the network.
        type: str
        required: true
      aliases:
        description: Further names under which the container is found in that network.
        type: list
        elements: str
      ipv4_address:
        description: The container's IPv4 address in that network.
        type: str
      ipv6_address:
        description: The container's IPv6 address in that network.
        type: str
  labels:
    description: Labels by name. The container may have more labels than are named here.
    type: dict
  restart_policy:
    description: When the engine starts the container again by itself. Quote V("no"), which YAML takes for false.
    type: str
    choices:
      - 'no'
      - on-failure
      - always
      - unless-stopped
  restart_retries:
    description:
      - How often the engine tries to, with O(restart_policy=on-failure). V(0) is without end.
    type: int
  healthcheck:
    description:
      - How the engine finds out whether the container is healthy.
      - Durations are written as V(30s) or V(1m30s).
    type: dict
    suboptions:
      test:
        description:
          - The command that fails when the container is not healthy, as a string for the container's shell, or
            as a list that begins with V(CMD) (run as it is) or V(CMD-SHELL) (a string for the shell).
          - V(NONE) as the only item of the list disables the check of the image, and so does a O(healthcheck)
            that lacks this, unless O(healthcheck.test_cli_compatible=true).
        type: raw
      interval:
        description: The time between two checks. The engine's default is 30 seconds.
        type: str
      timeout:
        description: The time that a check may take. The engine's default is 30 seconds.
        type: str
      retries:
        description: How many checks in a row have to fail. The engine's default is 3.
        type: int
      start_period:
        description: The time after the start in which failures do not count.
        type: str
      test_cli_compatible:
        description:
          - Whether a O(healthcheck) without O(healthcheck.test) changes the image's check instead of disabling
            it.
        type: bool
        default: false
  user:
    description: The user that the command runs as, and optionally the group, as C(user:group) by name or number.
    type: str
  working_dir:
    description: The directory that the command runs in.
    type: str
  memory:
    description:
      - How much memory the container can use, in bytes or with a unit, as in V(512m) or V(2g).
      - V(0) means without a limit.
    type: str
  cpus:
    description: How much of the processors the container can use, where V(1.5) is one and a half of them.
    type: float
  recreate:
    description: Whether an existing container is created anew even if it is like the wanted one.
    type: bool
    default: false
  force_kill:
    description: Whether a container that has to stop is killed at once.
    type: bool
    default: false
    aliases:
      - forcekill
  state:
    description:
      - With V(started) the container is there and runs.
      - With V(present) it is there, and whether it runs is left as it is.
      - With V(stopped) it is there and does not run.
      - With V(absent) it is not there. It is stopped before it is removed, and its anonymous volumes are kept.
    type: str
    default: started
    choices:
      - absent
      - present
      - started
      - stopped
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_container
"""

EXAMPLES = r"""
- name: A web server
  pytest_engine.engine.container:
    name: web
    image: nginx
    published_ports:
      - 8080:80
    volumes:
      - /srv/www:/usr/share/nginx/html:ro
    restart_policy: unless-stopped

- name: A store that others find as "cache" in their network, and that is asked whether it works
  pytest_engine.engine.container:
    name: redis
    image: redis:7
    command: redis-server --appendonly yes
    networks:
      - name: backend
        aliases:
          - cache
    mounts:
      - source: data
        target: /data
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 5s
    memory: 256m

- name: A container that is there but does not run
  pytest_engine.engine.container:
    name: web
    state: stopped

- name: No container
  pytest_engine.engine.container:
    name: web
    state: absent
"""

RETURN = r"""
container:
  description: The container as the engine describes it. Empty where there is none.
  returned: success
  type: dict
  sample:
    Id: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    Name: /web
    State:
      Running: true
      Status: running
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create container web
    - start container web
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import container_options, engine


def bring_about(call: engine.Call) -> engine.ensure.Outcome:
    return call.reconcile(
        container_options.kind(call.params), container_options.wanted(call.params)
    )


def main() -> None:
    engine.ensure_module("container", container_options.ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
