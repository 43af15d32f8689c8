"""`HEAD /containers/{id}/archive`, whose answer is all in its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import NotFound

if TYPE_CHECKING:
    from ..archive import PathStat
    from .call import Caller

__all__ = ["head_archive"]


def head_archive(caller: Caller, container: str, path: str) -> PathStat:
    """Ask what a path in a container is.

    Raises:
        ContainerNotFound: there is no such container.
        NotFound: there is no such path in it.
    """
    # Here, because archives load a lot and few callers want any.
    from ..archive import decode_path_stat

    try:
        answer = caller.call("ContainerArchiveInfo", container, query={"path": path})
    except NotFound as exc:
        # The answer to a HEAD has no words; whether the container is missing, this tells.
        caller.call("ContainerInspect", container)
        message = f"{exc.method} {exc.path}: there is no {path} in the container (HTTP 404)"
        raise NotFound(
            message, status=404, method=exc.method, path=exc.path, engine_message=""
        ) from exc
    return decode_path_stat(answer.headers.get("X-Docker-Container-Path-Stat", ""))
