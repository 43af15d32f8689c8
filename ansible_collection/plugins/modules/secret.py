#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Bring about a secret of a swarm
version_added: 0.1.0
description:
  - Creates, replaces and removes a secret, which is a file that only the tasks of a swarm can read.
  - The content of a secret cannot be changed, so another content is another secret. It takes the place of the one before,
    which no service may use then, or with O(rolling_versions) it is a further version beside it.
  - The engine has to be a manager of a swarm.
  - As the content of a secret cannot be read, its digest is kept in the label C(ansible_key), by which it is compared.
  - The content is in no diff, and in no error.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(force=true), which makes it anew each time.
options:
  name:
    description: The name of the secret. With O(rolling_versions) it is followed by C(_v) and a number.
    type: str
    required: true
  data:
    description: The content. With O(state=present), it or O(data_src) is required.
    type: str
  data_is_b64:
    description: Whether O(data) is in Base64, as binary content has to be. Line breaks and spaces in it do not count.
    type: bool
    default: false
  data_src:
    description: A file on the target that holds the content.
    type: path
  force:
    description: Whether to make a new secret even if the one that is there has the same content.
    type: bool
    default: false
  labels:
    description:
      - Labels by name. An existing secret may have more labels than are named here.
      - They are changed in place, also while services use the secret.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
      - C(ansible_key) and C(ansible_version) are refused; they tell what the content is.
    type: dict
  rolling_versions:
    description:
      - Whether another content makes a secret of the next version, while services go on with the one that they use.
      - The number of the version is kept in the label C(ansible_version).
    type: bool
    default: false
  state:
    description:
      - With V(present) the secret is there at the end.
      - With V(absent) it is not, and with O(rolling_versions) no version of it is.
    type: str
    default: present
    choices:
      - absent
      - present
  versions_to_keep:
    description:
      - How many versions are left when O(rolling_versions) makes a new one, which counts as well. The oldest go
        first, but those that services use stay until the next version is made.
      - With V(-1) all are left, and V(0) means the same as V(1).
    type: int
    default: 5
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_secret
"""

EXAMPLES = r"""
- name: A secret
  pytest_engine.engine.secret:
    name: shop_password
    data: correct horse battery staple

- name: The next version of a secret whenever it changes, for services to move to
  pytest_engine.engine.secret:
    name: shop_key
    data: "{{ 'another key' | b64encode }}"
    data_is_b64: true
    rolling_versions: true
    versions_to_keep: 2
    labels:
      project: shop
  register: shop_key

- name: Show the name for services to use
  ansible.builtin.debug:
    var: shop_key.secret_name

- name: No secret
  pytest_engine.engine.secret:
    name: shop_password
    state: absent
"""

RETURN = r"""
secret_id:
  description: The id of the secret. Empty where there is none.
  returned: success
  type: str
  sample: hzehrmyjigmcp2gb6nlhmjqcv
secret_name:
  description: The name of the secret, with its version. Empty where there is none.
  returned: success
  type: str
  sample: shop_key_v3
secret:
  description: The secret as the engine describes it, without its content. Empty where there is none.
  returned: success
  type: dict
  sample:
    ID: hzehrmyjigmcp2gb6nlhmjqcv
    Spec:
      Labels:
        project: shop
      Name: shop_key_v3
    Version:
      Index: 11
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create secret shop_key_v3
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import content_options
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.secrets import (
    SecretKind,
)

ARGUMENTS = {
    **content_options.ARGUMENTS,
    "data": {"type": "str", "no_log": True},
}


def main() -> None:
    content_options.run_content_module("secret", ARGUMENTS, SecretKind)


if __name__ == "__main__":
    main()
