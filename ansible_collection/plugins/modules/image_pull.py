#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_pull
short_description: Bring an image from a registry to the engine
version_added: 0.1.0
description:
  - Pulls an image. Credentials for its registry are those that C(docker login) left on the target.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - With O(pull=always) the registry is asked for the digest of what it has. Where it does not tell, or the
        engine cannot ask it, as Podman, the module says that it would pull something new.
  idempotent:
    support: full
    details:
      - With O(pull=always) the image changes when the registry has another one under that name.
options:
  name:
    description:
      - The image, as C(name), C(repository/name) or C(registry:port/name). A tag or a digest may follow, as in
        C(name:tag) and C(name@sha256:digest).
    type: str
    required: true
  tag:
    description: The tag to pull, where O(name) has neither a tag nor a digest.
    type: str
    default: latest
  platform:
    description: The platform that the image is for, such as V(linux/arm64), or its architecture, such as V(arm64).
    type: str
  pull:
    description:
      - With V(always) the registry is asked each time, and a newer image of that name replaces the older one.
      - With V(not_present) it is asked only if the engine has no image of that name, or none for
        the O(platform).
    type: str
    default: always
    choices:
      - always
      - not_present
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_pull
  - module: pytest_engine.engine.login
"""

EXAMPLES = r"""
- name: The newest image of a name
  pytest_engine.engine.image_pull:
    name: redis
    tag: "7"

- name: An image that is pulled once and then left alone
  pytest_engine.engine.image_pull:
    name: redis:7
    pull: not_present
"""

RETURN = r"""
image:
  description: The image as the engine describes it. Empty in check mode where the image is not there yet.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - redis:7
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - Pulled image redis:7
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_transfers import (
    pull_image,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
    "platform": {"type": "str"},
    "pull": {"type": "str", "default": "always", "choices": ["always", "not_present"]},
}


def pull(call: engine.Call) -> dict[str, Any]:
    params = call.params
    name = name_image(params["name"], params["tag"])
    done = pull_image(
        call.engine,
        name,
        platform=params["platform"],
        always=params["pull"] == "always",
        check=call.check,
    )
    return {
        "changed": done.changed,
        "actions": [f"Pulled image {name}"] if done.pulled else [],
        "image": done.image or {},
        "diff": {"before": done.before, "after": done.after},
    }


def main() -> None:
    engine.run_module(ARGUMENTS, pull, diff_always=True)


if __name__ == "__main__":
    main()
