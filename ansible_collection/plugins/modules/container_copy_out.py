#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_copy_out
short_description: Copy files and folders out of a container
version_added: 0.1.0
description:
  - Brings a file of a container, or a folder with all that is in it, to the target. The container need not run,
    nor have a shell.
  - Nothing is written if everything is there already. Content and permissions are compared, times and owners are
    not. The files belong to the user that the module runs as.
  - A file appears whole or not at all, and nothing is written outside of O(path), whatever is in the container.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for O(force=true), which is there to copy everything each time.
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
  container_path:
    description:
      - The file or folder in the container.
      - Archives do not reach what is in a C(tmpfs), C(/dev), C(/proc) or C(/sys) of a container that runs; the
        task fails. Within a folder that is copied, such a place is as it is below that. Podman reaches all of it.
    type: str
    required: true
  path:
    description:
      - What it becomes on the target. The folder that it is in has to be there.
      - A device, a pipe or a socket that is there is not replaced; the task fails.
      - A file goes into a folder that is there, under its own name. A folder is merged into it.
        A link to a folder is that folder.
    type: path
    required: true
  follow:
    description: Whether to copy what O(container_path) leads to, if it is a link.
    type: bool
    default: false
  keep_links:
    description:
      - Whether to copy also links that lead out of what is copied, as links. Otherwise they are refused, because
        on the target they lead somewhere else.
    type: bool
    default: false
  force:
    description:
      - With V(true), everything is copied each time, without comparing.
      - With V(false), nothing is copied if there is anything at O(path).
      - Without it, everything is copied if something differs.
    type: bool
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.container_copy_into
"""

EXAMPLES = r"""
- name: The configuration that the image brings along
  pytest_engine.engine.container_copy_out:
    container: web
    container_path: /etc/nginx/nginx.conf
    path: /etc/web/nginx.conf

- name: All reports
  pytest_engine.engine.container_copy_out:
    container: tests
    container_path: /data/reports
    path: /srv/reports
"""

RETURN = r"""
path:
  description: Where on the target the file or folder is.
  returned: success
  type: str
  sample: /etc/web/nginx.conf
container_path:
  description: Where in the container it is. With O(follow), that is behind the links.
  returned: success
  type: str
  sample: /etc/nginx/nginx.conf
copied:
  description:
    - What differed, by its path on the target. Where nothing was there, and with O(force=true), only O(path) itself.
  returned: success
  type: list
  elements: str
  sample:
    - /etc/web/nginx.conf
"""

from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure import (
    file_diffs,
    files_out,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "container": {"type": "str", "required": True},
    "container_path": {"type": "str", "required": True},
    "path": {"type": "path", "required": True},
    "follow": {"type": "bool", "default": False},
    "keep_links": {"type": "bool", "default": False},
    "force": {"type": "bool"},
}

SAME = ("follow", "force", "keep_links")


def copy(call: engine.Call) -> dict[str, Any]:
    params = call.params
    wanted = files_out.CopyOut(
        params["container_path"], Path(params["path"]), **{name: params[name] for name in SAME}
    )
    fetched = files_out.fetch_from(call.engine, params["container"], wanted, check=call.check)
    return {
        "changed": bool(fetched.changes),
        "path": str(fetched.path),
        "container_path": fetched.source,
        "copied": [str(fetched.path / change.name) for change in fetched.changes],
        "diff": file_diffs.diff_out(fetched),
    }


def main() -> None:
    engine.run_module(ARGUMENTS, copy)


if __name__ == "__main__":
    main()
