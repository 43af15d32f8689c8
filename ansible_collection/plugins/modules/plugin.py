#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: plugin
short_description: Bring about a plugin of the engine
version_added: 0.1.0
description:
  - Installs a plugin from its registry, sets it up, enables, disables and removes it.
  - A plugin is allowed all that it wants to be allowed.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
options:
  plugin_name:
    description: The name of the plugin in its registry. Without a tag it stands for C(latest).
    type: str
    required: true
  alias:
    description: What the plugin is called on the engine. Without it that is O(plugin_name).
    type: str
  plugin_options:
    description:
      - The settings of the plugin by name, such as C(DEBUG) of C(DEBUG=1). C(name.source) is the source of a mount, and
        C(name.path) is the path of a device.
      - The plugin may have more settings than are named here.
      - Settings of an enabled plugin cannot be changed, so it is disabled for it and enabled again. Where it does not
        come up with the new ones, it stays disabled and has them, and the module fails and says so.
    type: dict
    default: {}
  state:
    description:
      - With V(present) the plugin is installed at the end. Whether it is enabled stays as it is, and a new one is not.
      - With V(enable) it is installed and enabled.
      - With V(disable) it is disabled. The module fails if it is not installed.
      - With V(absent) it is not installed.
    type: str
    default: present
    choices:
      - absent
      - present
      - enable
      - disable
  force_remove:
    description: Removes the plugin with O(state=absent) although it is enabled. Without it the module fails then.
    type: bool
    default: false
  enable_timeout:
    description:
      - How many seconds the engine gives the plugin to answer when it is enabled. With V(0) that is up to the engine.
    type: int
    default: 0
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_plugin
  - module: pytest_engine.engine.plugin_info
"""

EXAMPLES = r"""
- name: A plugin, ready to be used
  pytest_engine.engine.plugin:
    plugin_name: vieux/sshfs:latest
    alias: sshfs
    plugin_options:
      DEBUG: "1"
    state: enable

- name: Switch it off
  pytest_engine.engine.plugin:
    plugin_name: vieux/sshfs:latest
    alias: sshfs
    state: disable

- name: No plugin
  pytest_engine.engine.plugin:
    plugin_name: vieux/sshfs:latest
    alias: sshfs
    state: absent
    force_remove: true
"""

RETURN = r"""
plugin:
  description: The plugin as the engine describes it. Empty where there is none.
  returned: success
  type: dict
  sample:
    Enabled: true
    Id: 5724e2c8652da337ab2eedd19fc6fc0ec908e4bd907c7421bf6a8dfc70c4c078
    Name: sshfs:latest
    PluginReference: docker.io/vieux/sshfs:latest
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - install plugin sshfs:latest
    - set up plugin sshfs:latest
    - enable plugin sshfs:latest
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.plugins import (
    PluginKind,
    PluginSpec,
)

ARGUMENTS = {
    "plugin_name": {"type": "str", "required": True},
    "alias": {"type": "str"},
    "plugin_options": {"type": "dict", "default": {}},
    "state": {
        "type": "str",
        "default": "present",
        "choices": ["absent", "present", "enable", "disable"],
    },
    "force_remove": {"type": "bool", "default": False},
    "enable_timeout": {"type": "int", "default": 0},
}


def bring_about(call: engine.Call) -> engine.Outcome:
    params = call.params
    wanted = PluginSpec(
        remote=params["plugin_name"],
        alias=params["alias"] or None,
        # As the settings of a plugin are its own words, True and None are what YAML calls them.
        settings={k: "" if v is None else str(v) for k, v in params["plugin_options"].items()},
    )
    kind = PluginKind(force_remove=params["force_remove"], enable_timeout=params["enable_timeout"])
    return call.reconcile(kind, wanted)


def main() -> None:
    engine.ensure_module("plugin", ARGUMENTS, bring_about)


if __name__ == "__main__":
    main()
