#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: compose_v2_exec
short_description: Run a command in a container of a Compose project
version_added: 0.1.0
description:
  - Runs a command in a container of a service, beside its main process, by the Compose plugin of the docker
    command on the target.
  - An exit code other than 0 makes the task fail, as for every module that returns one. State C(failed_when)
    where it may.
extends_documentation_fragment:
  - pytest_engine.engine.compose
  - pytest_engine.engine.compose.command
options:
  index:
    description: Which of the service's containers, counted from 1, where it has several.
    type: int
  privileged:
    description: Whether the command has all capabilities, as in a privileged container.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.compose_v2
  - module: pytest_engine.engine.compose_v2_run
  - module: pytest_engine.engine.container_exec
    description: Needs no docker command, and knows C(creates) and C(removes).
  - module: community.docker.docker_compose_v2_exec
"""

EXAMPLES = r"""
- name: Bring the tables up to date
  pytest_engine.engine.compose_v2_exec:
    project_src: /srv/shop
    service: web
    argv: [python, -m, shop.migrate]
    env:
      STAGE: test
"""

RETURN = r"""
stdout:
  description: What the command wrote to its standard output.
  returned: success and not O(detach)
  type: str
  sample: done
stderr:
  description: What the command wrote to its standard error, or Compose where it could not run it.
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
    ExecSpec,
    run_command,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    **door.COMMAND,
    "index": {"type": "int"},
    "privileged": {"type": "bool", "default": False},
}


def run(call: door.Call) -> dict[str, Any]:
    params = call.params
    wanted = ExecSpec(
        **door.command(params), index=params["index"], privileged=params["privileged"]
    )
    ended = None if call.check else run_command(call.compose, wanted)
    result: dict[str, Any] = door.finished(ended, params)
    return result


def main() -> None:
    door.compose_module(ARGUMENTS, run)


if __name__ == "__main__":
    main()
