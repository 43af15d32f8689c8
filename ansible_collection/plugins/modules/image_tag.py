#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_tag
short_description: Give an image further names
version_added: 0.1.0
description:
  - Gives names to an image that the engine has. Names that it has already are left alone.
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
    description:
      - The tag of O(name) where that states none.
      - It is also the tag of the names in O(repository) that state none.
    type: str
    default: latest
  repository:
    description:
      - The names to give it, as C(repository:tag) each. They can be neither ids nor have a digest.
    type: list
    elements: str
    required: true
  existing_images:
    description:
      - What to do with a name that another image has.
      - With V(overwrite) this image gets it, with V(keep) the other one keeps it.
    type: str
    default: overwrite
    choices:
      - keep
      - overwrite
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_tag
  - module: pytest_engine.engine.image_push
  - module: pytest_engine.engine.image_remove
"""

EXAMPLES = r"""
- name: A release gets its names
  pytest_engine.engine.image_tag:
    name: shop:build
    repository:
      - registry.example:5000/shop:1.4.2
      - registry.example:5000/shop:1.4

- name: A name that only an image without one gets
  pytest_engine.engine.image_tag:
    name: shop:build
    repository:
      - shop:stable
    existing_images: keep
"""

RETURN = r"""
image:
  description: The image that has the names, as the engine describes it before it gets them.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - shop:build
tagged_images:
  description: The names that the image was given, or in check mode would be given.
  returned: success
  type: list
  elements: str
  sample:
    - registry.example:5000/shop:1.4.2
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - Tagged image shop:build as registry.example:5000/shop:1.4.2
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
    tag_image,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
    "repository": {"type": "list", "elements": "str", "required": True},
    "existing_images": {"type": "str", "default": "overwrite", "choices": ["keep", "overwrite"]},
}


def tag(call: engine.Call) -> dict[str, Any]:
    params = call.params
    name = name_image(params["name"], params["tag"])
    done = tag_image(
        call.engine,
        name,
        [name_image(target, params["tag"]) for target in params["repository"]],
        keep=params["existing_images"] == "keep",
        check=call.check,
    )
    return {
        "changed": bool(done.tagged),
        "actions": [f"Tagged image {name} as {target}" for target in done.tagged],
        "image": done.image,
        "tagged_images": done.tagged,
        "diff": {"before": {"images": done.before}, "after": {"images": done.after}},
    }


def main() -> None:
    engine.run_module(ARGUMENTS, tag, diff_always=True)


if __name__ == "__main__":
    main()
