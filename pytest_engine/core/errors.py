"""The one tree of errors; what an engine's answer stands for is in `refusals`.

Every error that leaves this package is an `EngineError`. The subclasses are cut by
what the caller can do about them; the facts (status, image, exit code, ...) are
attributes, so that nobody has to take a message apart.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "AlreadyInSwarm",
    "ApiError",
    "BadRequest",
    "BuildFailed",
    "Conflict",
    "ConnectionFailed",
    "ConnectionLost",
    "ContainerDied",
    "ContainerNotFound",
    "CopyFailed",
    "EngineError",
    "FaultNotUndone",
    "ImageNotFound",
    "ImportFailed",
    "Incompatible",
    "InvalidInput",
    "LaunchFailed",
    "MissingLibrary",
    "NetworkNotFound",
    "NoLeader",
    "NotFound",
    "NotOurs",
    "NotServed",
    "NotSwarmManager",
    "OutOfSequence",
    "PermissionDenied",
    "PortInUse",
    "PullFailed",
    "PushFailed",
    "ServerError",
    "StreamFailed",
    "SwarmLocked",
    "Timeout",
    "VolumeNotFound",
    "WaitTimeout",
    "is_endless",
    "is_node",
    "looking",
    "reading",
    "telling",
]

# What a shell hands over for `<(command)`, and nothing at all, are named on purpose.
_HANDED_OVER = re.compile(r"/dev/(stdin|fd/[0-9]+)|/proc/(self|thread-self|[0-9]+)/fd/[0-9]+")


class EngineError(Exception):
    """The root of all errors of this package; `str()` of it is a full sentence.

    Attributes:
        done: what had been done before, in order, where `reconcile` or the like fails on the way.
    """

    done: tuple[str, ...] = ()


@contextmanager
def telling(actions: Iterable[object]) -> Iterator[None]:
    """Have the errors of a block tell as well what has been done before them (`done`).

    Args:
        actions: that; the block may go on adding to them.
    """
    try:
        yield
    except EngineError as error:
        error.done = (*map(str, actions), *error.done)
        raise


class InvalidInput(EngineError, ValueError):
    """What the caller gave cannot be right, whatever the engine's state is."""


def is_node(path: str | Path) -> bool:
    """Tell whether a device, a pipe or a socket is there, or a link to one, as is `/dev/stdout`.

    Raises:
        OSError: it cannot be looked at.
    """
    path = Path(path)
    return path.exists() and not path.is_file() and not path.is_dir()


def is_endless(path: str | Path) -> bool:
    """Tell whether reading a path may never end, as of a pipe that nobody writes to.

    Raises:
        OSError: it cannot be looked at.
    """
    if not is_node(path) or _HANDED_OVER.fullmatch(str(path)):
        return False
    return os.path.realpath(path) != os.devnull


@contextmanager
def reading(path: str | Path, option: str) -> Iterator[None]:
    """Refuse what the caller named where a block that reads it is not let, or might never end.

    Args:
        path: what is read.
        option: by what the caller named it, for the message.

    Raises:
        InvalidInput: it cannot be read, or is a device or a socket.
    """
    with looking(path, option):
        # Secrets are handed over in pipes.
        if is_endless(path) and not Path(path).is_fifo():
            raise ValueError("it is a device or a socket, and no file")
        yield


@contextmanager
def looking(path: str | Path, option: str) -> Iterator[None]:
    """Refuse what the caller named where a block that looks at it is not let.

    Before Python 3.14 `Path.is_dir` and the like raise below a folder that may not be entered,
    and for a name that is too long; opening raises a ValueError for a name with a NUL.

    Args:
        path: what is looked at.
        option: by what the caller named it, for the message.

    Raises:
        InvalidInput: it cannot be looked at.
    """
    try:
        yield
    except EngineError:
        # That one is a ValueError as well.
        raise
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise InvalidInput(f"{option}: {path!s:.300} cannot be read: {reason}.") from exc


class MissingLibrary(EngineError):
    """A library that the transport needs is missing or too old."""


class Incompatible(EngineError):
    """The engine at the other end is too old or too different for what was asked."""


class NotOurs(EngineError):
    """A resource exists under the wanted name but does not belong to the caller."""


class LaunchFailed(EngineError):
    """A private engine could not be started.

    Attributes:
        log_tail: the last lines that the engine logged, possibly empty.
    """

    def __init__(self, message: str, log_tail: str = "") -> None:
        """Keep the engine's last words and show them below the message."""
        super().__init__(f"{message}\n{log_tail}" if log_tail else message)
        self.log_tail = log_tail


class ConnectionFailed(EngineError):
    """Nobody answers at the endpoint, or not as an engine would.

    Attributes:
        endpoint: the address that was tried, as a URL.
    """

    def __init__(self, message: str, endpoint: str = "") -> None:
        """Keep the address beside the message."""
        super().__init__(message)
        self.endpoint = endpoint


class ConnectionLost(ConnectionFailed):
    """The connection ended in the middle of an answer."""


class Timeout(EngineError, TimeoutError):
    """Something did not happen in the time that it was given."""


class WaitTimeout(Timeout):
    """A condition on a container did not come true in time.

    Attributes:
        container: the container's name.
        log_tail: its last log lines.
    """

    def __init__(self, message: str, container: str = "", log_tail: str = "") -> None:
        """Keep the container's name and last log lines."""
        super().__init__(message)
        self.container = container
        self.log_tail = log_tail


class ContainerDied(EngineError):
    """A container ended while it was waited for.

    Attributes:
        container: the container's name.
        exit_code: the exit code of its process.
        oom_killed: whether the kernel killed it for lack of memory.
        log_tail: its last log lines.
    """

    def __init__(
        self,
        message: str,
        *,
        container: str = "",
        exit_code: int | None = None,
        oom_killed: bool = False,
        log_tail: str = "",
    ) -> None:
        """Keep the facts of the death."""
        super().__init__(message)
        self.container = container
        self.exit_code = exit_code
        self.oom_killed = oom_killed
        self.log_tail = log_tail


class CopyFailed(EngineError):
    """Files could not be copied out of a container: a bad archive, or place to write to."""


class FaultNotUndone(EngineError):
    """A container could not be brought back from a fault that a test had caused."""


class ApiError(EngineError):
    """The engine answered, and its answer was no.

    Attributes:
        status: the HTTP status code.
        method: the HTTP method of the request.
        path: the path of the request, without the version.
        engine_message: the reason in the engine's own words.
    """

    def __init__(
        self, message: str, *, status: int, method: str, path: str, engine_message: str
    ) -> None:
        """Keep the facts of the refusal."""
        super().__init__(message)
        self.status = status
        self.method = method
        self.path = path
        self.engine_message = engine_message


class BadRequest(ApiError, InvalidInput):
    """The engine found the request malformed (HTTP 400)."""


class NotServed(ApiError, Incompatible):
    """The engine does not have this operation, whatever its version (HTTP 404, 501 or 503)."""


class PermissionDenied(ApiError):
    """The engine, or a registry behind it, refused for lack of permission (401, 403)."""


class NotFound(ApiError):
    """What the request names does not exist (HTTP 404)."""


class ContainerNotFound(NotFound):
    """No such container."""


class ImageNotFound(NotFound):
    """No such image in the engine's own store."""


class NetworkNotFound(NotFound):
    """No such network."""


class VolumeNotFound(NotFound):
    """No such volume."""


class Conflict(ApiError):
    """The request contradicts the state of the resource (HTTP 409)."""


class AlreadyInSwarm(Conflict):
    """The engine is a node of a swarm, maybe of the wanted one (HTTP 503)."""


class OutOfSequence(Conflict):
    """An object of a swarm has been updated since its version was read (HTTP 500).

    To inspect it again, and to update what is found then, is the way on.
    """


class ServerError(ApiError):
    """The engine failed, or lacks what the request needs (HTTP 5xx)."""


class NotSwarmManager(ServerError):
    """The engine manages no swarm: it is in none, or a worker of one (HTTP 503)."""


class NoLeader(ServerError):
    """The managers of a swarm have no leader, or did not agree in time (HTTP 500, 503).

    They choose another one within half a minute, if more than half of them are left.
    """


class SwarmLocked(NotSwarmManager):
    """The engine was restarted and needs its swarm's key before it manages again (HTTP 503)."""


class PortInUse(ServerError):
    """A host port that a container is to publish is taken already."""


class StreamFailed(EngineError):
    """The engine reported an error inside an answer that had begun well.

    Attributes:
        image: the image that was worked on.
        detail: the reason in the engine's or the registry's own words.
    """

    def __init__(self, message: str, *, image: str = "", detail: str = "") -> None:
        """Keep the image and the reason."""
        super().__init__(message)
        self.image = image
        self.detail = detail


class PullFailed(StreamFailed):
    """An image could not be pulled."""


class PushFailed(StreamFailed):
    """An image could not be pushed."""


class ImportFailed(StreamFailed):
    """An archive could not be made into an image."""


class BuildFailed(StreamFailed):
    """An image could not be built.

    Attributes:
        step: the step that failed, as the builder words it; empty where none did.
        line: the line of the Dockerfile; None where it is not known.
        log: the last lines that the failed step printed, or, where it printed none, the build.
        command: the command that built it, without secrets; empty where the engine did it itself.
    """

    def __init__(
        self,
        message: str,
        *,
        image: str = "",
        detail: str = "",
        step: str = "",
        line: int | None = None,
        log: str = "",
        command: tuple[str, ...] = (),
    ) -> None:
        """Keep what failed, and its last lines, beside the reason."""
        super().__init__(message, image=image, detail=detail)
        self.step = step
        self.line = line
        self.log = log
        self.command = command
