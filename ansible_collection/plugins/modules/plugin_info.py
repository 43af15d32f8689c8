#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: plugin_info
short_description: Tell everything about plugins of the engine
version_added: 0.1.0
description:
  - Returns what the engine knows about one of its plugins, about several, or about all that match.
  - Exactly one of O(name), O(names) and O(filters) is required.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: What the plugin is called on the engine, or its id. Without a tag it stands for C(latest).
    type: str
    aliases:
      - plugin_name
  names:
    description: The same for several.
    type: list
    elements: str
  filters:
    description:
      - Looks for all that match, in one request. C(capability) is what they are for, such as V(volumedriver), and
        C(enabled) is V(true) or V(false). With an empty dictionary these are all there are.
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.plugin
"""

EXAMPLES = r"""
- name: Look at a plugin
  pytest_engine.engine.plugin_info:
    name: sshfs
  register: sshfs

- name: Show its settings
  ansible.builtin.debug:
    msg: "{{ sshfs.plugin.Settings.Env }}"
  when: sshfs.exists

- name: Find the drivers of volumes that are ready to be used
  pytest_engine.engine.plugin_info:
    filters:
      capability: volumedriver
      enabled: true
  register: drivers

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ drivers.plugins | map(attribute='Name') }}"
"""

RETURN = r"""
exists:
  description: Whether there is such a plugin.
  returned: success and O(name) is stated
  type: bool
  sample: true
plugin:
  description: The plugin as the engine describes it. V(none) where there is no such plugin.
  returned: success and O(name) is stated
  type: dict
  sample:
    Enabled: true
    Id: 5724e2c8652da337ab2eedd19fc6fc0ec908e4bd907c7421bf6a8dfc70c4c078
    Name: sshfs:latest
    PluginReference: docker.io/vieux/sshfs:latest
plugins:
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
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.plugins import (  # pylint: disable=unused-import
    Plugins,  # noqa: F401  # so that Ansible packs it
)

if TYPE_CHECKING:
    from typing import Any


def ways(call: engine.Call) -> tuple[Any, Any]:
    plugins = call.engine.plugins
    return plugins.inspect, lambda filters: plugins.list(filters=filters)


def main() -> None:
    info.run("plugin", ways, "plugin_name")


if __name__ == "__main__":
    main()
