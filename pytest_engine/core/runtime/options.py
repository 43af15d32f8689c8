"""What the methods of a runtime take, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..spec.values import parse_env
from .checks import is_integer, is_text, is_text_list, is_text_map
from .names import WaitCondition

if TYPE_CHECKING:
    from ..filters import Filters

__all__ = [
    "AuthConfig",
    "ContainerExecOptions",
    "ContainerListOptions",
    "ContainerLogsOptions",
    "ContainerRemoveOptions",
    "ContainerStartOptions",
    "ContainerStatusOptions",
    "ContainerStopOptions",
    "ContainerWaitOptions",
    "EventsStreamOptions",
    "ImageInspectOptions",
    "ImageListOptions",
    "ImagePruneOptions",
    "ImagePullOptions",
    "ImageRemoveOptions",
]


@dataclass(frozen=True)
class AuthConfig:
    """A login to a registry; its secrets are not part of its `repr`.

    Attributes:
        username: the user.
        password: the user's password, or an access token that is used like one.
        server_address: the registry's host and port; None: Docker Hub.
        identity_token: what a registry handed out to be used instead of a password.
        registry_token: a bearer token that the registry takes as it is.

    Raises:
        InvalidInput: there is neither a user with a password nor a token.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    server_address: str | None = None
    identity_token: str | None = field(default=None, repr=False)
    registry_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no login."""
        complete = self.username and self.password is not None
        if not (complete or self.identity_token or self.registry_token):
            raise InvalidInput("A login is a user with a password, or a token.")


@dataclass(frozen=True)
class ContainerStartOptions:
    """Nothing so far."""


@dataclass(frozen=True)
class ContainerStopOptions:
    """How a container is stopped.

    Attributes:
        signal: what asks its process to end, like `SIGINT`; None: the container's own stop
            signal, which is SIGTERM unless its image says otherwise.
        timeout: seconds until it is killed; None: the container's own stop timeout (10
            where it has none); -1: never.

    Raises:
        InvalidInput: the timeout is no such number, or the signal no name.
    """

    signal: str | None = None
    timeout: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine takes."""
        if self.timeout is not None and not (is_integer(self.timeout) and self.timeout >= -1):
            raise InvalidInput(f"timeout: {self.timeout!r:.80} is no number of seconds, nor -1.")
        if self.signal is not None and not (is_text(self.signal) and self.signal):
            raise InvalidInput(f"signal: {self.signal!r:.80} is no name of a signal.")


@dataclass(frozen=True)
class ContainerRemoveOptions:
    """How a container is removed.

    Attributes:
        remove_volumes: with its anonymous volumes; named ones always stay.
        force: also if it runs; it is killed first.
    """

    remove_volumes: bool = False
    force: bool = False


@dataclass(frozen=True)
class ContainerStatusOptions:
    """What to tell of a container.

    Attributes:
        size: also the size of its file system, which is slow to find out.
    """

    size: bool = False


@dataclass(frozen=True)
class ContainerListOptions:
    """Which containers to list.

    Attributes:
        all: also those that do not run.
        filters: which of them; see `Filters`.
    """

    all: bool = False
    filters: Filters | None = None


@dataclass(frozen=True)
class ContainerWaitOptions:
    """What to wait for.

    Attributes:
        condition: that the container does not run, which may be so at once; that it ends
            the next time; or that it is removed.

    Raises:
        InvalidInput: the condition is none of these.
    """

    condition: WaitCondition = WaitCondition.NOT_RUNNING

    def __post_init__(self) -> None:
        """Refuse what no engine could wait for."""
        object.__setattr__(self, "condition", WaitCondition(self.condition))


@dataclass(frozen=True)
class ContainerExecOptions:
    """A command to run in a container.

    Attributes:
        cmd: the command and its arguments; no shell is involved.
        user: `user[:group]`, by name or number; None: the container's.
        attach_stdout: whether to return what it writes to standard output.
        attach_stderr: whether to return what it writes to standard error.
        working_dir: where to run it; None: the container's.
        env: variables beyond the container's, as `NAME=value` or as a mapping.

    Raises:
        InvalidInput: the command is empty or no list of strings, or a variable is none.
    """

    cmd: Sequence[str]
    user: str | None = None
    attach_stdout: bool = False
    attach_stderr: bool = False
    working_dir: str | None = None
    env: Sequence[str] | Mapping[str, str] = ()

    def __post_init__(self) -> None:
        """Refuse what no engine could run."""
        self.validate()

    def validate(self) -> None:
        """Check the command and its variables, as is done when the options are made.

        Raises:
            InvalidInput: there is no command, or a variable has no name or no value.
        """
        if not (is_text_list(self.cmd) and self.cmd):
            raise InvalidInput(f"cmd: {self.cmd!r:.80} is no list of strings with a command in it.")
        if not (is_text_list(self.env) or is_text_map(self.env)):
            raise InvalidInput("env: a list of strings, or a mapping of strings to strings.")
        parse_env(self.env)


@dataclass(frozen=True)
class ContainerLogsOptions:
    """Which part of a container's log to read.

    Attributes:
        show_stdout: with its standard output; this or `show_stderr` has to be.
        show_stderr: with its standard error.
        since: not before this moment, with a time zone.
        until: not after this moment, with a time zone.
        timestamps: begin every line with its time.
        follow: go on with what it logs from now on, until it ends.
        tail: only so many last lines; None: all.
        details: begin every line with what the logging driver was told to add
            (`log-opts` like `labels` and `env`).

    Raises:
        InvalidInput: neither stream was chosen, a moment has no time zone, or `tail` is no
            number of lines.
    """

    show_stdout: bool = False
    show_stderr: bool = False
    since: datetime | None = None
    until: datetime | None = None
    timestamps: bool = False
    follow: bool = False
    tail: int | None = None
    details: bool = False

    def __post_init__(self) -> None:
        """Refuse what no engine could read."""
        if not (self.show_stdout or self.show_stderr):
            raise InvalidInput("logs: choose show_stdout, show_stderr or both.")
        _refuse_local_times(since=self.since, until=self.until)
        if self.tail is not None and not (is_integer(self.tail) and self.tail >= 0):
            raise InvalidInput(f"tail: {self.tail!r:.80} is no number of lines.")


@dataclass(frozen=True)
class ImagePullOptions:
    """How an image is pulled.

    Attributes:
        all: every tag that the registry has of it; the name is then one without a tag.
    """

    all: bool = False


@dataclass(frozen=True)
class ImageInspectOptions:
    """Nothing so far."""


@dataclass(frozen=True)
class ImageListOptions:
    """Which images to list.

    Attributes:
        all: also those in between of builds.
        filters: which of them; see `Filters`.
    """

    all: bool = False
    filters: Filters | None = None


@dataclass(frozen=True)
class ImageRemoveOptions:
    """How an image is removed.

    Attributes:
        force: although stopped containers use it, or it has several names.
        prune_children: with those that it was made from, as far as nothing else needs them
            and they have no name.
    """

    force: bool = False
    prune_children: bool = False


@dataclass(frozen=True)
class ImagePruneOptions:
    """Which unused images to remove.

    Attributes:
        filters: which of them; None: those without a name. `{"dangling": False}` stands for
            every image that no container uses.
    """

    filters: Filters | None = None


@dataclass(frozen=True)
class EventsStreamOptions:
    """Which events to tell.

    Attributes:
        since: begin with those of the past from this moment on, with a time zone.
        until: end at this moment, also one in the future, with a time zone.
        filters: which of them: `{"type": "container", "event": ["start", "die"]}`.

    Raises:
        InvalidInput: a moment has no time zone.
    """

    since: datetime | None = None
    until: datetime | None = None
    filters: Filters | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine could tell."""
        _refuse_local_times(since=self.since, until=self.until)


def _refuse_local_times(**moments: datetime | None) -> None:
    for name, moment in moments.items():
        if moment is None:
            continue
        if not isinstance(moment, datetime):
            raise InvalidInput(f"{name}: {moment!r:.80} is no datetime.")
        if moment.tzinfo is None:
            raise InvalidInput(f"{name}: {moment} has no time zone; the engine's may be another.")
