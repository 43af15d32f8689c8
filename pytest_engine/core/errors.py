"""The one tree of errors, and the one map from an engine's answer to an error.

Every error that leaves this package is an `EngineError`. The subclasses are cut by
what the caller can do about them; the facts (status, image, exit code, ...) are
attributes, so that nobody has to take a message apart.
"""

from __future__ import annotations

import json
import re

__all__ = [
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
    "ImageNotFound",
    "ImportFailed",
    "Incompatible",
    "InvalidInput",
    "LaunchFailed",
    "MissingLibrary",
    "NetworkNotFound",
    "NotFound",
    "NotOurs",
    "PermissionDenied",
    "PortInUse",
    "PullFailed",
    "PushFailed",
    "ServerError",
    "StreamFailed",
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
    """Files could not be copied out of a container to this host.

    The archive was broken or not to be trusted, or the place to write to is full or not
    writable; the message says which.
    """


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


class ServerError(ApiError):
    """The engine failed, or lacks what the request needs (HTTP 5xx)."""


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
        log: the last lines that the build printed.
    """

    def __init__(self, message: str, *, image: str = "", detail: str = "", log: str = "") -> None:
        """Keep the build's last lines beside the reason."""
        super().__init__(message, image=image, detail=detail)
        self.log = log


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
}

# What a missing thing is, is told by the text alone: `POST /containers/create` answers
# 404 for a missing image, `POST /networks/{id}/connect` for either of two things.
_MISSING: tuple[tuple[re.Pattern[str], type[NotFound]], ...] = (
    (
        re.compile(r"no such image|image not known|manifest .* not found", re.IGNORECASE),
        ImageNotFound,
    ),
    (re.compile(r"no such container|no container with", re.IGNORECASE), ContainerNotFound),
    (re.compile(r"network .*not found|no such network", re.IGNORECASE), NetworkNotFound),
    (re.compile(r"no such volume|volume .*not found", re.IGNORECASE), VolumeNotFound),
)
# What Podman says at the end of a message with status 500 where Docker answers 403, 404 or 409.
_PODMAN_CAUSES: tuple[tuple[re.Pattern[str], type[ApiError]], ...] = (
    (re.compile(r"no such container$"), ContainerNotFound),
    (re.compile(r"network is being used$"), PermissionDenied),
    (re.compile(r"(name is already in use|container state improper)$"), Conflict),
)
_PORT_TAKEN = re.compile(
    r"port is already allocated|address already in use|ports are not available"
)

_ADVICE: tuple[tuple[type[ApiError], str], ...] = (
    (ImageNotFound, "Pull or build the image first, or allow it to be pulled."),
    (PortInUse, "Publish another host port, or leave it out and let the engine choose one."),
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
    if kind is NotFound:
        kind = next((k for pattern, k in _MISSING if pattern.search(engine_message)), NotFound)
    elif status >= 500 and _PORT_TAKEN.search(engine_message):
        kind = PortInUse
    elif status >= 500 and re.search(r"no such image", engine_message, re.IGNORECASE):
        kind = ImageNotFound
    elif status == 500:
        kind = next((k for pattern, k in _PODMAN_CAUSES if pattern.search(engine_message)), kind)
    advice = next((text for k, text in _ADVICE if issubclass(kind, k)), "")
    message = f"{method} {path}: {engine_message or 'no reason given'} (HTTP {status})"
    return kind(
        f"{message}. {advice}" if advice else message,
        status=status,
        method=method,
        path=path,
        engine_message=engine_message,
    )
