"""The interface itself: what every runtime for containers has to be able to do.

Whatever goes wrong is one of eight kinds of error: `NotFound` with `ContainerNotFound` and
`ImageNotFound`, `Conflict`, `PermissionDenied`, `ConnectionFailed`, `InvalidInput`, and
`ServerError` for the rest. Beside them stands what lies between the caller and the engine:
`Timeout`, `Incompatible` where an engine cannot do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from .config import ContainerCreateConfig
    from .options import (
        AuthConfig,
        ContainerExecOptions,
        ContainerListOptions,
        ContainerLogsOptions,
        ContainerRemoveOptions,
        ContainerStartOptions,
        ContainerStatusOptions,
        ContainerStopOptions,
        ContainerWaitOptions,
        EventsStreamOptions,
        ImageInspectOptions,
        ImageListOptions,
        ImagePruneOptions,
        ImagePullOptions,
        ImageRemoveOptions,
    )
    from .results import (
        ContainerCreateResult,
        ContainerExecResult,
        ContainerListResult,
        ContainerStatusResult,
        ContainerWaitResult,
        Event,
        ImageInspectResult,
        ImageListResult,
        ImagePruneResult,
        ImageRemoveResult,
        InfoResult,
    )

__all__ = [
    "ContainerLogsResult",
    "ContainerOps",
    "EventOps",
    "EventsStreamResult",
    "ImageOps",
    "Runtime",
    "SystemOps",
]


class ContainerLogsResult(Protocol):
    """A container's log, as it is read.

    Iterate over it for `(stream, data)` with `stream` being `stdout` or `stderr`. A context
    manager; `close` may be called from any thread and ends an iteration in another one.
    """

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over `(stream, data)` as it arrives."""
        ...

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over `(stream, line)`, lines without their line ends."""
        ...

    def read(self) -> tuple[bytes, bytes]:
        """Read to the end and return what went to stdout and what to stderr."""
        ...

    def close(self) -> None:
        """End it."""
        ...

    def __enter__(self) -> ContainerLogsResult:
        """Return the log itself."""
        ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        ...


class EventsStreamResult(Protocol):
    """Events, as they happen; an iterator that raises what goes wrong.

    It ends at `until`, and when `close` is called, from any thread. A context manager.
    """

    def __iter__(self) -> Iterator[Event]:
        """Return the iterator itself."""
        ...

    def __next__(self) -> Event:
        """Wait for the next event.

        Raises:
            ConnectionLost: the connection to the engine was lost.
        """
        ...

    def close(self) -> None:
        """End it."""
        ...

    def __enter__(self) -> EventsStreamResult:
        """Return the iterator itself."""
        ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        ...


@runtime_checkable
class SystemOps(Protocol):
    """The runtime as a whole."""

    def info(self) -> InfoResult:
        """Tell how the runtime and its host are set up and what it holds."""
        ...

    def login(self, auth: AuthConfig) -> None:
        """Log in to a registry.

        Raises:
            PermissionDenied: the registry refuses the login.
        """
        ...

    def close(self) -> None:
        """Close the connections to the runtime."""
        ...


@runtime_checkable
class ContainerOps(Protocol):
    """Containers; `id` is an id or a name."""

    def container_create(self, config: ContainerCreateConfig) -> ContainerCreateResult:
        """Create a container without starting it, and return its id.

        Raises:
            ImageNotFound: the runtime does not have the image.
            Conflict: the name is taken.
            InvalidInput: a value is malformed or contradicts another one.
        """
        ...

    def container_start(self, id: str, options: ContainerStartOptions | None = None) -> None:
        """Start a container; one that runs is left as it is.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        ...

    def container_stop(self, id: str, options: ContainerStopOptions | None = None) -> None:
        """Ask a container to end and kill it if it does not; one that has ended is left.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        ...

    def container_remove(self, id: str, options: ContainerRemoveOptions | None = None) -> None:
        """Remove a container.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Conflict: it runs, and force was not asked for.
        """
        ...

    def container_status(
        self, id: str, options: ContainerStatusOptions | None = None
    ) -> ContainerStatusResult:
        """Tell a container's state.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        ...

    def container_list(self, options: ContainerListOptions | None = None) -> ContainerListResult:
        """List containers; those that run, unless all are asked for."""
        ...

    def container_wait(
        self, id: str, options: ContainerWaitOptions, *, timeout: float | None = None
    ) -> ContainerWaitResult:
        """Wait for a container's end, and return the exit code of its process.

        Args:
            timeout: seconds to wait at most; None: for ever.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Timeout: it did not come in time.
        """
        ...

    def container_exec(
        self, id: str, options: ContainerExecOptions, *, timeout: float | None = None
    ) -> ContainerExecResult:
        """Run a command in a container, and wait for its end.

        Args:
            timeout: seconds that the command may stay silent; None: for ever. It goes on
                after that.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Conflict: the container does not run.
            Timeout: the command stayed silent for too long.
        """
        ...

    def container_logs(self, id: str, options: ContainerLogsOptions) -> ContainerLogsResult:
        """Read what a container logged.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        ...


@runtime_checkable
class ImageOps(Protocol):
    """Images."""

    def image_pull(self, name: str, options: ImagePullOptions | None = None) -> None:
        """Pull an image from the registry in its name, Docker Hub where it has none.

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.

        Raises:
            ImageNotFound: the registry does not have it, or not for everybody.
            PermissionDenied: the registry wants a login, or another one.
            ServerError: the registry cannot be reached.
        """
        ...

    def image_inspect(
        self, id: str, options: ImageInspectOptions | None = None
    ) -> ImageInspectResult:
        """Tell about an image; `id` is an id or a name.

        Raises:
            ImageNotFound: there is none of that name or id.
        """
        ...

    def image_list(self, options: ImageListOptions | None = None) -> ImageListResult:
        """List images."""
        ...

    def image_remove(self, id: str, options: ImageRemoveOptions | None = None) -> ImageRemoveResult:
        """Remove a name of an image, and the image with its last name.

        Raises:
            ImageNotFound: there is none of that name or id.
            Conflict: a container uses it, or an id was given of what has several names.
        """
        ...

    def image_prune(self, options: ImagePruneOptions | None = None) -> ImagePruneResult:
        """Remove images that nothing needs."""
        ...


@runtime_checkable
class EventOps(Protocol):
    """What happens on a runtime."""

    def events_stream(self, options: EventsStreamOptions | None = None) -> EventsStreamResult:
        """Follow what happens, from now on or from a moment in the past.

        Raises:
            ConnectionFailed: nobody answers.
        """
        ...


@runtime_checkable
class Runtime(SystemOps, ContainerOps, ImageOps, EventOps, Protocol):
    """Everything that a runtime for containers can do, whichever it is."""
