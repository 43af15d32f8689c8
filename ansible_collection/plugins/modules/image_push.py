#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_push
short_description: Bring an image from the engine to a registry
version_added: 0.1.0
description:
  - Pushes an image to the registry that its name says. Credentials for it are those that C(docker login) or
    M(pytest_engine.engine.login) left on the target.
  - The registry is asked first which image it has under that name. The one that it has is not pushed again.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - Where the registry does not tell what it has, or the engine cannot ask it, as Podman, the module says
        that it would push.
options:
  name:
    description:
      - The image, as C(name), C(repository/name) or C(registry:port/name). A tag may follow, as in C(name:tag).
      - An id or a name with a digest is refused, because a registry takes neither.
    type: str
    required: true
  tag:
    description: The tag of O(name) where that states none.
    type: str
    default: latest
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_push
  - module: pytest_engine.engine.image_tag
  - module: pytest_engine.engine.login
"""

EXAMPLES = r"""
- name: A release for everybody
  pytest_engine.engine.image_push:
    name: registry.example:5000/shop
    tag: 1.4.2
"""

RETURN = r"""
image:
  description: The image as the engine describes it.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - registry.example:5000/shop:1.4.2
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample:
    - Pushed image registry.example:5000/shop:1.4.2
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_transfers import (
    push_image,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
}


def push(call: engine.Call) -> dict[str, Any]:
    name = name_image(call.params["name"], call.params["tag"])
    done = push_image(call.engine, name, check=call.check)
    return {
        "changed": done.changed,
        "actions": [f"Pushed image {name}"] if done.changed or done.status else [],
        "image": done.image,
        "diff": {"before": done.before, "after": done.after},
    }


def main() -> None:
    engine.run_module(ARGUMENTS, push)


if __name__ == "__main__":
    main()
