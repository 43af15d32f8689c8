#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_remove
short_description: Remove an image, or one of its names
version_added: 0.1.0
description:
  - Takes a name away from an image. With its last name the engine removes the image as well.
  - Removes an image with all of its names where it is named by its id.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
options:
  name:
    description:
      - The image, as C(name), C(repository/name) or C(registry:port/name), with a tag or a digest where it has
        one, or its id.
    type: str
    required: true
  tag:
    description: The tag of O(name) where that states none.
    type: str
    default: latest
  force:
    description:
      - Removes the image although a container that does not run uses it, and, where O(name) is an id, although
        it has several names.
      - Of an image that a running container uses, its last name can be taken away so, and the image stays without
        one. By its id it cannot be removed.
    type: bool
    default: false
  prune:
    description: Removes the images without names that it was built on as well.
    type: bool
    default: true
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_remove
"""

EXAMPLES = r"""
- name: No old release
  pytest_engine.engine.image_remove:
    name: registry.example:5000/shop:1.3.0

- name: An image and all of its names
  pytest_engine.engine.image_remove:
    name: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    force: true
"""

RETURN = r"""
image:
  description: The image as the engine described it before. Empty where there was none.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - registry.example:5000/shop:1.3.0
deleted:
  description:
    - The ids of the images and layers that are gone, sorted.
    - In check mode the id of the image alone, where it would be removed.
  returned: success
  type: list
  elements: str
  sample: []
untagged:
  description: The names, also those with digests, that are gone, sorted.
  returned: success
  type: list
  elements: str
  sample:
    - registry.example:5000/shop:1.3.0
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample:
    - Removed image registry.example:5000/shop:1.3.0
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
    remove_image,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
    "force": {"type": "bool", "default": False},
    "prune": {"type": "bool", "default": True},
}


def remove(call: engine.Call) -> dict[str, Any]:
    params = call.params
    done = remove_image(
        call.engine,
        name_image(params["name"], params["tag"]),
        force=params["force"],
        prune=params["prune"],
        check=call.check,
    )
    return {
        "changed": done.image is not None,
        "actions": [] if done.image is None else [f"Removed image {done.name}"],
        "image": done.image or {},
        "deleted": done.deleted,
        "untagged": done.untagged,
        "diff": {"before": done.before, "after": done.after},
    }


def main() -> None:
    engine.run_module(ARGUMENTS, remove)


if __name__ == "__main__":
    main()
