#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_logs
short_description: Read what a container has logged
version_added: 0.1.0
description:
  - Returns the lines that a container has written so far, whether it runs or not.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
    aliases:
      - name
  stdout:
    description: Whether to read its standard output.
    type: bool
    default: true
  stderr:
    description: Whether to read its standard error.
    type: bool
    default: true
  tail:
    description: To read only so many lines, the last ones. By default all are read.
    type: int
  since:
    description:
      - To read only what was logged from then on.
      - A time as V(2030-05-17T08:00:00Z), seconds since 1970, or how long ago it was, as V(10m) or V(1h30m).
    type: str
  until:
    description: To read only what was logged up to then, in the forms of O(since).
    type: str
  timestamps:
    description: Whether each line begins with its time.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.container_wait
"""

EXAMPLES = r"""
- name: The last words of a container
  pytest_engine.engine.container_logs:
    container: web
    tail: 20
  register: log

- name: Show them
  ansible.builtin.debug:
    var: log.lines

- name: The errors of the last ten minutes
  pytest_engine.engine.container_logs:
    container: web
    stdout: false
    since: 10m
    timestamps: true
"""

RETURN = r"""
lines:
  description: The lines of both streams, in the order in which they came.
  returned: success
  type: list
  elements: str
  sample:
    - listening on port 8000
    - GET / 200
stdout:
  description: What of it was written to standard output. A container with a terminal has only this.
  returned: success
  type: str
  sample: GET / 200
stderr:
  description: What of it was written to standard error.
  returned: success
  type: str
  sample: listening on port 8000
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core import moment
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401  # so that Ansible packs it
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "container": {"type": "str", "required": True, "aliases": ["name"]},
    "stdout": {"type": "bool", "default": True},
    "stderr": {"type": "bool", "default": True},
    "tail": {"type": "int"},
    "since": {"type": "str"},
    "until": {"type": "str"},
    "timestamps": {"type": "bool", "default": False},
}

SAME = ("stderr", "stdout", "tail", "timestamps")


def read(call: engine.Call) -> dict[str, Any]:
    params = call.params
    if params["tail"] is not None and params["tail"] < 0:
        raise engine.errors.InvalidInput(f"tail: {params['tail']} is no number of lines.")
    moments = {
        option: moment.read_moment(params[option], option)
        for option in ("since", "until")
        if params[option] is not None
    }
    options = {name: params[name] for name in SAME}
    with call.engine.containers.logs(params["container"], **options, **moments) as log:
        lines = [(stream, line.decode("utf-8", "replace")) for stream, line in log.lines()]
    return {
        "lines": [line for _stream, line in lines],
        "stdout": "\n".join(line for stream, line in lines if stream == "stdout"),
        "stderr": "\n".join(line for stream, line in lines if stream == "stderr"),
    }


def main() -> None:
    engine.read_module(ARGUMENTS, read)


if __name__ == "__main__":
    main()
