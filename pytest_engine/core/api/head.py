"""`HEAD /containers/{id}/archive`, whose answer is all in its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..archive import PathStat, decode_path_stat
from ..errors import NotFound

if TYPE_CHECKING:
    from .call import Caller

__all__ = ["head_archive"]


def head_archive(caller: Caller, operation: str, path: str) -> PathStat:
    """Ask what a path in a container is.

    Args:
        caller: the way to the engine.
        operation: `/containers/{id}/archive`, its parts quoted.
        path: the path in the container.

    Raises:
        ContainerNotFound: there is no such container.
        NotFound: there is no such path in it.
    """
    try:
        answer = caller.call("HEAD", operation, query={"path": path})
    except NotFound as exc:
        # The answer to a HEAD has no words; whether the container is missing, this tells.
        container = operation.rpartition("/")[0]
        caller.call("GET", f"{container}/json")
        message = f"HEAD {operation}: there is no {path} in the container (HTTP 404)"
        raise NotFound(
            message, status=404, method="HEAD", path=operation, engine_message=""
        ) from exc
    return decode_path_stat(answer.headers.get("X-Docker-Container-Path-Stat", ""))
