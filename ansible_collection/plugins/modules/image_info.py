#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_info
short_description: Tell everything about images
version_added: 0.1.0
description:
  - Returns what the engine knows about images in its store, about those of certain names, those that match, or all.
  - Nothing is pulled. M(pytest_engine.engine.image_pull) does that.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  name:
    description:
      - The name of an image, or a list of names. A name without a tag stands for C(latest).
      - An id is taken as well, with C(sha256:) in front or without, and so are its first twelve digits or more.
      - Without O(name) and O(filters), all images are looked at.
    type: list
    elements: str
  filters:
    description:
      - Looks at all that match, such as V(registry.example/*) as C(reference) or V(true) as C(dangling).
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
      - Mutually exclusive with O(name).
    type: dict
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_info
  - module: pytest_engine.engine.image_pull
"""

EXAMPLES = r"""
- name: Look at an image
  pytest_engine.engine.image_info:
    name: redis:7
  register: redis

- name: Show its ports
  ansible.builtin.debug:
    msg: "{{ redis.images[0].Config.ExposedPorts }}"
  when: redis.images | length > 0

- name: Look at several
  pytest_engine.engine.image_info:
    name:
      - redis:7
      - debian:bookworm
  register: several

- name: Stop where one of them is not there
  ansible.builtin.assert:
    that: several.missing | length == 0

- name: Find the images of a project
  pytest_engine.engine.image_info:
    filters:
      label: com.example.project=shop
  register: shop

- name: Look at all
  pytest_engine.engine.image_info:
  register: everything
"""

RETURN = r"""
images:
  description: The images as the engine describes them, those of O(name) in its order.
  returned: success
  type: list
  elements: dict
  sample:
    - Architecture: amd64
      Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
      Os: linux
      RepoTags:
        - redis:7
missing:
  description: Those of O(name) that the engine does not have.
  returned: success and O(name) is stated
  type: list
  elements: str
  sample: []
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.images import (  # pylint: disable=unused-import
    Images,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    inspect_image,
    look_up,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "list", "elements": "str"},
    "filters": {"type": "dict"},
}


def look(call: engine.Call) -> dict[str, Any]:
    params, images = call.params, call.engine.images
    if params["name"]:
        found, missing = look_up(lambda name: inspect_image(call.engine, name), params["name"])
        return {"images": found, "missing": missing}
    ids = [image["Id"] for image in images.list(filters=engine.filters(params["filters"]))]
    return {"images": look_up(images.inspect, ids)[0]}


def main() -> None:
    engine.read_module(ARGUMENTS, look, mutually_exclusive=[("name", "filters")])


if __name__ == "__main__":
    main()
