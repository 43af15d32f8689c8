"""What runs in a container: commands, and what its own process writes and uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..api.exec import Exec, ExecResult  # noqa: F401  # travels along  # pylint: disable=unused-import
from ..follow import LogFollower
from ..spec.values import parse_command
from ..usage import Usage, usage_of
from .part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.output import ProcessStream
    from ..moment import Moment

__all__ = ["CommandResult", "Commands"]


@dataclass(frozen=True)
class CommandResult(ExecResult):
    """How a command in a container ended, with its output as text as well."""

    @property
    def ok(self) -> bool:
        """Whether it ended with exit code 0."""
        return self.exit_code == 0

    @property
    def text(self) -> str:
        """What it wrote to standard output, as text."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def error_text(self) -> str:
        """What it wrote to standard error, as text."""
        return self.stderr.decode("utf-8", "replace")


class Commands(Part):
    """Commands in a container, and its own process."""

    def exec(
        self,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        working_dir: str | None = None,
        privileged: bool = False,
        stdin: str | bytes | None = None,
        timeout: float | None = None,
        time_limit: float | None = None,
        tty: bool = False,
    ) -> CommandResult:
        """Run a command in it and wait for its end.

        Args:
            command: the command and its arguments. A string is split into words as a shell
                would; no shell is involved, so pipes need `["sh", "-c", "..."]`.
            env: environment variables beyond the container's.
            user: `user[:group]`, by name or number; None: the container's.
            working_dir: where to run it; None: the container's.
            privileged: with all capabilities.
            stdin: what it reads from standard input, text as UTF-8. A terminal is told of its
                end as by Ctrl-D, and takes lines of up to 4095 bytes.
            timeout: seconds that it may stay silent.
            time_limit: seconds that it may take in all.
            tty: with a terminal; all its output is standard output then.

        Raises:
            Timeout: it stayed silent for too long, or took too long. It goes on in there.
            Conflict: the container does not run.
            InvalidInput: the command cannot be split into words.
        """
        if isinstance(command, str):
            command = parse_command(command, "exec") or ()
        result = self._engine.exec.run(
            self._id,
            list(command),
            env=env,
            user=user,
            working_dir=working_dir,
            privileged=privileged,
            stdin=stdin.encode() if isinstance(stdin, str) else stdin,
            timeout=timeout,
            time_limit=time_limit,
            tty=tty,
        )
        return CommandResult(result.exit_code, result.stdout, result.stderr)

    def logs(
        self,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        until: Moment | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        timeout: float | None = None,
    ) -> str:
        """Read what it has logged, both streams in the order in which they came.

        Args:
            stdout: with its standard output.
            stderr: with its standard error.
            since: not before this moment; see `encode_moment` for its forms.
            until: not after this moment.
            tail: only so many last lines.
            timestamps: begin every line with its time.
            timeout: seconds that the engine may stay silent; None: any.

        Raises:
            Timeout: it stayed silent for longer.
        """
        with self._engine.containers.logs(
            self._id,
            stdout=stdout,
            stderr=stderr,
            since=since,
            until=until,
            tail=tail,
            timestamps=timestamps,
            tty=self._known().tty,
            timeout=timeout,
        ) as stream:
            return b"".join(data for _stream, data in stream).decode("utf-8", "replace")

    def follow(
        self,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        tail: int | None = None,
        restarts: bool = False,
    ) -> LogFollower:
        """Follow what it logs, line by line; see `LogFollower`."""
        return LogFollower(
            self._engine,
            self._id,
            stdout=stdout,
            stderr=stderr,
            since=since,
            tail=tail,
            restarts=restarts,
        )

    def attach(self, *, stdin: bool = False, logs: bool = False) -> ProcessStream:
        """Connect to its own process, for what it writes from now on.

        Attached before it is started, nothing that it writes is missed.

        Args:
            stdin: also to its standard input, which it has to be created with
                (`interactive=True`).
            logs: begin with what it has logged.

        Returns:
            Its output, its input where that is attached, and its end; a context manager.
        """
        return self._engine.containers.attach(
            self._id, stdin=stdin, logs=logs, tty=self._known().tty
        )

    def usage(self) -> Usage:
        """Measure processor, memory, network and disks; that takes the engine a second or two."""
        with self._engine.containers.stats(self._id, stream=False) as records:
            return usage_of(next(iter(records)))
