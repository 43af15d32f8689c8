"""Wait for a command in the container to succeed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Conflict, ConnectionLost, ContainerNotFound, InvalidInput, Timeout
from ..spec.values import parse_command
from .condition import Leaf, Situation, Unclear, Watcher
from .text import Text, is_wanted, require_text, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..api.exec import Exec  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import ContainerExecBody
    from .facts import Facts

__all__ = ["Command", "exec"]

_SHOWN = 300
# Seconds between two looks at a command whose output has ended.
_PAUSE = 0.01
_RUNNING = "it was still running when the wait ended"


@dataclass(frozen=True)
class Command(Leaf):
    """A command in the container ends with a certain exit code, and output."""

    command: tuple[str, ...]
    exit_code: int
    output: Text | None = None
    user: str | None = None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        code = f", exit_code={self.exit_code}" if self.exit_code else ""
        output = "" if self.output is None else f", output={shown(self.output)}"
        user = "" if self.user is None else f", user={self.user!r}"
        return f"exec({shlex.join(self.command)!r}{code}{output}{user})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to run it."""
        del facts
        watcher = Watcher("its first run has not ended")
        watcher.probe = self._probe
        return watcher

    def _probe(self, situation: Situation) -> str | None:
        engine = situation.engine
        container = situation.facts.inspected.get("Id", "")
        try:
            config: ContainerExecBody = {
                "Cmd": list(self.command),
                "AttachStdout": True,
                "AttachStderr": True,
            }
            if self.user is not None:
                config["User"] = self.user
            exec_id = engine.exec.create(container, config)
            with engine.exec.start(exec_id) as output, situation.holding(output):
                stdout, stderr = output.read()
            # Engines note a command's end a moment after its output's, which it may have closed.
            while (code := _exit_code(engine, exec_id)) is None:
                if situation.stopping.wait(_PAUSE):
                    return Unclear(_RUNNING)
        except (Conflict, ContainerNotFound) as exc:
            # It does not run just now; whether that is its end, the wait finds out.
            return Unclear(exc.engine_message)
        except (ConnectionLost, Timeout):
            if situation.stopping.is_set():
                return Unclear(_RUNNING)
            raise
        if situation.stopping.is_set():
            return Unclear(_RUNNING)
        return self._judge(code, stdout, stderr)

    def _judge(self, code: int, stdout: bytes, stderr: bytes) -> str | None:
        text = (stderr or stdout).decode("utf-8", "replace").strip()
        reason = f"exit code {code}" + (f": {text[-_SHOWN:]}" if text else "")
        if code != self.exit_code:
            return reason
        if self.output is None or is_wanted(stdout.decode("utf-8", "replace"), self.output):
            return None
        return f"{reason}; its output is not what is waited for"


def _exit_code(engine: Engine, exec_id: str) -> int | None:
    state = engine.exec.inspect(exec_id)
    return None if state.get("Running") else state.get("ExitCode")


def exec(
    command: str | Sequence[str],
    *,
    exit_code: int = 0,
    output: Text | None = None,
    user: str | None = None,
) -> Command:
    """Wait until a command in the container ends with an exit code.

    Args:
        command: the command and its arguments; a string is split into words as a shell
            would, though no shell is involved.
        exit_code: the exit code to wait for.
        output: what its standard output has to contain; or a compiled regular expression that
            is searched for in it, or a function that says whether it will do.
        user: `user[:group]` to run it as, by name or number; None: the container's.
    """
    words = parse_command(command, "wait.exec")
    if not words:
        raise InvalidInput("wait.exec needs a command.")
    require_text(output, "wait.exec: output")
    return Command(words, exit_code, output, user)
