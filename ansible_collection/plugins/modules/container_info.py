#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_info
short_description: Tell everything about a container
version_added: 0.1.0
description:
  - Returns what the engine knows about one container.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the container, its id, or the beginning of its id.
    type: str
    required: true
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_container_info
"""

EXAMPLES = r"""
- name: Look at a container
  pytest_engine.engine.container_info:
    name: web
  register: web

- name: Show its address
  ansible.builtin.debug:
    msg: "{{ web.container.NetworkSettings.Networks | dict2items | map(attribute='value.IPAddress') | list }}"
  when: web.exists
"""

RETURN = r"""
exists:
  description: Whether there is such a container.
  returned: success
  type: bool
  sample: true
container:
  description: The container as the engine describes it. V(none) where there is no such container.
  returned: success
  type: dict
  sample:
    Id: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    Name: /web
    State:
      Running: true
      Status: running
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401
)

if TYPE_CHECKING:
    from typing import Any


def look(call: engine.Call) -> dict[str, Any]:
    try:
        container = call.engine.containers.inspect(call.params["name"])
    except engine.errors.ContainerNotFound:
        return {"exists": False, "container": None}
    return {"exists": True, "container": container}


def main() -> None:
    engine.read_module({"name": {"type": "str", "required": True}}, look)


if __name__ == "__main__":
    main()
