"""Containers by what people call them.

Engines take the beginning of an id for a name that nothing else has, however short: where there is
no container `db`, one whose id begins with `db` answers to that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import ContainerInspectResponse

__all__ = ["find_container", "is_called", "is_container_id"]

_ID = re.compile(r"[0-9a-f]{64}")
# What people call an id: at least as much of it as the docker command shows.
_SHORT_ID = 12


def is_container_id(name: str) -> bool:
    """Tell whether a name may be a container's whole id."""
    return _ID.fullmatch(name) is not None


def is_called(container: Mapping[str, Any], name: str) -> bool:
    """Tell whether a container that was found by a name is meant by it."""
    by_id = str(container["Id"]).startswith(name) and container.get("Name") != f"/{name}"
    return not by_id or len(name) >= _SHORT_ID


def find_container(engine: Engine, name: str) -> ContainerInspectResponse | None:
    """Inspect the container of that name or id; None: there is none."""
    try:
        container = engine.containers.inspect(name)
    except NotFound:
        return None
    return container if is_called(container, name) else None
