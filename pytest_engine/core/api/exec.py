"""Commands in running containers: `/containers/{id}/exec` and `/exec/...`."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from ..errors import ConnectionLost, EngineError, InvalidInput, Timeout
from .asked import check_seconds
from .output import OutputStream, ProcessStream
from .texts import check_texts, encode_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..types.engine import ContainerExecBody, ExecInspectResponse, ExecStartBody
    from .call import Caller

__all__ = ["Exec", "ExecResult"]

# In seconds. The engine has no call that waits for a command's end, so it is asked again
# and again, in pauses that double from a millisecond up to this.
_LONGEST_PAUSE = 0.25
# How long a thread may take to begin.
_BEGIN = 2.0
# How long an engine may take to tell how a command ended that runs no more.
_TOLD = 10.0


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
        return str(self._caller.json("ContainerExec", container, json_body=config)["Id"])

    def start(
        self,
        exec_id: str,
        *,
        tty: bool = False,
        console_size: tuple[int, int] | None = None,
        timeout: float | None = None,
    ) -> ProcessStream:
        """Run a command that was set up (`POST /exec/{id}/start`).

        Args:
            exec_id: what `create` returned.
            tty: whether it was set up with a terminal.
            console_size: the terminal's height and width from the start (API 1.42).
            timeout: seconds of silence, before and in the output; None: any.

        Returns:
            Its output, its input where that was attached, and its end.

        Raises:
            Incompatible: the engine cannot size terminals before they run.
            Timeout: the engine stayed silent for longer.
        """
        stream = self._caller.stream(
            "ExecStart",
            exec_id,
            json_body=self._start_body(detach=False, tty=tty, console_size=console_size),
            timeout=timeout,
            upgrade=True,
        )
        return ProcessStream(
            stream,
            tty=tty,
            resize=lambda height, width: self.resize(exec_id, height=height, width=width),
            exit_code=lambda timeout: self.wait(exec_id, timeout=timeout),
        )

    def start_detached(
        self,
        exec_id: str,
        *,
        tty: bool = False,
        console_size: tuple[int, int] | None = None,
    ) -> None:
        """Run a command that was set up and leave it to itself; see `start`."""
        self._caller.call(
            "ExecStart",
            exec_id,
            json_body=self._start_body(detach=True, tty=tty, console_size=console_size),
        )

    def resize(self, exec_id: str, *, height: int, width: int) -> None:
        """Resize the terminal of a command that runs, in lines and columns.

        `POST /exec/{id}/resize`.
        """
        self._caller.call("ExecResize", exec_id, query={"h": height, "w": width})

    def inspect(self, exec_id: str) -> ExecInspectResponse:
        """Tell whether a command runs and how it ended (`GET /exec/{id}/json`)."""
        inspected: ExecInspectResponse = self._caller.json("ExecInspect", exec_id)
        return inspected

    def run(
        self,
        container: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        working_dir: str | None = None,
        privileged: bool = False,
        stdin: bytes | None = None,
        timeout: float | None = None,
        time_limit: float | None = None,
        tty: bool = False,
    ) -> ExecResult:
        """Run a command in a container and wait for its end.

        Args:
            container: name or id.
            command: the command and its arguments; no shell is involved.
            env: environment variables beyond the container's.
            user: `user[:group]`, by name or number; None: the container's.
            working_dir: where to run it; None: the container's.
            privileged: with all capabilities, as in a privileged container.
            stdin: bytes for its standard input, which is closed after them. A terminal is told
                so as by Ctrl-D, and takes lines of up to 4095 bytes.
            timeout: seconds that it may stay silent; the command itself goes on after
                that, for the engine has no way to end it.
            time_limit: seconds that it may take in all; it goes on after that, too.
            tty: with a terminal; all its output is stdout then.

        Raises:
            Timeout: it stayed silent for too long, or did not end in time.
            Conflict: the container does not run.
        """
        check_seconds(timeout)
        check_seconds(time_limit, "time_limit")
        _check(command, env, user, working_dir, stdin)
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
        if privileged:
            config["Privileged"] = True
        if tty:
            config["Tty"] = True
        exec_id = self.create(container, config)
        deadline = None if time_limit is None else time.monotonic() + time_limit
        try:
            with self.start(exec_id, tty=tty, timeout=_least(timeout, deadline)) as output:
                if stdin is None:
                    stdout, stderr = _read(output, timeout, deadline)
                else:
                    stdout, stderr = _talk(
                        output, stdin, timeout, deadline, partial(self._await_begin, exec_id)
                    )
                # It may have closed its output before.
                exit_code = self.wait(exec_id, timeout=_least(timeout, deadline))
        except Timeout as exc:
            told = f"{command[0]} in container {container}"
            if deadline is not None and time.monotonic() >= deadline:
                raise Timeout(
                    f"{told} did not end within {time_limit:g} s. It goes on in there."
                ) from exc
            if timeout is None:
                # It was not the command that was silent, but the engine.
                raise
            raise Timeout(f"{told} was silent for {timeout:g} s.") from exc
        return ExecResult(exit_code, stdout, stderr)

    def wait(self, exec_id: str, *, timeout: float | None = None) -> int:
        """Wait until a command that was started has ended, and return its exit code.

        The API has no call for that: the command is asked for (`GET /exec/{id}/json`) again and
        again, in pauses of up to a quarter of a second.

        Args:
            exec_id: what `create` returned.
            timeout: seconds to wait at most; None: for ever. The command goes on after that.

        Raises:
            Timeout: it did not end in time.
            EngineError: it ended, and the engine does not tell how.
        """
        check_seconds(timeout)
        deadline = None if timeout is None else time.monotonic() + timeout
        untold: float | None = None
        pause = 0.001
        while True:
            state = self.inspect(exec_id)
            exit_code = state.get("ExitCode")
            if state.get("Running"):
                untold = None
            elif exit_code is not None:
                return exit_code
            elif untold is None:
                untold = time.monotonic()
            elif time.monotonic() - untold > _TOLD:
                raise EngineError(f"The engine does not tell how exec {exec_id} ended.")
            left = pause if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise Timeout(f"The command of exec {exec_id} did not end within {timeout:g} s.")
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _await_begin(self, exec_id: str, over: threading.Event) -> None:
        """Wait until the process of a command is there, or no more, or nobody cares."""
        pause = 0.001
        while not over.wait(pause):
            state = self.inspect(exec_id)
            # It counts as running before it has a process.
            if state.get("Pid") or (not state.get("Running") and state.get("ExitCode") is not None):
                return
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _start_body(
        self, *, detach: bool, tty: bool, console_size: tuple[int, int] | None
    ) -> ExecStartBody:
        body: ExecStartBody = {"Detach": detach, "Tty": tty}
        if console_size is not None:
            if not _is_size(console_size):
                raise InvalidInput(f"console_size: {console_size!r:.80} is no height and width.")
            body["ConsoleSize"] = list(console_size)
        return body


# Not everybody checks types, so these take whatever comes.


def _check(command: Any, env: Any, user: Any, working_dir: Any, stdin: Any) -> None:
    if not _is_command(command):
        raise InvalidInput(f"A command is a list of strings, not {command!r:.80}.")
    check_texts(user=user, working_dir=working_dir)
    encode_texts("env", env)
    if stdin is not None and not isinstance(stdin, (bytes, bytearray, memoryview)):
        # Not shown: it may be a secret.
        raise InvalidInput(f"stdin: bytes are wanted, not {type(stdin).__name__}.")


def _least(timeout: float | None, deadline: float | None) -> float | None:
    """Seconds until the first of both, at least a moment; None: there is neither."""
    if deadline is None:
        return timeout
    left = max(deadline - time.monotonic(), 0.001)
    return left if timeout is None else min(timeout, left)


def _is_command(value: Any) -> bool:
    is_list = isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))
    return is_list and len(value) > 0 and all(isinstance(word, str) for word in value)


def _is_size(value: Any) -> bool:
    is_pair = isinstance(value, (list, tuple)) and len(value) == 2
    return is_pair and all(isinstance(one, int) and one >= 0 for one in value)


def _talk(
    output: OutputStream,
    stdin: bytes,
    timeout: float | None,
    deadline: float | None,
    await_begin: Callable[[threading.Event], None],
) -> tuple[bytes, bytes]:
    """Write all input, and read all output until the end, which is waited for as by `_read`."""
    # Both directions at once: a command that answers while it reads would otherwise fill both
    # buffers and wait for ever.
    begun, over = threading.Event(), threading.Event()
    writer = threading.Thread(
        target=_write,
        args=(output, stdin, begun, lambda: await_begin(over)),
        name="pytest-engine-exec-stdin",
        daemon=True,
    )
    try:
        writer.start()
        return _read(output, timeout, deadline)
    finally:
        over.set()
        output.close()
        # An interrupt may have come while it began, or before, and then it never will.
        if begun.wait(_BEGIN):
            writer.join()


def _write(
    output: OutputStream, data: bytes, begun: threading.Event, await_begin: Callable[[], None]
) -> None:
    begun.set()
    # The command may end without having read all of its input; its exit code tells what that
    # means.
    try:
        # It may be busy with what it has read for longer than it may be silent.
        output.write(data, patient=True)
    except ConnectionLost:
        return
    # An engine (28.5, busy) may forget to close the input of a process that is not there yet.
    with contextlib.suppress(EngineError):
        await_begin()
    output.close_stdin()


def _read(
    output: OutputStream, timeout: float | None, deadline: float | None
) -> tuple[bytes, bytes]:
    """Read to the end: with so many seconds of silence at most, and not beyond a moment."""
    if deadline is None:
        output.settimeout(timeout)
        return output.read()
    parts: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    pieces = iter(output)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Timeout("The time is over.")
        output.settimeout(left if timeout is None else min(left, timeout))
        piece = next(pieces, None)
        if piece is None:
            return b"".join(parts["stdout"]), b"".join(parts["stderr"])
        parts[piece[0]].append(piece[1])
