#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_v2_run
short_description: Run a command in a new container of a Compose project
version_added: 0.1.0
description:
  - Makes a container for a service of a Compose file and runs a command in it, by the Compose plugin of the docker
    command on the target. Services that it depends on are started before.
  - An exit code other than 0 makes the task fail, as for every module that returns one. State C(failed_when)
    where it may.
extends_documentation_fragment:
  - pytest_engine.engine.compose
  - pytest_engine.engine.compose.command
options:
  build:
    description: Whether the image is built before. What that says is in RV(stdout) and RV(stderr), too.
    type: bool
    default: false
  cap_add:
    description: Capabilities that the container gets.
    type: list
    elements: str
  cap_drop:
    description: Capabilities that the container does not get.
    type: list
    elements: str
  cleanup:
    description: Whether the container is removed when it ends.
    type: bool
    default: false
  entrypoint:
    description: The entrypoint, in place of the image's.
    type: str
  interactive:
    description: Whether the standard input of the container is open, even if nothing is attached to it.
    type: bool
    default: true
  labels:
    description: Labels of the container, as C(name=value).
    type: list
    elements: str
  name:
    description: The name of the container.
    type: str
  no_deps:
    description: Whether services that it depends on are left alone.
    type: bool
    default: false
  publish:
    description:
      - Ports to publish, as C(8080:80).
      - They are written in quotes. Without them, YAML takes V(22:22) and the like, which end in a number below 60,
        for a single number of base 60, here V(1342).
    type: list
    elements: str
  quiet_pull:
    description: Whether nothing is said of pulling an image, which would be in RV(stderr).
    type: bool
    default: false
  remove_orphans:
    description: Whether containers of services that are no longer in the Compose file are removed.
    type: bool
    default: false
  service_ports:
    description: Whether the container publishes the ports that its service does.
    type: bool
    default: false
  use_aliases:
    description: Whether the container has the names of its service in its networks.
    type: bool
    default: false
  volumes:
    description: What to mount in the container, as C(/srv/data:/data).
    type: list
    elements: str
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.compose_v2
  - module: pytest_engine.engine.compose_v2_exec
  - module: community.docker.docker_compose_v2_run
"""

EXAMPLES = r"""
- name: Check the configuration with what is to be started
  pytest_engine.engine.compose_v2_run:
    project_src: /srv/shop
    service: web
    command: nginx -t
    no_deps: true
    cleanup: true
"""

RETURN = r"""
container_id:
  description: The id of the container.
  returned: success and O(detach), if the command was started
  type: str
  sample: 5ba3b4cc1e706a433446a5ed61c8bec1e7fc00085c5529561f6958d641a46960
stdout:
  description: What the command wrote to its standard output.
  returned: success and not O(detach)
  type: str
  sample: done
stderr:
  description: What the command wrote to its standard error, after what Compose said before it.
  returned: success and not O(detach)
  type: str
  sample: ''
rc:
  description: The exit code of the command, or of Compose where it could not run it.
  returned: success and not O(detach)
  type: int
  sample: 0
msg:
  description: Why the command was not run, or with which exit code it failed.
  returned: if it was not run, or failed
  type: str
  sample: 'The command for service web ended with exit code 2: no such file'
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import compose as door
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.compose.one_off import (
    RunSpec,
    run_command,
)

if TYPE_CHECKING:
    from typing import Any

LISTS = ("cap_add", "cap_drop", "labels", "publish", "volumes")
SWITCHES = (
    "build",
    "cleanup",
    "no_deps",
    "quiet_pull",
    "remove_orphans",
    "service_ports",
    "use_aliases",
)

ARGUMENTS = {
    **door.COMMAND,
    **{name: {"type": "list", "elements": "str"} for name in LISTS},
    **{name: {"type": "bool", "default": False} for name in SWITCHES},
    "entrypoint": {"type": "str"},
    "interactive": {"type": "bool", "default": True},
    "name": {"type": "str"},
}


def run(call: door.Call) -> dict[str, Any]:
    params = call.params
    wanted = RunSpec(
        **door.command(params),
        **{name: tuple(params[name] or ()) for name in LISTS},
        **{name: params[name] for name in (*SWITCHES, "entrypoint", "interactive", "name")},
    )
    ended = None if call.check else run_command(call.compose, wanted)
    result: dict[str, Any] = door.finished(ended, params)
    if ended and params["detach"]:
        result["container_id"] = ended.stdout.strip()
    return result


def main() -> None:
    door.compose_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
