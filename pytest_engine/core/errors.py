"""The one tree of errors, and the one map from an engine's answer to an error.

Every error that leaves this package is an `EngineError`. The subclasses are cut by
what the caller can do about them; the facts (status, image, exit code, ...) are
attributes, so that nobody has to take a message apart.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

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
    "error_from_answer",
    "message_from_body",
]


class EngineError(Exception):
    """The root of all errors of this package; `str()` of it is a full sentence."""


class InvalidInput(EngineError, ValueError):
    """What the caller gave cannot be right, whatever the engine's state is."""


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
    ) -> None:
        """Keep what failed, and its last lines, beside the reason."""
        super().__init__(message, image=image, detail=detail)
        self.step = step
        self.line = line
        self.log = log


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
}

_FAILED = range(500, 600)
_SWARM = (400, 500, 503)

# Where the status says too little, or something else than it should, the engine's words tell:
# `POST /containers/create` answers 404 for a missing image, `POST /networks/{id}/connect` for
# either of two things, and what is wrong with a swarm has one of three statuses, whatever it is.
# The first that fits counts.
_BY_TEXT: tuple[tuple[Container[int], re.Pattern[str], type[ApiError]], ...] = (
    # An object of a swarm may be named after what a later pattern looks for.
    ((404,), re.compile(r"^(service|node|task|secret|config) \S+ not found"), NotFound),
    ((404,), re.compile(r"^((404 )?page not found|Not Found)$"), NotServed),
    ((501, 503), re.compile(r"^Podman does not support|^update is not supported$"), NotServed),
    ((404,), re.compile(r"(?i)manifest .* not found|not .* the specified platform"), ImageNotFound),
    ((404, *_FAILED), re.compile(r"(?i)no such image|image not known"), ImageNotFound),
    ((404,), re.compile(r"no such container|no container with", re.IGNORECASE), ContainerNotFound),
    ((404,), re.compile(r"network .*not found|no such network", re.IGNORECASE), NetworkNotFound),
    ((404,), re.compile(r"no such volume|volume .*not found", re.IGNORECASE), VolumeNotFound),
    (
        _FAILED,
        re.compile(r"port is already allocated|address already in use|ports are not available"),
        PortInUse,
    ),
    # Podman, where Docker answers 404, 403 and 409.
    ((500,), re.compile(r"no such container$"), ContainerNotFound),
    ((500,), re.compile(r"network is being used$|^default network \S+ cannot"), PermissionDenied),
    (
        (500,),
        re.compile(r"(name is already in use|state improper|please force removal)$"),
        Conflict,
    ),
    (_SWARM, re.compile(r"update out of sequence$"), OutOfSequence),
    (_SWARM, re.compile(r"^This node is already part of a swarm"), AlreadyInSwarm),
    (_SWARM, re.compile(r"^Swarm is encrypted and needs to be unlocked"), SwarmLocked),
    (_SWARM, re.compile(r"^This node is not (a swarm manager|part of a swarm)"), NotSwarmManager),
    (
        _SWARM,
        re.compile(
            r"^You are attempting to leave the swarm on a node|is in use by the following service"
            r"|is not down and can't be removed|must be demoted to worker before removal"
            r"|attempting to demote the last manager|does not have a previous spec$"
        ),
        Conflict,
    ),
    (_SWARM, re.compile(r"port '\d+' is already in use by service"), PortInUse),
    (_SWARM, re.compile(r"^network \S+ not found$"), NetworkNotFound),
    # It asks a swarm for a network that it does not have, and is in none.
    ((500,), re.compile(r"^invalid cluster node while attaching to network$"), NetworkNotFound),
    (_SWARM, re.compile(r"^invalid join token$"), BadRequest),
)

_ADVICE: tuple[tuple[type[ApiError], str], ...] = (
    (ImageNotFound, "Pull or build the image first, or allow it to be pulled."),
    (PortInUse, "Publish another host port, or leave it out and let the engine choose one."),
    (OutOfSequence, "Inspect it again, and update with the version and the specification of then."),
    (AlreadyInSwarm, "Go on in that swarm, or leave it first (swarm.leave)."),
    (SwarmLocked, "Unlock it (swarm.unlock) with the key that another manager tells."),
    (NotSwarmManager, "Ask an engine that is a manager, or found a swarm (swarm.init)."),
)


def message_from_body(body: bytes) -> str:
    """Find the engine's words in the body of an error, which may be of any shape.

    Docker answers `{"message": ...}`; Podman adds `cause`; proxies in between answer
    text, HTML or nothing. This never fails: making an error must not raise another.
    """
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text[:2000]
    if isinstance(value, dict):
        for key in ("message", "cause", "error"):
            if isinstance(value.get(key), str) and value[key]:
                return str(value[key])
    return text[:2000]


def error_from_answer(status: int, method: str, path: str, body: bytes) -> ApiError:
    """Turn an engine's answer of status 400 or above into the error that it stands for."""
    engine_message = message_from_body(body)
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    for statuses, pattern, told in _BY_TEXT:
        if status in statuses and pattern.search(engine_message):
            kind = told
            break
    advice = next((text for k, text in _ADVICE if issubclass(kind, k)), "")
    message = f"{method} {path}: {engine_message or 'no reason given'} (HTTP {status})"
    return kind(
        f"{message}. {advice}" if advice else message,
        status=status,
        method=method,
        path=path,
        engine_message=engine_message,
    )
