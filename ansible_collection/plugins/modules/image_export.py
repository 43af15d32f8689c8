#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_export
short_description: Write images into an archive
version_added: 0.1.0
description:
  - Writes images that the engine has into an archive on the target, which C(docker load) and
    M(pytest_engine.engine.image_load) read.
  - An archive that holds exactly these images under these names already is left alone.
  - The archive is replaced when the new one is complete. Where that fails the old one stays.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - With O(force=true) the archive is written every time.
options:
  names:
    description:
      - The images, as C(name), C(repository/name) or C(registry:port/name) each, with a tag or a digest where
        they have one, or their ids. An image that is named by its id or digest has no name in the archive.
    type: list
    elements: str
    required: true
    aliases:
      - name
  tag:
    description: The tag of those O(names) that state none.
    type: str
    default: latest
  path:
    description: The archive. It has to be stated; its folder has to be there.
    type: path
  force:
    description: Writes the archive although it holds these images already.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_export
  - module: pytest_engine.engine.image_load
"""

EXAMPLES = r"""
- name: One image as a file
  pytest_engine.engine.image_export:
    name: shop:1.4.2
    path: /srv/images/shop.tar

- name: Several images in one file
  pytest_engine.engine.image_export:
    names:
      - shop:1.4.2
      - redis:7
    path: /srv/images/all.tar
"""

RETURN = r"""
images:
  description: The images as the engine describes them.
  returned: success
  type: list
  elements: dict
  sample:
    - Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
      RepoTags:
        - shop:1.4.2
msg:
  description: Why the archive is written.
  returned: if the archive is written, or in check mode would be
  type: str
  sample: "Writing /srv/images/shop.tar: there is none"
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample:
    - Wrote shop:1.4.2 to /srv/images/shop.tar
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_archives import (
    export_images,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "names": {"type": "list", "elements": "str", "required": True, "aliases": ["name"]},
    "tag": {"type": "str", "default": "latest"},
    "path": {"type": "path"},
    "force": {"type": "bool", "default": False},
}


def export(call: engine.Call) -> dict[str, Any]:
    params = call.params
    path = params["path"]
    if not path:
        raise engine.errors.InvalidInput("path: name the file to write the images to.")
    names = [name_image(name, params["tag"]) for name in params["names"]]
    done = export_images(call.engine, names, path, force=params["force"], check=call.check)
    return {
        "changed": bool(done.reason),
        "actions": [f"Wrote {', '.join(names)} to {path}"] if done.reason else [],
        "images": done.images,
        "diff": {"before": done.before, "after": done.after},
        **({"msg": f"Writing {path}: {done.reason}"} if done.reason else {}),
    }


def main() -> None:
    engine.run_module(ARGUMENTS, export)


if __name__ == "__main__":
    main()
