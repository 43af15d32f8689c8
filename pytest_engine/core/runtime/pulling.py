"""Pulls, and why they fail: as one of the kinds of error that a runtime has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..auth import was_refused
from ..errors import (
    ApiError,
    ImageNotFound,
    Incompatible,
    InvalidInput,
    PermissionDenied,
    PullFailed,
    ServerError,
)
from ..reference import parse_reference

if TYPE_CHECKING:
    from ..client import Engine

__all__ = ["kind_of_failure", "pull"]

# Registries and engines in their own words; Docker Hub answers "does not exist or may require
# 'docker login'" for what it shows to nobody or to others only.
_MISSING = re.compile(
    r"manifest .*not found|manifest unknown|name unknown|does not exist|: not found", re.IGNORECASE
)


def pull(engine: Engine, name: str, *, all: bool) -> None:
    """Pull an image, or all that a registry has under its name.

    Raises:
        ImageNotFound: the registry does not have it, or not for everybody.
        PermissionDenied: the registry wants a login, or another one.
        ServerError: the registry cannot be reached.
        InvalidInput: the name is no image reference, or has a tag although all are wanted.
        Incompatible: all are wanted of Podman.
    """
    reference = parse_reference(name)
    if all and (reference.tag or reference.digest):
        raise InvalidInput(f"{name!r} names one image; all goes with a name alone.")
    if all and engine.is_podman:
        # It would pull `latest` and say that all is well (seen with 5.4).
        raise Incompatible(f"Podman pulls one tag of {name} and not all; pull them by their names.")
    try:
        engine.images.pull(name, all_tags=all)
    except PullFailed as exc:
        raise kind_of_failure(exc) from exc


def kind_of_failure(failure: PullFailed) -> ApiError:
    """Return the error that a failed pull stands for, with the same message."""
    kind, status = _kind(failure.detail)
    cause = failure.__cause__
    return kind(
        str(failure),
        # An engine that had begun to answer has no status for what came later.
        status=cause.status if isinstance(cause, ApiError) else status,
        method="POST",
        path="/images/create",
        engine_message=failure.detail,
    )


def _kind(reason: str) -> tuple[type[ApiError], int]:
    if _MISSING.search(reason):
        return ImageNotFound, 404
    if was_refused(reason):
        return PermissionDenied, 403
    return ServerError, 500
