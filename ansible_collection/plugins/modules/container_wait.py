#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container_wait
short_description: Wait until a container is ready
version_added: 0.1.0
description:
  - Waits until all conditions that are stated hold for a container.
  - Logs and events are followed, so that the task goes on the moment that they hold.
  - A container that ends, so that a condition cannot come true any more, makes the task fail at once, with its
    exit code and its last log lines.
  - O(port) and O(http) are tried from the target, for the engine on it or on O(docker_host).
extends_documentation_fragment:
  - pytest_engine.engine.engine
attributes:
  check_mode:
    description: Whether the module does the same in check mode.
    support: partial
    details:
      - It refuses what is wrong in the conditions and does not wait, because what would make them true has not been
        done either.
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: N/A
    details:
      - It only reads.
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: full
options:
  container:
    description: The name or id of the container, which has to have been started.
    type: str
    required: true
    aliases:
      - name
  wait_timeout:
    description: How many seconds to wait at most.
    type: float
    default: 60
  log:
    description: A line that the container has to log, since it was started last.
    type: dict
    suboptions:
      text:
        description: What the line contains. Either this or O(log.pattern) is needed.
        type: str
      pattern:
        description: A regular expression of Python that is searched for in each line.
        type: str
      times:
        description: How many lines have to have it.
        type: int
        default: 1
      stream:
        description: The stream that the lines are read from, instead of both.
        type: str
        choices:
          - stdout
          - stderr
  port: &port
    description:
      - A TCP port of the container that something has to listen on. That the engine itself accepts connections
        to a published port does not count.
      - It need not be published where the target reaches the container's own address.
    type: int
  http: &http
    description: A request over HTTP that has to be answered.
    type: dict
    suboptions:
      path:
        description: What to ask for, with its query.
        type: str
        default: /
      port:
        description: The port in the container. Without it, it is the only one that is published.
        type: int
      status:
        description: The status codes one of which the answer has to have. Redirects are not followed.
        type: list
        elements: int
        default:
          - 200
      method:
        description: The method of the request.
        type: str
        default: GET
      headers:
        description: Headers of the request.
        type: dict
      body:
        description: A text that the answer has to contain.
        type: str
      json:
        description: Members that the answer has to have as JSON, however deep, with their values.
        type: dict
      tls:
        description: Whether to ask over TLS.
        type: bool
        default: false
      ca_path:
        description: A file on the target with the authorities that the server is known by, instead of the system's.
        type: path
      validate_certs:
        description: Whether the server has to be known by an authority, under the name or address that it is asked at.
        type: bool
        default: true
  healthy: &healthy
    description: Whether the container's healthcheck has to have succeeded. V(false) asks for nothing.
    type: bool
  exec:
    description: A command in the container that has to end with a certain exit code. It is run again and again.
    type: dict
    suboptions:
      argv:
        description: The command and its arguments as a list. Either this or O(exec.command) is needed.
        type: list
        elements: str
      command:
        description: The command and its arguments as a string, which is split like a shell does.
        type: str
      exit_code:
        description: The exit code to wait for.
        type: int
        default: 0
      output:
        description: A text that its standard output has to contain.
        type: str
  exit: &exit
    description:
      - The end of the container. One that had ended before counts as well.
      - An empty dictionary waits for any end.
    type: dict
    suboptions:
      code:
        description: The exit code that it has to end with. Another one makes the task fail.
        type: int
  udp: &udp
    description:
      - A UDP port of the container that something has to listen on, or answer at.
      - Without anything to send, it is ready when two datagrams to the container's own address, a second apart,
        are not refused. Where the target does not reach that address, something to send is needed.
    type: dict
    suboptions:
      port:
        description: The port in the container.
        type: int
        required: true
      send:
        description: A text to send to the service, whose answer may be any.
        type: str
      send_base64:
        description: The same for bytes, in Base64.
        type: str
  file: &file
    description:
      - A file or folder in the container. The engine is asked for it, so that the image needs no shell; engines do
        not look into a tmpfs, nor into C(/proc) and C(/sys).
      - A container that has ended is looked at once more.
    type: dict
    suboptions:
      path:
        description: Its absolute path.
        type: str
        required: true
      content:
        description: A text that it has to contain.
        type: str
      pattern:
        description: A regular expression of Python that is searched for in its content.
        type: str
  stable: &stable
    description: For how many seconds the container has to have been running without being started again.
    type: float
  all:
    description: Further conditions, all of which have to hold, for several of one sort.
    type: list
    elements: dict
    suboptions: &conditions
      log:
        description: A line that the container has to log, since it was started last.
        type: dict
        suboptions:
          text:
            description: What the line contains. Either this or C(pattern) is needed.
            type: str
          pattern:
            description: A regular expression of Python that is searched for in each line.
            type: str
          times:
            description: How many lines have to have it.
            type: int
            default: 1
          stream:
            description: The stream that the lines are read from, instead of both.
            type: str
            choices:
              - stdout
              - stderr
      port: *port
      http: *http
      healthy: *healthy
      exec:
        description: A command in the container that has to end with a certain exit code. It is run again and again.
        type: dict
        suboptions:
          argv:
            description: The command and its arguments as a list. Either this or C(command) is needed.
            type: list
            elements: str
          command:
            description: The command and its arguments as a string, which is split like a shell does.
            type: str
          exit_code:
            description: The exit code to wait for.
            type: int
            default: 0
          output:
            description: A text that its standard output has to contain.
            type: str
      exit: *exit
      udp: *udp
      file: *file
      stable: *stable
  any:
    description: Alternatives, at least one of which has to hold, with everything that it states.
    type: list
    elements: dict
    suboptions: *conditions
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.container
  - module: pytest_engine.engine.container_logs
"""

EXAMPLES = r"""
- name: Wait until the web server answers
  pytest_engine.engine.container_wait:
    container: web
    http:
      path: /health
      port: 8000
    wait_timeout: 30

- name: Wait until the database says for the second time that it is ready, and listens
  pytest_engine.engine.container_wait:
    container: postgres
    log:
      text: ready to accept connections
      times: 2
    port: 5432

- name: Wait for the end of a job
  pytest_engine.engine.container_wait:
    container: migration
    exit:
      code: 0
    wait_timeout: 600

- name: Wait until a worker that is started again when it falls over has stopped doing that
  pytest_engine.engine.container_wait:
    container: worker
    stable: 10
    file:
      path: /run/worker/state
      content: connected

- name: Wait until one of the two has happened
  pytest_engine.engine.container_wait:
    container: worker
    any:
      - healthy: true
      - log:
          pattern: "job [0-9]+ taken"
"""

RETURN = r"""
container:
  description: The container as the engine describes it after the wait. Empty in check mode, or where it
    has been removed since.
  returned: success
  type: dict
  sample:
    Id: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    Name: /web
elapsed:
  description: How many seconds the wait took.
  returned: success
  type: float
  sample: 1.25
exit_code:
  description: The exit code of the container.
  returned: failure, if the container ended
  type: int
  sample: 1
log_tail:
  description: The last lines that the container logged.
  returned: failure, if the condition did not come true in time or the container ended
  type: str
  sample: cannot open database
"""

import time
from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine, waiting

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "container": {"type": "str", "required": True, "aliases": ["name"]},
    "wait_timeout": {"type": "float", "default": 60},
}

ONE_OF_LOG = [("text", "pattern")]
ONE_OF_EXEC = [("argv", "command")]
CONDITIONS = {
    "log": {
        "type": "dict",
        "options": {
            "text": {"type": "str"},
            "pattern": {"type": "str"},
            "times": {"type": "int", "default": 1},
            "stream": {"type": "str", "choices": ["stdout", "stderr"]},
        },
        "mutually_exclusive": ONE_OF_LOG,
        "required_one_of": ONE_OF_LOG,
    },
    "port": {"type": "int"},
    "http": {
        "type": "dict",
        "options": {
            "path": {"type": "str", "default": "/"},
            "port": {"type": "int"},
            "status": {"type": "list", "elements": "int", "default": [200]},
            "method": {"type": "str", "default": "GET"},
            "headers": {"type": "dict"},
            "body": {"type": "str"},
            "json": {"type": "dict"},
            "tls": {"type": "bool", "default": False},
            "ca_path": {"type": "path"},
            "validate_certs": {"type": "bool", "default": True},
        },
    },
    "healthy": {"type": "bool"},
    "exec": {
        "type": "dict",
        "options": {
            "argv": {"type": "list", "elements": "str"},
            "command": {"type": "str"},
            "exit_code": {"type": "int", "default": 0},
            "output": {"type": "str"},
        },
        "mutually_exclusive": ONE_OF_EXEC,
        "required_one_of": ONE_OF_EXEC,
    },
    "exit": {"type": "dict", "options": {"code": {"type": "int"}}},
    "udp": {
        "type": "dict",
        "options": {
            "port": {"type": "int", "required": True},
            "send": {"type": "str"},
            "send_base64": {"type": "str"},
        },
        "mutually_exclusive": [("send", "send_base64")],
    },
    "file": {
        "type": "dict",
        "options": {
            "path": {"type": "str", "required": True},
            "content": {"type": "str"},
            "pattern": {"type": "str"},
        },
        "mutually_exclusive": [("content", "pattern")],
    },
    "stable": {"type": "float"},
}
LISTS = {
    name: {"type": "list", "elements": "dict", "options": CONDITIONS} for name in ("all", "any")
}


def wait_for(call: engine.Call) -> dict[str, Any]:
    params = call.params
    waiting.check_time(params["wait_timeout"], "wait_timeout")
    condition = waiting.condition(params)
    if call.check:
        return {"container": {}, "elapsed": 0.0}
    begin = time.monotonic()
    container = waiting.Subject(call.engine, params["container"])
    waiting.wait_for(container, condition, params["wait_timeout"])
    elapsed = round(time.monotonic() - begin, 3)
    try:
        return {"container": container.inspect(), "elapsed": elapsed}
    except engine.errors.ContainerNotFound:
        # The end that was waited for may have been followed by its removal.
        return {"container": {}, "elapsed": elapsed}


def last_words(error: Exception) -> dict[str, Any]:
    facts = {name: getattr(error, name, None) for name in ("exit_code", "log_tail")}
    return {name: fact for name, fact in facts.items() if fact is not None}


def main() -> None:
    engine.run_module(
        {**ARGUMENTS, **CONDITIONS, **LISTS},
        lambda call: {"changed": False, **wait_for(call)},
        failed=last_words,
    )


if __name__ == "__main__":
    main()
