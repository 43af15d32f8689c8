"""Whom new files in a container belong to: the user that it runs as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..copying import read_out
from ..errors import ContainerNotFound, InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["container_user"]

_ROOT = ("", "0", "root")


def container_user(engine: Engine, container: str, inspected: Mapping[str, Any]) -> tuple[int, int]:
    """Find the ids of the user and group that a container runs as, whether it runs or not.

    As the engine does: names are looked up in the container's own `/etc/passwd` and
    `/etc/group`, and a user who is not there has the group 0.

    Args:
        engine: the engine.
        container: name or id.
        inspected: its inspect.

    Raises:
        ContainerNotFound: there is no such container.
        InvalidInput: the container's user is a name that it does not know.
    """
    user, _colon, group = ((inspected.get("Config") or {}).get("User") or "").partition(":")
    if user in _ROOT and group in _ROOT:
        return 0, 0
    uid, gid = _numbers(engine, container, user or "0")
    if group:
        gid = int(group) if group.isdecimal() else _look_up(engine, container, group)
    return uid, gid


def _numbers(engine: Engine, container: str, user: str) -> tuple[int, int]:
    for fields in _table(engine, container, "/etc/passwd"):
        is_whole = len(fields) > 3 and fields[2].isdecimal() and fields[3].isdecimal()
        if is_whole and user in (fields[0], fields[2]):
            return int(fields[2]), int(fields[3])
    if user.isdecimal():
        return int(user), 0
    raise _unknown(container, user, "/etc/passwd")


def _look_up(engine: Engine, container: str, group: str) -> int:
    for fields in _table(engine, container, "/etc/group"):
        if len(fields) > 2 and fields[0] == group and fields[2].isdecimal():
            return int(fields[2])
    raise _unknown(container, group, "/etc/group")


def _table(engine: Engine, container: str, path: str) -> list[list[str]]:
    try:
        content = read_out(engine.containers, container, path)
    except ContainerNotFound:
        raise
    except NotFound:
        return []
    return [line.split(":") for line in content.decode("utf-8", "replace").splitlines()]


def _unknown(container: str, name: str, path: str) -> InvalidInput:
    return InvalidInput(
        f"Container {container} runs as {name}, who is not in its {path}. State owner_id and "
        "group_id."
    )
