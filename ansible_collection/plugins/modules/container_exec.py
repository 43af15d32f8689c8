#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_exec
short_description: Run a command in a container
version_added: 0.1.0
description:
  - Runs a command in a container that runs, beside its main process.
  - An exit code other than 0 makes the task fail, as for every module that returns one. State C(failed_when)
    where it may.
extends_documentation_fragment:
  - pytest_engine.engine.engine
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
    details:
      - The command is not run. C(changed) tells whether it would be, which depends on O(creates) and
        O(removes); RV(rc) is V(0), and RV(stdout) and RV(stderr) are empty.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: N/A
    details:
      - What a command changes is not known.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: partial
    details:
      - With O(creates) or O(removes), if the command does create or remove that path.
options:
  container:
    description: The name or id of the container.
    type: str
    required: true
  argv:
    description:
      - The command and its arguments as a list, which need no quoting.
      - Either this or O(command) is needed.
    type: list
    elements: str
  command:
    description:
      - The command and its arguments as a string, which is split like a shell does.
      - No shell is involved. For variables, pipes and patterns, run one, as in V(sh -c "ls *.txt").
      - Either this or O(argv) is needed.
    type: str
  chdir:
    description: The directory to run the command in, instead of the container's.
    type: str
  detach:
    description:
      - Whether the command is left to itself once it has been started.
      - Neither O(stdin) nor O(command_timeout) goes with it, and there are no RV(rc), RV(stdout) and RV(stderr).
    type: bool
    default: false
  user:
    description: The user to run the command as, and optionally the group, as C(user:group) by name or number.
    type: str
  stdin:
    description:
      - What the command reads from its standard input.
      - With O(tty) it goes through the terminal, which shows it in RV(stdout), takes lines of up to 4095 bytes,
        and is told of the end as by Ctrl-D. A command that reads on after that waits for ever.
    type: str
  stdin_add_newline:
    description: Whether a newline is added to O(stdin).
    type: bool
    default: true
  strip_empty_ends:
    description: Whether line ends are taken off the end of RV(stdout) and RV(stderr).
    type: bool
    default: true
  tty:
    description: Whether the command gets a terminal. All its output is RV(stdout) then.
    type: bool
    default: false
  env:
    description:
      - Environment variables of the command, beyond the container's.
      - Values have to be strings. Quote what YAML takes for something else, such as V("yes") or V("1.10").
    type: dict
  privileged:
    description: Whether the command has all capabilities, as in a privileged container.
    type: bool
    default: false
  creates:
    description:
      - A path in the container. If it is there, the command is not run.
      - The engine is asked for it. Where engines do not look, which is in a C(tmpfs), C(/dev), C(/proc) and
        C(/sys), C(test) looks in the container, also in check mode.
    type: str
  removes:
    description: A path in the container. If it is not there, the command is not run. See O(creates).
    type: str
  command_timeout:
    description:
      - How many seconds the command may take. After that the task fails.
      - The engine has no way to end a command, so it goes on in the container.
    type: float
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_container_exec
"""

EXAMPLES = r"""
- name: A database, unless it is there
  pytest_engine.engine.container_exec:
    container: postgres
    command: sh -c "createdb --owner=shop shop && touch /tmp/shop.created"
    user: postgres
    creates: /tmp/shop.created
    command_timeout: 30

- name: A command with a pipe, which takes a shell
  pytest_engine.engine.container_exec:
    container: web
    command: sh -c "env | sort"
    env:
      STAGE: test
  register: variables

- name: Show what it wrote
  ansible.builtin.debug:
    var: variables.stdout_lines
"""

RETURN = r"""
stdout:
  description: What the command wrote to its standard output.
  returned: success and not O(detach)
  type: str
  sample: done
stderr:
  description: What the command wrote to its standard error.
  returned: success and not O(detach)
  type: str
  sample: ''
rc:
  description: The exit code of the command.
  returned: success and not O(detach)
  type: int
  sample: 0
exec_id:
  description: The engine's id of the command.
  returned: success and O(detach), if the command was started
  type: str
  sample: 249d9e3075655baf705ed8f40488c5e9434049cf3431976f1bfdb73741c574c5
msg:
  description: Why the command was not run, or with which exit code it failed.
  returned: if it was not run, or failed
  type: str
  sample: Not run, because /srv/ready is there in container web.
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure import commands
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.values import (
    encode_text,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "container": {"type": "str", "required": True},
    "argv": {"type": "list", "elements": "str"},
    "command": {"type": "str"},
    "chdir": {"type": "str"},
    "detach": {"type": "bool", "default": False},
    "user": {"type": "str"},
    "stdin": {"type": "str"},
    "stdin_add_newline": {"type": "bool", "default": True},
    "strip_empty_ends": {"type": "bool", "default": True},
    "tty": {"type": "bool", "default": False},
    "env": {"type": "dict"},
    "privileged": {"type": "bool", "default": False},
    "creates": {"type": "str"},
    "removes": {"type": "str"},
    "command_timeout": {"type": "float"},
}

SAME = ("creates", "detach", "env", "privileged", "removes", "tty", "user")


def text(output: bytes, params: Any) -> str:
    written = output.decode("utf-8", "replace")
    return written.rstrip("\r\n") if params["strip_empty_ends"] else written


def run(call: engine.Call) -> dict[str, Any]:
    params = call.params
    stdin = params["stdin"]
    if stdin is not None and params["stdin_add_newline"]:
        stdin += "\n"
    wanted = commands.CommandSpec(
        params["command"] if params["argv"] is None else params["argv"],
        working_dir=params["chdir"],
        stdin=None if stdin is None else encode_text(stdin, "stdin"),
        time_limit=params["command_timeout"],
        **{name: params[name] for name in SAME},
    )
    outcome = commands.run_command(call.engine, params["container"], wanted, check=call.check)
    result = {"changed": outcome.changed}
    if outcome.why_not:
        result["msg"] = outcome.why_not
    if params["detach"]:
        return {**result, "exec_id": outcome.exec_id} if outcome.exec_id else result
    ended = outcome.result
    if ended and ended.exit_code:
        # Ansible makes a failure of such a result by itself, and knows no reason.
        result["msg"] = (
            f"{wanted.words[0]} in container {params['container']} ended with exit code "
            f"{ended.exit_code}."
        )
    return {
        **result,
        "rc": ended.exit_code if ended else 0,
        "stdout": text(ended.stdout, params) if ended else "",
        "stderr": text(ended.stderr, params) if ended else "",
    }


def main() -> None:
    one = [("argv", "command")]
    engine.run_module(ARGUMENTS, run, mutually_exclusive=one, required_one_of=one)


if __name__ == "__main__":
    main()
