"""Commands in running containers: `/containers/{id}/exec` and `/exec/...`."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ConnectionLost, InvalidInput, Timeout
from .call import Caller, segment
from .output import OutputStream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import ContainerExecBody, ExecInspectResponse

__all__ = ["Exec", "ExecResult"]

# Pauses double from a millisecond up to this, some four seconds in all.
_LONGEST_PAUSE = 2.0


@dataclass(frozen=True)
class ExecResult:
    """How a command in a container ended.

    Attributes:
        exit_code: its exit code; 126 and 127 also when it could not be started.
        stdout: what it wrote to standard output.
        stderr: what it wrote to standard error.
    """

    exit_code: int
    stdout: bytes
    stderr: bytes


class Exec:
    """Commands that run in containers beside their main process."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def create(self, container: str, config: ContainerExecBody) -> str:
        """Set a command up without running it (`POST /containers/{id}/exec`).

        Returns:
            The id to start and inspect it by.

        Raises:
            Conflict: the container does not run.
        """
        path = f"/containers/{segment(container, 'container')}/exec"
        return str(self._caller.json("POST", path, json_body=config)["Id"])

    def start(self, exec_id: str, *, tty: bool = False) -> OutputStream:
        """Run a command that was set up (`POST /exec/{id}/start`).

        Args:
            exec_id: what `create` returned.
            tty: whether it was set up with a terminal.

        Returns:
            Its output, and its input where that was attached.
        """
        stream = self._caller.stream(
            "POST",
            f"/exec/{segment(exec_id, 'exec')}/start",
            json_body={"Detach": False, "Tty": tty},
            upgrade=True,
        )
        return OutputStream(stream, tty=tty)

    def inspect(self, exec_id: str) -> ExecInspectResponse:
        """Tell whether a command runs and how it ended (`GET /exec/{id}/json`)."""
        inspected: ExecInspectResponse = self._caller.json(
            "GET", f"/exec/{segment(exec_id, 'exec')}/json"
        )
        return inspected

    def run(
        self,
        container: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        working_dir: str | None = None,
        stdin: bytes | None = None,
        timeout: float | None = None,
    ) -> ExecResult:
        """Run a command in a container and wait for its end.

        Args:
            container: name or id.
            command: the command and its arguments; no shell is involved.
            env: environment variables beyond the container's.
            user: `user[:group]`, by name or number; None: the container's.
            working_dir: where to run it; None: the container's.
            stdin: bytes for its standard input, which is closed after them.
            timeout: seconds that it may stay silent; the command itself goes on after
                that, for the engine has no way to end it.

        Raises:
            Timeout: it stayed silent for too long.
            Conflict: the container does not run.
        """
        if isinstance(command, str) or not command:
            raise InvalidInput(f"A command is a list of strings, not {command!r}.")
        config: ContainerExecBody = {
            "Cmd": list(command),
            "AttachStdout": True,
            "AttachStderr": True,
            "AttachStdin": stdin is not None,
        }
        if env:
            config["Env"] = [f"{key}={value}" for key, value in env.items()]
        if user is not None:
            config["User"] = user
        if working_dir is not None:
            config["WorkingDir"] = working_dir
        exec_id = self.create(container, config)
        with self.start(exec_id) as output:
            output.settimeout(timeout)
            # Both directions at once: a command that answers while it reads would
            # otherwise fill both buffers and wait for ever.
            writer = _write_in_background(output, stdin)
            try:
                stdout, stderr = output.read()
            except Timeout as exc:
                raise Timeout(
                    f"{command[0]} in container {container} was silent for {timeout:g} s."
                ) from exc
            finally:
                output.close()
                if writer is not None:
                    writer.join()
        return ExecResult(self._exit_code(exec_id), stdout, stderr)

    def _exit_code(self, exec_id: str) -> int:
        # The output may end a moment before the engine has noted the exit code.
        pause = 0.001
        while True:
            state = self.inspect(exec_id)
            exit_code = state.get("ExitCode")
            if not state.get("Running") and exit_code is not None:
                return exit_code
            if pause > _LONGEST_PAUSE:
                raise Timeout(f"The output of exec {exec_id} has ended, but it still runs.")
            time.sleep(pause)
            pause *= 2


def _write_in_background(output: OutputStream, data: bytes | None) -> threading.Thread | None:
    if data is None:
        return None

    def write() -> None:
        # The command may end without having read all of its input; its exit code
        # tells what that means.
        try:
            output.write(data)
        except ConnectionLost:
            return
        output.close_stdin()

    thread = threading.Thread(target=write, name="pytest-engine-exec-stdin", daemon=True)
    thread.start()
    return thread
