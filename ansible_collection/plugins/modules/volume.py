#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: Bring about a volume
version_added: 0.1.0
description:
  - Creates, recreates and removes a volume.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(recreate=always), which makes it anew each time.
options:
  volume_name:
    description: The name of the volume.
    type: str
    required: true
    aliases:
      - name
  driver:
    description: The driver that keeps the volume's data.
    type: str
    default: local
  driver_options:
    description:
      - What the driver is told, by name. What it takes, its documentation says.
      - An existing volume may have more options than are named here.
    type: dict
    default: {}
  labels:
    description:
      - Labels by name. An existing volume may have more labels than are named here.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  recreate:
    description:
      - What happens to an existing volume. Nothing of a volume can be changed once it is there, and
        recreating it B(loses all its data).
      - With V(never) it stays as it is.
      - With V(always) it is removed and created anew, whatever it is like.
      - With V(options-changed) it is removed and created anew if its driver, its driver options or its labels
        are not the wanted ones.
    type: str
    default: never
    choices:
      - always
      - never
      - options-changed
  state:
    description:
      - With V(present) the volume is there at the end.
      - With V(absent) it is not. A volume that a container uses is not removed, and the module fails.
    type: str
    default: present
    choices:
      - absent
      - present
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_volume
"""

EXAMPLES = r"""
- name: A volume
  pytest_engine.engine.volume:
    name: data

- name: A volume in memory, emptied whenever its size is to be another
  pytest_engine.engine.volume:
    name: scratch
    driver_options:
      type: tmpfs
      device: tmpfs
      o: size=64m
    recreate: options-changed

- name: No volume
  pytest_engine.engine.volume:
    name: data
    state: absent
"""

RETURN = r"""
volume:
  description: The volume as the engine describes it. Empty where there is none.
  returned: success
  type: dict
  sample:
    CreatedAt: "2026-01-01T12:00:00Z"
    Driver: local
    Labels: {}
    Mountpoint: /var/lib/docker/volumes/data/_data
    Name: data
    Options: {}
    Scope: local
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create volume data
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.volumes import (
    VolumeKind,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.volume import (
    VolumeSpec,
)

ARGUMENTS = {
    "volume_name": {"type": "str", "required": True, "aliases": ["name"]},
    "driver": {"type": "str", "default": "local"},
    "driver_options": {"type": "dict", "default": {}},
    "labels": {"type": "dict"},
    "recreate": {
        "type": "str",
        "default": "never",
        "choices": ["always", "never", "options-changed"],
    },
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
}


def bring_about(call: engine.Call) -> engine.Outcome:
    params = call.params
    wanted = VolumeSpec(
        name=params["volume_name"],
        driver=params["driver"],
        driver_options=engine.texts(params["driver_options"], "driver_options"),
        labels=engine.labels(params["labels"]),
    )
    return call.reconcile(VolumeKind(recreate=params["recreate"]), wanted)


def main() -> None:
    engine.ensure_module("volume", ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
