#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_v2
short_description: Bring about a Compose project
version_added: 0.1.0
description:
  - Starts, stops, restarts or removes what a Compose file describes, by the Compose plugin of the docker command
    on the target.
extends_documentation_fragment:
  - pytest_engine.engine.compose
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
    details:
      - It is the dry run of Compose. Where an image has to be pulled, that asks its registry itself rather than by
        the engine, whose mirrors do not count then.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: none
    details:
      - Compose does not tell. RV(actions) says what is done.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: partial
    details:
      - With O(state=restarted) and O(recreate=always) it does the same again.
options:
  state:
    description:
      - V(present) has the containers run, as C(docker compose up).
      - V(stopped) has them made and not run.
      - V(restarted) restarts them, every time.
      - V(absent) removes them and their networks, as C(docker compose down).
    type: str
    default: present
    choices:
      - absent
      - present
      - restarted
      - stopped
  services:
    description: The services that are meant. Without it, these are all.
    type: list
    elements: str
  dependencies:
    description:
      - With O(state=present), whether services that they depend on are meant as well. With O(state=stopped) those are
        made, and go on if they run.
      - With O(state=restarted), whether services that depend on them, and say in the Compose file that they restart
        with them, are restarted as well.
    type: bool
    default: true
  pull:
    description:
      - Whether images are pulled before, V(always), where they are V(missing), V(never), or by the V(policy) in the
        Compose file.
      - That an image was pulled is no change by itself; a container made anew of it is one.
      - For O(state=present) and O(state=stopped).
    type: str
    default: policy
    choices:
      - always
      - missing
      - never
      - policy
  build:
    description:
      - Whether images are built before, V(always), V(never), or by the V(policy) in the Compose file.
      - For O(state=present) and O(state=stopped).
    type: str
    default: policy
    choices:
      - always
      - never
      - policy
  ignore_build_events:
    description:
      - Whether it is no change that an image was built. A container made anew of it is one.
      - Before Compose 2.31 it never is.
    type: bool
    default: true
  recreate:
    description:
      - Which containers are made anew, V(always) all, V(never) any, or V(auto), those that differ from what is
        wanted.
      - For O(state=present) and O(state=stopped).
    type: str
    default: auto
    choices:
      - always
      - auto
      - never
  renew_anon_volumes:
    description:
      - Whether containers that are made anew get new anonymous volumes instead of the old ones.
      - For O(state=present) and O(state=stopped).
    type: bool
    default: false
  remove_orphans:
    description:
      - Whether containers of services that are no longer in the Compose file are removed.
      - It counts for all states but V(restarted).
    type: bool
    default: false
  remove_images:
    description:
      - Which images go with O(state=absent), V(all) or those that are V(local), which have no name of their own in
        the Compose file.
    type: str
    choices:
      - all
      - local
  remove_volumes:
    description: Whether volumes go with O(state=absent).
    type: bool
    default: false
  timeout:
    description:
      - How many seconds a container has to stop before it is killed. Without it, its service says it, or it is 10.
    type: int
  scale:
    description: How many containers services have, as numbers by their names, for O(state=present) and O(state=stopped).
    type: dict
  wait:
    description:
      - Whether to wait until containers run, or are healthy where they have a healthcheck.
      - For O(state=present) only.
    type: bool
    default: false
  wait_timeout:
    description: For how many seconds at most, with O(wait=true). Without it, or with V(0), it is waited without end.
    type: int
  assume_yes:
    description:
      - Whether what Compose asks is answered with yes, such as whether a volume that differs is made anew. It is
        answered with no otherwise.
      - Takes Compose 2.32 or newer.
      - For O(state=present) and O(state=stopped).
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.compose_v2_pull
  - module: pytest_engine.engine.compose_v2_exec
  - module: pytest_engine.engine.compose_v2_run
  - module: community.docker.docker_compose_v2
"""

EXAMPLES = r"""
- name: A shop, from the Compose file in a folder of the target
  pytest_engine.engine.compose_v2:
    project_src: /srv/shop
    wait: true
    wait_timeout: 60

- name: A cache, without a file
  pytest_engine.engine.compose_v2:
    project_name: cache
    definition:
      services:
        redis:
          image: redis:7
          volumes:
            - data:/data
      volumes:
        data: {}

- name: No cache any more, nor what it held
  pytest_engine.engine.compose_v2:
    project_name: cache
    definition:
      services:
        redis:
          image: redis:7
      volumes:
        data: {}
    state: absent
    remove_volumes: true
"""

RETURN = r"""
containers:
  description: The containers of the project, as C(docker compose ps) describes them, the lists and labels taken apart.
  returned: success, and if Compose failed to bring about what was wanted of a project that can be listed
  type: list
  elements: dict
  sample:
    - ID: 01af43d6e27ac72a2c08aaae226d1ef756488de809a0e1fefafd901c28c2ab01
      Image: busybox
      Labels:
        com.docker.compose.service: web
      Name: shop-web-1
      Names:
        - shop-web-1
      Networks:
        - shop_default
      Publishers: []
      Service: web
      State: running
images:
  description: Their images, as C(docker compose images) describes them.
  returned: as for RV(containers)
  type: list
  elements: dict
  sample:
    - ContainerName: shop-web-1
      ID: sha256:5809f11ee49010ab2e32f0ff27d2f321c79d0069a2ebf145a1c9e25bac5e42cf
      Repository: busybox
      Size: 1984293
      Tag: latest
actions:
  description: What was done, or would be in check mode, in its order.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description:
        - What it was done to, one of V(container), V(image), V(image-layer), V(network), V(service), V(volume) and
          V(unknown).
      type: str
      sample: container
    id:
      description: Its name.
      type: str
      sample: shop-web-1
    status:
      description: What was done, in the words of Compose.
      type: str
      sample: Creating
stdout:
  description: What Compose wrote to its standard output, such as the steps of a build.
  returned: if it wrote anything
  type: str
  sample: ''
stderr:
  description: What Compose wrote to its standard error, which is where it tells its progress.
  returned: if it wrote anything
  type: str
  sample: ' Container shop-web-1  Running'
cmd:
  description: The command that failed. There are no values of variables in it.
  returned: if Compose failed
  type: str
  sample: /usr/bin/docker --host unix:///var/run/docker.sock compose up --detach
rc:
  description: Its exit code.
  returned: if Compose failed
  type: int
  sample: 1
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import compose as door
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.compose.projects import (
    Services,
    ensure_services,
    parse_scale,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "state": {
        "type": "str",
        "default": "present",
        "choices": ["absent", "present", "restarted", "stopped"],
    },
    "services": {"type": "list", "elements": "str"},
    "dependencies": {"type": "bool", "default": True},
    "pull": {
        "type": "str",
        "default": "policy",
        "choices": ["always", "missing", "never", "policy"],
    },
    "build": {"type": "str", "default": "policy", "choices": ["always", "never", "policy"]},
    "ignore_build_events": {"type": "bool", "default": True},
    "recreate": {"type": "str", "default": "auto", "choices": ["always", "auto", "never"]},
    "renew_anon_volumes": {"type": "bool", "default": False},
    "remove_orphans": {"type": "bool", "default": False},
    "remove_images": {"type": "str", "choices": ["all", "local"]},
    "remove_volumes": {"type": "bool", "default": False},
    "timeout": {"type": "int"},
    "scale": {"type": "dict"},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int"},
    "assume_yes": {"type": "bool", "default": False},
}


def run(call: door.Call) -> dict[str, Any]:
    params = call.params
    same = ARGUMENTS.keys() - {"state", "services", "scale"}
    wanted = Services(
        tuple(params["services"] or ()),
        scale=parse_scale(params["scale"] or {}),
        **{name: params[name] for name in same},
    )
    outcome = ensure_services(call.compose, wanted, params["state"], check=call.check)
    return {**door.told(outcome), "containers": outcome.containers, "images": outcome.images}


def main() -> None:
    door.compose_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
