"""The handle of one container: what tests and programs hold and ask."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from .api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
from .api.exec import ExecResult
from .copying import copy_in, copy_out, read_out
from .errors import InvalidInput
from .follow import LogFollower
from .usage import Usage, usage_of
from .wait import DEFAULT_TIMEOUT, Condition, wait_for
from .wait.facts import Address, Facts, address_of, published_ports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from .client import Engine
    from .copying import CopySource
    from .moment import Moment
    from .types.engine import ContainerInspectResponse

__all__ = ["Address", "CommandResult", "Container"]


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


class Container:
    """A container on an engine.

    Making one asks the engine nothing. Addresses come from one inspect that is kept
    until the container is started or stopped through this handle; everything else is
    asked anew.

    Args:
        engine: the engine.
        id: the container's id or name.
        name: its name, where that is known; else it is asked for when it is wanted.
        image: the image that it was created from, likewise.
    """

    def __init__(
        self, engine: Engine, id: str, *, name: str | None = None, image: str | None = None
    ) -> None:
        """Remember the container; nothing is sent."""
        self._engine = engine
        self._id = id
        self._name = name
        self._image = image
        self._facts: Facts | None = None

    @property
    def engine(self) -> Engine:
        """The engine that it is on."""
        return self._engine

    @property
    def id(self) -> str:
        """Its id."""
        return self._id

    @property
    def name(self) -> str:
        """Its name; containers on the same user-defined network reach it by that."""
        if self._name is None:
            self._name = self._known().name
        return self._name

    @property
    def image(self) -> str:
        """The image that it was created from."""
        if self._image is None:
            self._image = self._known().image
        return self._image

    def __repr__(self) -> str:
        """Show which container it is."""
        return f"Container({self._name or self._id[:12]!r})"

    def inspect(self) -> ContainerInspectResponse:
        """Tell all about it as it is now (`GET /containers/{id}/json`)."""
        inspected = self._engine.containers.inspect(self._id)
        self._facts = Facts(inspected, self._engine.endpoint)
        return inspected

    def state(self) -> str:
        """Ask for its state: `created`, `running`, `paused`, `restarting`, `exited`, ..."""
        return self.inspect().get("State", {}).get("Status", "unknown")

    def address(self, port: int, protocol: str = "tcp") -> Address:
        """Find where a published port is reached from here.

        Returns:
            Host and port; `str()` of it is `host:port`. The host is loopback for an engine
            on this host, the engine's own host for one elsewhere, and the address that the
            port was bound to where that is a certain one.

        Raises:
            InvalidInput: the port is not published; the message names those that are.
        """
        facts = self._known()
        address = address_of(facts, port, protocol)
        if not facts.is_alive:
            # It may have been started since, by somebody else.
            self.inspect()
            facts = self._known()
            address = address_of(facts, port, protocol)
        if address is not None and facts.is_alive:
            return address
        # Podman tells the ports of a container that has ended, too.
        if not facts.is_alive:
            raise InvalidInput(
                f"Container {facts.name} is {facts.state.get('Status')}, so none of its ports "
                "is published."
            )
        published = ", ".join(published_ports(facts.inspected)) or "none"
        raise InvalidInput(
            f"Port {port}/{protocol} of container {facts.name} is not published (published: "
            f"{published}). State it in ports= when the container is created."
        )

    def ip(self, network: str | None = None) -> str:
        """Find its own address on a network, which other containers reach it by.

        Args:
            network: the network's name; None: the only one that it is on.

        Raises:
            InvalidInput: it is not on that network, on several, or does not run.
        """
        facts = self._known()
        networks = facts.inspected.get("NetworkSettings", {}).get("Networks") or {}
        if network is None and len(networks) != 1:
            raise InvalidInput(
                f"Container {facts.name} is on {len(networks)} networks "
                f"({', '.join(networks) or 'none'}); say on which."
            )
        name = network if network is not None else next(iter(networks))
        if name not in networks:
            raise InvalidInput(
                f"Container {facts.name} is not on network {name} but on "
                f"{', '.join(networks) or 'none'}."
            )
        settings = networks[name]
        address = settings.get("IPAddress") or settings.get("GlobalIPv6Address")
        if not address:
            raise InvalidInput(f"Container {facts.name} has no address on network {name}.")
        return address

    def exec(
        self,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        working_dir: str | None = None,
        stdin: str | bytes | None = None,
        timeout: float | None = None,
    ) -> CommandResult:
        """Run a command in it and wait for its end.

        Args:
            command: the command and its arguments. A string is split into words as a shell
                would; no shell is involved, so pipes need `["sh", "-c", "..."]`.
            env: environment variables beyond the container's.
            user: `user[:group]`, by name or number; None: the container's.
            working_dir: where to run it; None: the container's.
            stdin: what it reads from standard input, text as UTF-8.
            timeout: seconds that it may stay silent.

        Raises:
            Timeout: it stayed silent for too long.
            Conflict: the container does not run.
        """
        words = shlex.split(command) if isinstance(command, str) else list(command)
        result = self._engine.exec.run(
            self._id,
            words,
            env=env,
            user=user,
            working_dir=working_dir,
            stdin=stdin.encode() if isinstance(stdin, str) else stdin,
            timeout=timeout,
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
    ) -> str:
        """Read what it has logged, both streams in the order in which they came.

        Args:
            stdout: with its standard output.
            stderr: with its standard error.
            since: not before this moment; see `encode_moment` for its forms.
            until: not after this moment.
            tail: only so many last lines.
            timestamps: begin every line with its time.
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

    def usage(self) -> Usage:
        """Measure processor, memory, network and disks; that takes the engine a second or two."""
        with self._engine.containers.stats(self._id, stream=False) as records:
            return usage_of(next(iter(records)))

    def copy_in(
        self,
        source: CopySource,
        target: str,
        *,
        owner: tuple[int, int] | None = None,
        mode: int | None = None,
    ) -> None:
        """Copy into it, by the rules of `docker cp`; it need not run.

        Args:
            source: a path of this host, a file's bytes, or names below `target` -> contents.
                A folder is copied as one, `"folder/."` (as a string) as what is in it.
            target: where to. A folder that is there gets the source under its own name;
                else the source becomes the target, whose parent has to exist.
            owner: user and group id of all that is copied; None: root's.
            mode: permissions of the files; None: their own, 0644 for bytes.

        Raises:
            InvalidInput: the source cannot be read, or source and target do not fit.
            NotFound: the target's parent does not exist.
        """
        copy_in(self._engine.containers, self._id, source, target, owner=owner, mode=mode)

    @overload
    def copy_out(self, path: str) -> bytes: ...

    @overload
    def copy_out(
        self,
        path: str,
        target: str | PathLike[str],
        *,
        follow: bool = False,
        keep_links: bool = False,
    ) -> Path: ...

    def copy_out(
        self,
        path: str,
        target: str | PathLike[str] | None = None,
        *,
        follow: bool = False,
        keep_links: bool = False,
    ) -> bytes | Path:
        """Copy out of it, by the rules of `docker cp`; it need not run.

        Nothing is written outside the target, whatever is in the container, and a file
        appears whole or not at all.

        Args:
            path: a file or folder in it; `folder/.` stands for what is in the folder.
            target: where to. A folder that is there gets the source under its own name;
                else the source becomes the target. None: return a file's content.
            follow: if the path is a link, copy what it leads to; without a target it is.
            keep_links: also links that lead out of what is copied. Those in it are kept
                as links; these are refused otherwise.

        Returns:
            The file's content, or the path of what was made.

        Raises:
            CopyFailed: the target cannot be written, its disk may be full; or the archive
                is not to be trusted.
            NotFound: there is no such path in it.
        """
        containers = self._engine.containers
        if target is None:
            return read_out(containers, self._id, path)
        return copy_out(containers, self._id, path, target, follow=follow, keep_links=keep_links)

    def wait(self, condition: Condition, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until a condition holds; see `pytest_engine.wait.wait_for`."""
        wait_for(self, condition, timeout)

    def start(self) -> None:
        """Start it; nothing happens if it runs already."""
        self._facts = None
        self._engine.containers.start(self._id)

    def stop(self, *, timeout: int | None = None) -> None:
        """Ask it to end, and kill it if it does not.

        Args:
            timeout: seconds until it is killed; None: the container's own (10 by default).
        """
        self._facts = None
        self._engine.containers.stop(self._id, timeout=timeout)

    def restart(self, *, timeout: int | None = None) -> None:
        """Stop it (see `stop`) and start it again; the engine may choose other host ports."""
        self._facts = None
        self._engine.containers.restart(self._id, timeout=timeout)

    def kill(self, signal: str | None = None) -> None:
        """Send a signal to its process; None: KILL."""
        self._facts = None
        self._engine.containers.kill(self._id, signal=signal)

    def pause(self) -> None:
        """Freeze its processes."""
        self._engine.containers.pause(self._id)

    def unpause(self) -> None:
        """Let its frozen processes go on."""
        self._engine.containers.unpause(self._id)

    def remove(self, *, force: bool = True, volumes: bool = True) -> None:
        """Remove it.

        Args:
            force: kill it first if it runs.
            volumes: remove its anonymous volumes with it.
        """
        self._engine.containers.remove(self._id, force=force, volumes=volumes)

    def _known(self) -> Facts:
        if self._facts is None:
            self._facts = Facts(self.inspect(), self._engine.endpoint)
        return self._facts
