# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The talk with a become plugin's command before it runs what it is for; no I/O."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleAuthenticationFailure
from ansible.module_utils.common.text.converters import to_bytes

__all__ = ["Escalation", "escalation_of"]


class Escalation:
    """Answers a privilege escalation that asks for a password."""

    def __init__(self, become: Any, password: str) -> None:
        """Speak for a become plugin."""
        self._become = become
        self._answer: bytes = to_bytes(password) + b"\n"
        self._answered = False
        self._heard = b""
        self._done = False

    def is_done(self) -> bool:
        """Tell whether it has succeeded, so that what follows is the command's own."""
        return self._done

    def hear(self, data: bytes) -> bytes:
        """Take in what was written, to whichever stream.

        Returns:
            What to write to the standard input.

        Raises:
            AnsibleAuthenticationFailure: the password was not accepted.
        """
        self._heard += data
        if self._become.check_success(self._heard):
            self._done = True
            return b""
        if self._become.check_incorrect_password(self._heard):
            raise self._refused()
        if not self._become.check_password_prompt(self._heard):
            return b""
        if self._answered:
            raise self._refused()
        self._answered = True
        self._heard = b""
        return self._answer

    def _refused(self) -> AnsibleAuthenticationFailure:
        name = self._become.name.rpartition(".")[2]
        return AnsibleAuthenticationFailure(f"{name}: the become password was not accepted.")


def escalation_of(connection: Any, *, sudoable: bool) -> Escalation | None:
    """The talk that a command over this connection begins with; None: it begins at once."""
    become = connection.become
    if not (sudoable and become and become.expect_prompt()):
        return None
    # It has no public name.
    context = connection._play_context  # noqa: SLF001
    return Escalation(become, become.get_option("become_pass", playcontext=context))
