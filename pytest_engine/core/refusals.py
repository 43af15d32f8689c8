"""The one map from an engine's answer of status 400 or above to an error."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .errors import (
    AlreadyInSwarm,
    ApiError,
    BadRequest,
    Conflict,
    ContainerNotFound,
    ImageNotFound,
    NetworkNotFound,
    NoLeader,
    NotFound,
    NotServed,
    NotSwarmManager,
    OutOfSequence,
    PermissionDenied,
    PortInUse,
    ServerError,
    SwarmLocked,
    VolumeNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["error_from_answer", "message_from_body"]

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
    # Managers wait for a leader for 20 seconds, which an election may take, and say this then; the
    # last one those that were restarted and do not reach enough of the others yet.
    (
        _SWARM,
        re.compile(
            r"The swarm does not have a leader|node lost leader status"
            r"|^rpc error: code = DeadlineExceeded "
            r"|^This node is not a swarm manager\. Manager is being prepared "
        ),
        NoLeader,
    ),
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

# Where a volume cannot be mounted, engines tell all that it was to be mounted with: 20.10 also the
# password of a share, newer ones where it is called `pass`. Two commas are one of the value, and
# the last value ends where the kernel's reason begins.
_UNMOUNTED = "failed to mount local volume"
_SECRET_OPTION = re.compile(
    r"(?<=[, ])((?:pass\w*|secret|key)=)(?:,,|[^,])+?(?=,(?!,)|: [^:,]*$|$)", re.IGNORECASE
)

_ADVICE: tuple[tuple[type[ApiError], str], ...] = (
    (ImageNotFound, "Pull, build or load the image first."),
    (PortInUse, "Publish another host port, or leave it out and let the engine choose one."),
    (OutOfSequence, "Inspect it again, and update with the version and the specification of then."),
    (AlreadyInSwarm, "Go on in that swarm, or leave it first (swarm.leave)."),
    (SwarmLocked, "Unlock it (swarm.unlock) with the key that another manager tells."),
    (
        NoLeader,
        "Ask again in half a minute, while they choose one; if none comes, start those that lack.",
    ),
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
    if _UNMOUNTED in engine_message:
        engine_message = _SECRET_OPTION.sub(r"\g<1>********", engine_message)
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
