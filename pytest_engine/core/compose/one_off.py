"""Run commands in a Compose project: in a service's container, or in a new one."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from .cli import Compose, ComposeRun

__all__ = ["ExecSpec", "RunSpec", "run_command"]

# Variables that the CLI itself goes by, so that they cannot be left to its environment.
_STEERS = ("BUILDKIT_", "BUILDX_", "COMPOSE_", "DOCKER_", "DYLD_", "GO", "LD_", "SSH_", "XDG_")
_STEERS_ALONE = frozenset(
    {"ALL_PROXY", "HOME", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "PATH", "PWD", "TERM", "TMPDIR"}
)
# A secret or a config that is the value of a variable: `config` tells the name, not the value.
_READ = re.compile(r"^ +environment: \"?([^\"\n]+)\"?$", re.MULTILINE)


@dataclass(frozen=True)
class _Command:
    """What commands have in common.

    Attributes:
        service: the service whose container it is.
        command: the command, as a list or as a text that is split like a shell does; None is
            the one of the service, where a new container is made.
        chdir: the directory that it runs in; None is the container's.
        detach: whether it is left to itself once it is started.
        user: the user that it runs as.
        stdin: what it reads.
        tty: whether it gets a terminal, if the CLI has one.
        env: variables for it.
    """

    service: str
    command: str | tuple[str, ...] | None = None
    chdir: str | None = None
    detach: bool = False
    user: str | None = None
    stdin: bytes | None = None
    tty: bool = True
    env: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InvalidInput: it reads something of nobody, or a variable is no text.
        """
        if self.detach and self.stdin is not None:
            raise InvalidInput("stdin: a command that is left to itself (detach) reads nothing.")
        for name, value in self.env.items():
            if not isinstance(value, str):
                raise InvalidInput(
                    f"env: the value of {name} is no text but {type(value).__name__}. Quote it."
                )
            if not name or "=" in name or "\0" in name + value:
                raise InvalidInput(f"env: {name!r} cannot be the name of a variable.")
        self.words()

    def words(self) -> tuple[str, ...]:
        """Give the command as a list.

        Raises:
            InvalidInput: it is a text that no shell could split.
        """
        if not isinstance(self.command, str):
            return tuple(self.command or ())
        try:
            return tuple(shlex.split(self.command))
        except ValueError as exc:
            # Without the text, which may hold a secret.
            raise InvalidInput(f"command: it cannot be split into words: {exc}.") from exc

    def arguments(self, hidden: Collection[str] = ()) -> Iterator[str]:
        """Give what comes before the service.

        Args:
            hidden: names of variables whose values the CLI finds in its own environment.
        """
        yield from _option("--workdir", self.chdir)
        yield from ["--detach"] * self.detach
        yield from _option("--user", self.user)
        yield from ["--no-TTY"] * (not self.tty)
        for name, value in self.env.items():
            yield from ("--env", name if name in hidden else f"{name}={value}")


@dataclass(frozen=True)
class ExecSpec(_Command):
    """A command in a service's container, beside its main process.

    Attributes:
        index: which of the service's containers, counted from 1.
        privileged: whether it has all capabilities.
    """

    index: int | None = None
    privileged: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InvalidInput: there is no command, or what is beside it makes no sense.
        """
        super().__post_init__()
        if not self.words():
            raise InvalidInput(f"There is no command to run for service {self.service}.")

    def arguments(self, hidden: Collection[str] = ()) -> Iterator[str]:
        """Give what comes after `docker compose`."""
        yield "exec"
        yield from _option("--index", None if self.index is None else str(self.index))
        yield from ["--privileged"] * self.privileged
        yield from super().arguments(hidden)


@dataclass(frozen=True)
class RunSpec(_Command):
    """A command in a new container of a service.

    Attributes:
        build: whether the image is built before.
        cap_add: capabilities that it gets.
        cap_drop: capabilities that it does not get.
        cleanup: whether the container is removed when it ends.
        entrypoint: the entrypoint in place of the image's.
        interactive: whether its standard input is open.
        labels: labels of the container, as `name=value`.
        name: the name of the container.
        no_deps: whether services that it depends on are left alone.
        publish: ports that it publishes.
        quiet_pull: whether nothing is said of pulling.
        remove_orphans: whether containers of services that are no longer in the files go.
        service_ports: whether it publishes what its service does.
        use_aliases: whether it has the service's names in its networks.
        volumes: what is mounted.
    """

    build: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cleanup: bool = False
    entrypoint: str | None = None
    interactive: bool = True
    labels: tuple[str, ...] = ()
    name: str | None = None
    no_deps: bool = False
    publish: tuple[str, ...] = ()
    quiet_pull: bool = False
    remove_orphans: bool = False
    service_ports: bool = False
    use_aliases: bool = False
    volumes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InvalidInput: the command is stated and empty, or what is beside it makes no sense.
        """
        super().__post_init__()
        # With an entrypoint of its own it is one without arguments.
        if self.command is not None and not self.words() and self.entrypoint is None:
            option = "command" if isinstance(self.command, str) else "argv"
            raise InvalidInput(
                f"{option}: it is empty. Write a command, or leave it out for the service's own."
            )

    def arguments(self, hidden: Collection[str] = ()) -> Iterator[str]:
        """Give what comes after `docker compose`."""
        yield "run"
        for option, is_wanted in (
            ("--build", self.build),
            ("--interactive=false", not self.interactive),
            ("--no-deps", self.no_deps),
            ("--quiet-pull", self.quiet_pull),
            ("--remove-orphans", self.remove_orphans),
            ("--rm", self.cleanup),
            ("--service-ports", self.service_ports),
            ("--use-aliases", self.use_aliases),
        ):
            yield from [option] * is_wanted
        for option, values in (
            ("--cap-add", self.cap_add),
            ("--cap-drop", self.cap_drop),
            ("--label", self.labels),
            ("--publish", self.publish),
            ("--volume", self.volumes),
        ):
            for value in values:
                yield from (option, value)
        yield from _option("--entrypoint", self.entrypoint)
        yield from _option("--name", self.name)
        yield from super().arguments(hidden)


def run_command(compose: Compose, wanted: ExecSpec | RunSpec) -> ComposeRun:
    """Run a command; its exit code is that of the run.

    Variables are handed over in the environment of Compose, which nobody else can read; those
    that would make another project of its files there are arguments.

    What it wrote is what Compose wrote: with `docker compose run`, the progress of what it
    starts before stands on the standard error, too.

    Raises:
        ComposeFailed: it was to be left to itself, and could not be started.
        Incompatible: there is no Compose, or one that is too old.
    """
    hidden = _variables(compose, wanted)
    run = compose.run(
        *wanted.arguments(hidden),
        "--",
        wanted.service,
        *wanted.words(),
        plain=True,
        stdin=wanted.stdin,
        variables=hidden,
    )
    if wanted.detach and run.exit_code:
        raise run.failure(run.stderr.strip())
    return run


def _variables(compose: Compose, wanted: ExecSpec | RunSpec) -> dict[str, str]:
    """Return the variables that Compose can have in its environment and not go by them itself."""

    def look(variables: Mapping[str, str]) -> tuple[int, str]:
        run = compose.run("config", wanted.service, variables=variables)
        # A container that is there has all but the project's name, which is the first line.
        told = run.stdout if isinstance(wanted, RunSpec) else run.stdout.partition("\n")[0]
        return run.exit_code, told

    given = {name: value for name, value in wanted.env.items() if not _steers(name)}
    if not given:
        return {}
    plain = look({})
    read = _READ.findall(plain[1])
    given = {name: value for name, value in given.items() if name not in read}
    if look(given) == plain:
        return given
    hidden: dict[str, str] = {}
    for name, value in given.items():
        if look({**hidden, name: value}) == plain:
            hidden[name] = value
    return hidden


def _option(name: str, value: str | None) -> list[str]:
    return [] if value is None else [name, value]


def _steers(name: str) -> bool:
    return name.upper() in _STEERS_ALONE or name.upper().startswith(_STEERS)
