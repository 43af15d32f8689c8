#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: volume_info
short_description: Tell everything about volumes
version_added: 0.1.0
description:
  - Returns what the engine knows about one volume, about several, or about all that match.
  - Exactly one of O(name), O(names) and O(filters) is required.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the volume.
    type: str
    aliases:
      - volume_name
  names:
    description: The same for several.
    type: list
    elements: str
  filters:
    description:
      - Looks for all that match, in one request, such as V(tier=web) as C(label) or V(true) as C(dangling).
        With an empty dictionary these are all there are.
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_volume_info
"""

EXAMPLES = r"""
- name: Look at a volume
  pytest_engine.engine.volume_info:
    name: data
  register: looked_at

- name: Say so where there is none
  ansible.builtin.debug:
    msg: There is no volume data.
  when: not looked_at.exists

- name: Look at several
  pytest_engine.engine.volume_info:
    names:
      - data
      - other
  register: several

- name: Find those that nothing uses
  pytest_engine.engine.volume_info:
    filters:
      dangling: true
  register: unused

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ unused.volumes | map(attribute='Name') }}"
"""

RETURN = r"""
exists:
  description: Whether there is such a volume.
  returned: success and O(name) is stated
  type: bool
  sample: true
volume:
  description: The volume as the engine describes it. V(none) where there is no such volume.
  returned: success and O(name) is stated
  type: dict
  sample:
    CreatedAt: "2026-01-01T12:00:00Z"
    Driver: local
    Labels: {}
    Mountpoint: /var/lib/docker/volumes/data/_data
    Name: data
    Options: {}
    Scope: local
volumes:
  description:
    - Those of O(names) that there are, in this order, or those that match O(filters).
  returned: success and O(names) or O(filters) is stated
  type: list
  elements: dict
  sample: []
missing:
  description: Those of O(names) that there are not.
  returned: success and O(names) is stated
  type: list
  elements: str
  sample: []
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, info
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.volumes import (  # pylint: disable=unused-import
    Volumes,  # noqa: F401  # so that Ansible packs it
)

if TYPE_CHECKING:
    from typing import Any


def ways(call: engine.Call) -> tuple[Any, Any]:
    volumes = call.engine.volumes
    return volumes.inspect, lambda filters: volumes.list(filters=filters).get("Volumes") or ()


def main() -> None:
    info.run("volume", ways, "volume_name")


if __name__ == "__main__":
    main()
