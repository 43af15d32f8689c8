#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: current_container_facts
short_description: Tell whether the target is a container
version_added: 0.1.0
description:
  - Returns facts about the container that the module runs in, as far as C(/proc) of the target tells.
  - No engine is asked. Where an engine is to be asked, M(pytest_engine.engine.container_info) takes the id.
extends_documentation_fragment:
  - pytest_engine.engine.engine.reads
attributes:
  facts:
    description: Whether the module returns facts that stay with the host.
    support: full
requirements:
  - Python 3.9 or newer
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.current_container_facts
"""

EXAMPLES = r"""
- name: Find out where this runs
  pytest_engine.engine.current_container_facts:

- name: Show the container
  ansible.builtin.debug:
    msg: "{{ ansible_module_container_type }} runs this in {{ ansible_module_container_id }}"
  when: ansible_module_running_in_container
"""

RETURN = r"""
ansible_facts:
  description: The facts.
  returned: success
  type: dict
  contains:
    ansible_module_running_in_container:
      description: Whether the module ran in a container.
      returned: success
      type: bool
      sample: true
    ansible_module_container_id:
      description: The id of the container. Empty where there is none.
      returned: success
      type: str
      sample: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    ansible_module_container_type:
      description:
        - What runs the container, V(docker), V(podman), V(azure_pipelines) or V(github_actions). Empty where there is
          none.
      returned: success
      type: str
      sample: docker
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.own_container import (
    read_own_container,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def look(_params: Mapping[str, Any]) -> dict[str, Any]:
    identity, sort = read_own_container()
    return {
        "ansible_facts": {
            "ansible_module_running_in_container": bool(identity),
            "ansible_module_container_id": identity,
            "ansible_module_container_type": sort,
        }
    }


def main() -> None:
    engine.local_module({}, look)


if __name__ == "__main__":
    main()
