#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_copy_into
short_description: Copy files and folders into a container
version_added: 0.1.0
description:
  - Brings a file of the target, a folder with all that is in it, or a content that the task states into a
    container. The container need not run, nor have a shell.
  - Only what is not there as wanted is sent. Content, permissions and owner are compared, times are not. Content
    is read from the container only where everything else is the same.
  - Files are sent as they are read, however large they are.
extends_documentation_fragment:
  - pytest_engine.engine.engine
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: full
    details:
      - Content is shown of files up to the size that C(max_diff_size) of Ansible's configuration states. Of a
        folder, it is shown what differs in it, and in what.
      - A content that the task states is shown as well. Where it is a secret, state C(diff=false) or
        C(no_log=true) for the task.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: full
    details:
      - Except for O(force=true), which is there to send everything each time.
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
  path:
    description:
      - A file or a folder of the target.
      - Either this or O(content) is needed.
    type: path
  content:
    description:
      - The content of a file.
      - Either this, together with O(mode), or O(path) is needed.
    type: str
  content_is_b64:
    description: Whether O(content) is written in Base64, which is what binary contents need.
    type: bool
    default: false
  container_path:
    description:
      - What the file or folder becomes in the container, whatever is there. The folder that it is in has to be
        there.
      - For a file, this is its whole path, with its name; one that ends in C(/) or C(/.) is refused, so that it
        does not replace the folder. For a folder, a slash at the end means nothing.
      - A folder is merged into one that is there, and never takes the place of something else. A file does, and
        of a folder that is at this very path nothing stays. What is in a folder that is copied does not take the
        place of a folder.
      - In a C(tmpfs), C(/dev), C(/proc) and C(/sys), which archives do not reach, nothing can be put; the task
        fails. Podman reaches all of that.
    type: str
    required: true
  follow:
    description: Whether to go where O(container_path) leads if it is a link, instead of replacing the link.
    type: bool
    default: false
  local_follow:
    description: Whether to copy what links on the target lead to, instead of the links.
    type: bool
    default: true
  owner_id:
    description:
      - The id of the user that the files belong to. It goes together with O(group_id).
      - Without it, they belong to the user that the container runs as.
    type: int
  group_id:
    description: The id of the group that the files belong to. It goes together with O(owner_id).
    type: int
  mode:
    description: The permissions of files. Without it, they are those that the files have on the target.
    type: raw
  mode_parse:
    description: How O(mode) is read.
    type: str
    default: legacy
    choices:
      legacy:
        - As a number. An octal number in a string, as V("0644"), is taken for a B(decimal) one.
      modern:
        - A string as an octal number, a number as it is. That is what M(ansible.builtin.copy) does.
      octal_string_only:
        - A string as an octal number, and nothing else.
  directory_mode:
    description:
      - The permissions of folders, as an octal number in a string. Without it, they are those that the folders
        have on the target.
    type: raw
  force:
    description:
      - With V(true), everything is sent each time, without comparing.
      - With V(false), nothing is sent if there is anything at O(container_path).
      - Without it, what differs is sent.
    type: bool
  _max_file_size_for_diff:
    description: Stated by the collection itself, from Ansible's configuration, and not to be stated in a task.
    type: int
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.container_copy_out
  - module: community.docker.docker_container_copy_into
"""

EXAMPLES = r"""
- name: A configuration for a container that has not been started yet
  pytest_engine.engine.container_copy_into:
    container: web
    path: /etc/web/nginx.conf
    container_path: /etc/nginx/nginx.conf
    mode: "0644"
    mode_parse: modern

- name: A folder with all that is in it
  pytest_engine.engine.container_copy_into:
    container: web
    path: /srv/site
    container_path: /usr/share/nginx/html
    owner_id: 101
    group_id: 101

- name: A file that the task states, which is not overwritten
  pytest_engine.engine.container_copy_into:
    container: web
    content: |
      ready
    container_path: /srv/ready
    mode: "0644"
    mode_parse: octal_string_only
    force: false
"""

RETURN = r"""
container_path:
  description: Where in the container the file or folder is. With O(follow), that is behind the links.
  returned: success
  type: str
  sample: /etc/nginx/nginx.conf
copied:
  description: What was sent, or in check mode would be sent, by its path in the container.
  returned: success
  type: list
  elements: str
  sample:
    - /etc/nginx/nginx.conf
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import (
    copy_options,
    engine,
    hidden,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure import files_in

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "container": {"type": "str", "required": True},
    "path": {"type": "path"},
    "content": {"type": "str", "no_log": True},
    "content_is_b64": {"type": "bool", "default": False},
    "container_path": {"type": "str", "required": True},
    "follow": {"type": "bool", "default": False},
    "local_follow": {"type": "bool", "default": True},
    "owner_id": {"type": "int"},
    "group_id": {"type": "int"},
    "mode": {"type": "raw"},
    "mode_parse": {
        "type": "str",
        "default": "legacy",
        "choices": ["legacy", "modern", "octal_string_only"],
    },
    "directory_mode": {"type": "raw"},
    "force": {"type": "bool"},
    # Of the action plugin, which also reveals what is hidden from Ansible's masking.
    "_max_file_size_for_diff": {"type": "int"},
}


def copy(call: engine.Call) -> dict[str, Any]:
    params = call.params
    limit = params["_max_file_size_for_diff"]
    copied = files_in.copy_into(
        call.engine,
        params["container"],
        copy_options.wanted(params),
        check=call.check,
        diff_limit=limit or 0 if call.diff else None,
    )
    result = {
        "changed": bool(copied.changes),
        "container_path": copied.path,
        "copied": [copied.place(change) for change in copied.changes],
    }
    if copied.diff is not None:
        result["diff"] = copied.diff
    if limit is None or params["content"] is None:
        return result
    return {**result, "hidden": hidden.hide(result, params["content"])}


def main() -> None:
    engine.run_module(
        ARGUMENTS,
        copy,
        mutually_exclusive=[("path", "content")],
        required_together=[("owner_id", "group_id")],
        required_by={"content": ["mode"]},
    )


if __name__ == "__main__":
    main()
