"""A command in a container, run unless what it is to bring about is there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..api.asked import check_seconds
from ..errors import ContainerNotFound, InvalidInput, NotFound
from ..spec.values import parse_command, parse_env
from .reach import Reach, absolute, is_running

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.exec import (
        Exec,  # noqa: F401  # travels along  # pylint: disable=unused-import
        ExecResult,
    )
    from ..client import Engine
    from ..spec.values import Command
    from ..types.engine import ContainerExecBody

__all__ = ["CommandOutcome", "CommandSpec", "run_command"]


@dataclass(frozen=True)
class CommandSpec:
    """A command that is to run in a container.

    Attributes:
        command: the command and its arguments; a string is split as a shell does.
        env: environment variables beyond the container's.
        user: `user[:group]`, by name or number; None: the container's.
        working_dir: where to run it; None: the container's.
        stdin: bytes for its standard input; None: it has none.
        tty: with a terminal.
        privileged: with all capabilities.
        creates: a path in the container; if it is there, the command is not run. In a tmpfs,
            it is looked for by `test` in the container.
        removes: a path in the container; if it is not there, the command is not run.
        detach: start it, and leave it to itself.
        time_limit: seconds that it may take; None: any.
    """

    command: Command
    env: Mapping[str, str] | None = None
    user: str | None = None
    working_dir: str | None = None
    stdin: bytes | None = None
    tty: bool = False
    privileged: bool = False
    creates: str | None = None
    removes: str | None = None
    detach: bool = False
    time_limit: float | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if not self.words:
            raise InvalidInput("command: it is empty.")
        for option, path in (("creates", self.creates), ("removes", self.removes)):
            if path is not None and not path.strip():
                raise InvalidInput(f"{option}: it is empty; name a path in the container.")
        if self.detach and self.stdin is not None:
            raise InvalidInput("stdin: a command that is left to itself (detach) has no input.")
        if self.detach and self.time_limit is not None:
            raise InvalidInput("command_timeout: nobody waits for a command that is detached.")
        check_seconds(self.time_limit, "command_timeout")
        if self.time_limit is not None and not self.time_limit > 0:
            raise InvalidInput(f"command_timeout: {self.time_limit:g} is no time above 0.")

    @property
    def words(self) -> list[str]:
        """The command and its arguments."""
        return list(parse_command(self.command, "command") or ())

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables, checked."""
        return dict(parse_env(self.env) or {})


@dataclass(frozen=True)
class CommandOutcome:
    """What became of a command.

    Attributes:
        changed: whether it ran, or would have.
        result: how it ended; None where it did not run, or was left to itself.
        exec_id: the id of one that was left to itself.
        why_not: why it did not run; empty where it did.
    """

    changed: bool
    result: ExecResult | None = None
    exec_id: str = ""
    why_not: str = ""


def run_command(
    engine: Engine, container: str, wanted: CommandSpec, *, check: bool = False
) -> CommandOutcome:
    """Run a command in a container, or tell whether it would be run.

    Args:
        engine: the engine.
        container: name or id.
        wanted: the command.
        check: run nothing. A container that is not there may be there by then.

    Raises:
        ContainerNotFound: there is no such container.
        Conflict: it does not run.
        InvalidInput: whether a path is there cannot be told.
        Timeout: the command did not end in time, and goes on.
    """
    words, variables = wanted.words, wanted.variables
    why_not = _needless(engine, container, wanted, check=check)
    if why_not:
        return CommandOutcome(changed=False, why_not=why_not)
    if check:
        return CommandOutcome(
            changed=True, why_not=f"In check mode {words[0]} is not run in container {container}."
        )
    if wanted.detach:
        config: ContainerExecBody = {"Cmd": words, "Tty": wanted.tty}
        config["Privileged"] = wanted.privileged
        config["Env"] = [f"{name}={value}" for name, value in variables.items()]
        if wanted.user:
            config["User"] = wanted.user
        if wanted.working_dir:
            config["WorkingDir"] = wanted.working_dir
        exec_id = engine.exec.create(container, config)
        engine.exec.start_detached(exec_id, tty=wanted.tty)
        return CommandOutcome(changed=True, exec_id=exec_id)
    result = engine.exec.run(
        container,
        words,
        env=variables,
        user=wanted.user,
        working_dir=wanted.working_dir,
        privileged=wanted.privileged,
        stdin=wanted.stdin,
        time_limit=wanted.time_limit,
        tty=wanted.tty,
    )
    return CommandOutcome(changed=True, result=result)


def _needless(engine: Engine, container: str, wanted: CommandSpec, *, check: bool) -> str:
    """Say why a command need not run; empty if it has to."""
    try:
        if wanted.creates is not None and _exists(engine, container, wanted.creates):
            return f"Not run, because {wanted.creates} is there in container {container}."
        if wanted.removes is not None and not _exists(engine, container, wanted.removes):
            return f"Not run, because {wanted.removes} is not there in container {container}."
    except ContainerNotFound:
        if not check:
            raise
    return ""


def _exists(engine: Engine, container: str, path: str) -> bool:
    inspected = engine.containers.inspect(container)
    reach = Reach(engine, container, inspected)
    mount = reach.cover(reach.place(path))
    if mount and is_running(inspected):
        return _is_seen(engine, container, absolute(path), mount)
    try:
        engine.containers.archive_info(container, path)
    except ContainerNotFound:
        raise
    except NotFound:
        return False
    return True


def _is_seen(engine: Engine, container: str, path: str, mount: str) -> bool:
    """Look for a path from inside, where it is in what archives do not reach."""
    # As for archives, a link counts wherever it leads.
    looked = engine.exec.run(container, ["test", "-e", path, "-o", "-L", path], user="0")
    if looked.exit_code not in (0, 1):
        said = (looked.stderr or looked.stdout).decode("utf-8", "replace").strip()
        raise InvalidInput(
            f"creates, removes: whether {path} is there in container {container} cannot be told. "
            f"It is in {mount}, which only commands in the container see, and `test` ended with "
            f"{looked.exit_code}: {said}"
        )
    return looked.exit_code == 0
