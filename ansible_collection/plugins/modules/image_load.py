#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_load
short_description: Load images from an archive
version_added: 0.1.0
description:
  - Brings the images of an archive that C(docker save) or M(pytest_engine.engine.image_export) wrote to the
    engine.
  - The module reads on the target which images and names are in the archive, and sends it to the engine only
    where the engine lacks one of them.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - An archive without C(manifest.json) does not tell what is in it, and is loaded every time.
      - The same goes for one that is compressed with zstd where the target's Python is older than 3.14.
options:
  path:
    description: The archive on the target, plain or compressed with gzip, bzip2, xz or zstd.
    type: path
    required: true
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_load
  - module: pytest_engine.engine.image_export
"""

EXAMPLES = r"""
- name: Images that came by file
  pytest_engine.engine.image_load:
    path: /srv/images/shop.tar
  register: loaded

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ loaded.image_names | join(', ') }}"
"""

RETURN = r"""
image_names:
  description: The names of the images in the archive, or the ids of those that have no name.
  returned: success
  type: list
  elements: str
  sample:
    - shop:1.4.2
images:
  description: These images as the engine describes them. In check mode only those that it has.
  returned: success
  type: list
  elements: dict
  sample:
    - Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
      RepoTags:
        - shop:1.4.2
stdout:
  description: What the engine said. Empty where it did not have to load the archive.
  returned: success
  type: str
  sample: "Loaded image: shop:1.4.2"
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample:
    - Loaded images from /srv/images/shop.tar
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_archives import (
    load_images,
)

if TYPE_CHECKING:
    from typing import Any


def load(call: engine.Call) -> dict[str, Any]:
    path = call.params["path"]
    done = load_images(call.engine, path, check=call.check)
    return {
        "changed": done.changed,
        "actions": [f"Loaded images from {path}"] if done.changed else [],
        "image_names": done.names,
        "images": done.images,
        "stdout": "\n".join(done.log),
        "diff": {"before": done.before, "after": done.after},
    }


def main() -> None:
    engine.run_module({"path": {"type": "path", "required": True}}, load)


if __name__ == "__main__":
    main()
