#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_v2_pull
short_description: Pull the images of a Compose project
version_added: 0.1.0
description:
  - Pulls the images that a Compose file names, by the Compose plugin of the docker command on the target.
extends_documentation_fragment:
  - pytest_engine.engine.compose
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
    details:
      - It is the dry run of Compose, which asks the registry itself rather than by the engine, whose mirrors do not
        count then.
      - With O(policy=always) it always tells a change, since Compose does not say whether there is anything new.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: none
    details:
      - Compose does not tell. RV(actions) says what is pulled.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: full
options:
  services:
    description: The services whose images are meant. Without it, these are all.
    type: list
    elements: str
  policy:
    description:
      - V(always) asks the registry for every image, V(missing) for those that the engine has not.
      - V(missing) takes Compose 2.22 or newer. An image called C(latest) is always missing for it.
      - With V(always) it is a change where layers were pulled. Compose does not tell of an image that is new and
        made of layers that the engine has.
    type: str
    default: always
    choices:
      - always
      - missing
  ignore_buildable:
    description: Whether images that can be built are left out.
    type: bool
    default: false
  include_deps:
    description: Whether images of services that O(services) depend on are meant as well.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.compose_v2
  - module: community.docker.docker_compose_v2_pull
"""

EXAMPLES = r"""
- name: Have the images of a project, before it is stopped for the new ones
  pytest_engine.engine.compose_v2_pull:
    project_src: /srv/shop

- name: Pull what is missing for one service and those that it needs
  pytest_engine.engine.compose_v2_pull:
    project_src: /srv/shop
    policy: missing
    services:
      - web
    include_deps: true
"""

RETURN = r"""
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
    PullSpec,
    pull_images,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "services": {"type": "list", "elements": "str"},
    "policy": {"type": "str", "default": "always", "choices": ["always", "missing"]},
    "ignore_buildable": {"type": "bool", "default": False},
    "include_deps": {"type": "bool", "default": False},
}


def run(call: door.Call) -> dict[str, Any]:
    params = call.params
    wanted = PullSpec(
        tuple(params["services"] or ()),
        policy=params["policy"],
        ignore_buildable=params["ignore_buildable"],
        include_deps=params["include_deps"],
    )
    result: dict[str, Any] = door.told(pull_images(call.compose, wanted, check=call.check))
    return result


def main() -> None:
    door.compose_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
