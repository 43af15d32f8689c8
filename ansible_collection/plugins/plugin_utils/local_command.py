# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Connections that are a command of the controller, which runs another one elsewhere."""

from __future__ import annotations

import os
import selectors
import shlex
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_native
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from .escalation import Escalation, escalation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["LocalCommand"]

display = Display()

CHUNK = 65536


class LocalCommand(ConnectionBase):  # type: ignore[misc]  # it has no annotations
    """Runs each command below a program of the controller, and files through `cat` there."""

    has_pipelining = True

    def program(self) -> Sequence[str]:
        """The words in front of a command, which make it run elsewhere."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """Variables for the program, beyond those of Ansible's own process."""
        return {}

    def patience(self) -> float:
        """How many seconds a privilege escalation may stay silent."""
        raise NotImplementedError

    def _connect(self) -> LocalCommand:
        self._connected = True
        return self

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002  # Ansible's signature
    ) -> tuple[int, bytes, bytes]:
        """Run a command by the shell that Ansible names."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        words = self._words(to_native(cmd))
        display.vvv(f"EXEC {shlex.join(words)}")
        escalation = escalation_of(self, sudoable=sudoable)
        with self._started(words, stdin=subprocess.PIPE) as process:
            stdin = None if in_data is None else to_bytes(in_data)
            if escalation is None:
                stdout, stderr = process.communicate(stdin)
                return process.returncode, stdout, stderr
            try:
                return self._escalate(process, escalation, stdin)
            finally:
                process.kill()

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file there, for the user that commands run as."""
        super().put_file(in_path, out_path)
        source = Path(to_native(in_path))
        if not source.is_file():
            raise AnsibleFileNotFound(f"There is no file {in_path} to copy.")
        display.vvv(f"PUT {in_path} TO {out_path}")
        with source.open("rb") as file:
            self._copy(f"cat >{shlex.quote(to_native(out_path))}", stdin=file)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file from there."""
        super().fetch_file(in_path, out_path)
        display.vvv(f"FETCH {in_path} TO {out_path}")
        with Path(to_native(out_path)).open("wb") as file:
            self._copy(f"cat <{shlex.quote(to_native(in_path))}", stdout=file)

    def close(self) -> None:
        """Nothing is open between commands."""
        self._connected = False

    def reset(self) -> None:
        """Nothing is remembered between commands."""
        self.close()

    def _words(self, command: str) -> list[str]:
        return [*self.program(), self._play_context.executable, "-c", command]

    @contextmanager
    def _started(self, words: list[str], **streams: Any) -> Iterator[Any]:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        try:
            environment = {**os.environ, **self.environment()}
            process = subprocess.Popen(words, env=environment, **streams)
        except (OSError, ValueError) as error:
            # The latter for a word that no process takes, such as one with a NUL.
            raise AnsibleConnectionFailure(
                f"{words[0]} cannot be run on the controller: {error}"
            ) from error
        with process:
            yield process

    def _copy(self, command: str, **streams: Any) -> None:
        with self._started(self._words(command), **streams) as process:
            said = process.communicate()[1]
        if process.returncode:
            raise AnsibleError(f"{command} ended with {process.returncode}: {to_native(said)}")

    def _escalate(
        self, process: Any, escalation: Escalation, stdin: bytes | None
    ) -> tuple[int, bytes, bytes]:
        written: dict[Any, list[bytes]] = {process.stdout: [], process.stderr: []}
        with selectors.DefaultSelector() as selector:
            for output in written:
                selector.register(output, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(None if escalation.is_done() else self.patience())
                if not ready:
                    raise AnsibleConnectionFailure(
                        f"The privilege escalation said nothing for {self.patience()} s, neither "
                        "its prompt nor that it succeeded."
                    )
                for key, _events in ready:
                    pipe: Any = key.fileobj
                    data = pipe.read1(CHUNK)
                    if not data:
                        selector.unregister(pipe)
                        continue
                    written[pipe].append(data)
                    if escalation.is_done():
                        continue
                    answer = escalation.hear(data)
                    if escalation.is_done():
                        _send(process, stdin or b"")
                    elif answer:
                        # Its question is no output of the command.
                        written[process.stderr].clear()
                        with suppress(BrokenPipeError):
                            process.stdin.write(answer)
                            process.stdin.flush()
        exit_code = process.wait()
        return exit_code, b"".join(written[process.stdout]), b"".join(written[process.stderr])


def _send(process: Any, stdin: bytes) -> None:
    """Write all of a command's input, while its output is read."""

    def write() -> None:
        # It may end without having read all of it; its exit code tells what that means.
        with suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.close()

    Thread(target=write, name="pytest-engine-stdin", daemon=True).start()
