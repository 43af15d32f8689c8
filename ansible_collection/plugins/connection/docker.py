# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: docker
short_description: Run tasks in containers with the docker command
version_added: 0.1.0
description:
  - Runs commands in containers that run, with C(docker exec) of the controller. Files go through C(cat) in the
    container.
  - P(pytest_engine.engine.engine#connection) does the same without the docker command, and is faster. This
    one is for what only that command reaches.
  - Which engine it is, is the docker command's choice, by its context, E(DOCKER_HOST) and
    O(docker_extra_args).
extends_documentation_fragment:
  - pytest_engine.engine.engine.inside
options:
  docker_extra_args:
    description: Options of the docker command itself, split like a shell does, such as V(--context build).
    type: str
    default: ''
    vars:
      - name: ansible_docker_extra_args
    ini:
      - section: docker_connection
        key: extra_cli_args
requirements:
  - The docker command on the controller
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - plugin: pytest_engine.engine.engine
    plugin_type: connection
  - plugin: community.docker.docker
    plugin_type: connection
"""

import re
import shlex

from ansible.errors import AnsibleError
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.local_command import (
    LocalCommand,
)

# Variables that mean something to the docker command itself, or to what runs it.
ITS_OWN = re.compile(
    r"DOCKER_.*|BUILDKIT_.*|GO.*|LD_.*|SSH_.*|PATH|HOME|(https?|no|all)_proxy", re.IGNORECASE
)


class Connection(LocalCommand):  # type: ignore[misc]  # it is found where it is staged
    """A connection into one container."""

    transport = "pytest_engine.engine.docker"

    def program(self) -> list[str]:
        """`docker exec` and its options."""
        container = str(self.get_option("remote_addr"))
        if container.startswith("-"):
            # The docker command would take it for an option.
            raise AnsibleError(f"remote_addr: {container!r} is no name of a container.")
        words = ["docker", *self._extra_args(), "exec", "--interactive"]
        for option, value in (
            ("--user", self.get_option("remote_user")),
            ("--workdir", self.get_option("working_dir")),
        ):
            if value:
                words += [option, str(value)]
        if self.get_option("privileged"):
            words.append("--privileged")
        for name, value in self._extra().items():
            words += ["--env", f"{name}={value}" if ITS_OWN.fullmatch(name) else name]
        return [*words, container]

    def environment(self) -> dict[str, str]:
        """What the command hands on; all users of the controller see its words."""
        return {k: v for k, v in self._extra().items() if not ITS_OWN.fullmatch(k)}

    def patience(self) -> float:
        """As the option says."""
        return float(self.get_option("container_timeout"))

    def _extra_args(self) -> list[str]:
        try:
            return shlex.split(self.get_option("docker_extra_args") or "")
        except ValueError as error:
            raise AnsibleError(f"docker_extra_args: it cannot be split: {error}.") from error

    def _extra(self) -> dict[str, str]:
        extra = self.get_option("extra_env") or {}
        wrong = [str(k) for k, v in extra.items() if not isinstance(v, str)]
        if wrong:
            raise AnsibleError(f"extra_env: {', '.join(wrong)} is no string; quote the value.")
        for name, value in extra.items():
            if not name or "=" in str(name) or "\0" in f"{name}{value}":
                raise AnsibleError(f"extra_env: {name!r}: no process takes such a variable.")
        return {str(k): str(v) for k, v in extra.items()}
