# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: nsenter
short_description: Run tasks on the host of the container that Ansible runs in
version_added: 0.1.0
description:
  - Runs commands in all namespaces of another process, with C(nsenter). From a privileged container in the
    host's process namespace (C(--privileged --pid host)) that is the host itself.
  - Commands run as root, whatever C(remote_user) says, so that C(become) to root takes no C(sudo) there.
  - Files go through C(cat) there.
options:
  nsenter_pid:
    description: The id of the process whose namespaces to enter.
    type: int
    default: 1
    vars:
      - name: ansible_nsenter_pid
    ini:
      - section: nsenter_connection
        key: nsenter_pid
    env:
      - name: ANSIBLE_NSENTER_PID
requirements:
  - nsenter of util-linux where Ansible runs, and the right to enter the namespaces
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - plugin: community.docker.nsenter
    plugin_type: connection
"""

from ansible_collections.pytest_engine.engine.plugins.plugin_utils.local_command import (
    LocalCommand,
)

NAMESPACES = ("mount", "uts", "ipc", "net", "pid")


class Connection(LocalCommand):  # type: ignore[misc]  # it is found where it is staged
    """A connection into the namespaces of a process."""

    transport = "pytest_engine.engine.nsenter"
    # Whoever may enter is root there, and need not become it.
    default_user = "root"

    def program(self) -> list[str]:
        """`nsenter` and its options."""
        words = ["nsenter", *(f"--{name}" for name in NAMESPACES)]
        return [*words, f"--target={self.get_option('nsenter_pid')}", "--"]

    def patience(self) -> float:
        """As Ansible's own option `timeout` says."""
        return float(self._play_context.timeout)
