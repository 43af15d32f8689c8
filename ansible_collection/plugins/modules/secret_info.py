#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: secret_info
short_description: Tell everything about secrets of a swarm
version_added: 0.1.0
description:
  - Returns what a manager of a swarm knows about one secret, about several, or about all that match, but
    never their contents.
  - Exactly one of O(name), O(names) and O(filters) is required.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description: The name of the secret, its id, or the beginning of its id.
    type: str
  names:
    description: The same for several.
    type: list
    elements: str
  filters:
    description:
      - Looks for all that match, in one request, such as V(project=shop) as C(label) or V(shop_) as C(name), with
        which the names begin. With an empty dictionary these are all there are.
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.secret
"""

EXAMPLES = r"""
- name: Look at a secret
  pytest_engine.engine.secret_info:
    name: shop_password
  register: looked_at

- name: Say so where there is none
  ansible.builtin.debug:
    msg: There is no secret shop_password.
  when: not looked_at.exists

- name: Find the versions of one
  pytest_engine.engine.secret_info:
    filters:
      name: shop_
      label: project=shop
  register: versions

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ versions.secrets | map(attribute='Spec.Name') }}"
"""

RETURN = r"""
exists:
  description: Whether there is such a secret.
  returned: success and O(name) is stated
  type: bool
  sample: true
secret:
  description: The secret as the engine describes it. V(none) where there is no such secret.
  returned: success and O(name) is stated
  type: dict
  sample:
    CreatedAt: '2026-01-31T12:00:00.000000000Z'
    ID: hzehrmyjigmcp2gb6nlhmjqcv
    Spec:
      Labels:
        project: shop
      Name: shop_password
secrets:
  description: Those of O(names) that there are, in this order, or those that match O(filters).
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
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.secrets import (  # pylint: disable=unused-import
    Secrets,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.polling import when_led

if TYPE_CHECKING:
    from typing import Any


def ways(call: engine.Call) -> tuple[Any, Any]:
    secrets = call.engine.secrets
    return when_led(secrets.inspect), when_led(lambda filters: secrets.list(filters=filters))


def main() -> None:
    info.run("secret", ways)


if __name__ == "__main__":
    main()
