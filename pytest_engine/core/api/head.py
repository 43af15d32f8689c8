"""Paths in containers: what one is (`HEAD /containers/{id}/archive`), and why none is there."""

from __future__ import annotations

import contextlib
import posixpath
from typing import TYPE_CHECKING

from ..errors import ApiError, EngineError, NotFound, ServerError

if TYPE_CHECKING:
    from ..archive import PathStat
    from .call import Caller

__all__ = ["head_archive", "no_such_path"]


def head_archive(caller: Caller, container: str, path: str) -> PathStat:
    """Ask what a path in a container is.

    Raises:
        ContainerNotFound: there is no such container.
        NotFound: there is no such path in it.
    """
    try:
        return _head(caller, container, path)
    except ServerError as exc:
        raise no_such_path(caller, container, path, exc) or exc from exc
    except NotFound as exc:
        # The answer to a HEAD has no words; whether the container is missing, this tells.
        caller.call("ContainerInspect", container)
        message = f"{exc.method} {exc.path}: there is no {path} in the container (HTTP 404)"
        raise NotFound(
            message, status=404, method=exc.method, path=exc.path, engine_message=""
        ) from exc


def no_such_path(caller: Caller, container: str, path: str, error: ApiError) -> NotFound | None:
    """Find out whether a path leads through something that is no folder.

    Docker answers that with 500, without words or with a path of its own machine, or with 400.

    Returns:
        The error to raise instead; None: it is another one.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    place, stat = "/", None
    with contextlib.suppress(EngineError):
        # What ends in a slash is to be a folder itself.
        for number in range(1, len(parts) + path.endswith(("/", "/."))):
            longer = "/" + posixpath.join(*parts[:number])
            stat = _head(caller, container, longer)
            # As far as the engine follows, everything is a folder, or a link to one.
            place = longer
    if stat is None or stat.is_dir:
        return None
    wanted = posixpath.normpath(path)
    leads = f" to {stat.link_target}" if stat.is_link else ""
    message = (
        f"{error.method} {error.path}: there is no {wanted} in the container, because {place} is a "
        f"{stat.kind}{leads} and no folder; name a path in a folder (HTTP {error.status})"
    )
    return NotFound(
        message,
        status=error.status,
        method=error.method,
        path=error.path,
        engine_message=error.engine_message,
    )


def _head(caller: Caller, container: str, path: str) -> PathStat:
    # Here, because archives load a lot and few callers want any.
    from ..archive import decode_path_stat

    answer = caller.call("ContainerArchiveInfo", container, query={"path": path})
    return decode_path_stat(answer.headers.get("X-Docker-Container-Path-Stat", ""))
