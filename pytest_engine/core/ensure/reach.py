"""Which paths of a container archives do not reach, because what is there is mounted as it runs.

Docker packs and unpacks a container's own files and its volumes from outside, where there is no
tmpfs: what is told there, and what goes there, is in the folder below the mount. Podman looks
from inside while a container runs, and each tmpfs begins with what is below it.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from ..errors import ContainerNotFound, InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["Reach", "absolute", "is_running", "require_path"]

# Where engines mount something of their own, unless something else is wanted there.
_OWN: tuple[str, ...] = ("/dev", "/proc", "/sys")
_MOST_LINKS = 10


def require_path(path: str) -> None:
    """Refuse an empty path, which would stand for the container's root.

    Raises:
        InvalidInput: it is empty.
    """
    if not path.strip():
        raise InvalidInput("container_path: name the path in the container; it is empty.")


def absolute(path: str) -> str:
    """Write a path as it counts for engines: from the container's root."""
    return posixpath.normpath(f"/{path}").replace("//", "/")


def is_running(inspected: Mapping[str, Any]) -> bool:
    """Tell from an inspect whether a container runs, paused or not."""
    return bool((inspected.get("State") or {}).get("Running"))


class Reach:
    """What of a container its archives reach."""

    def __init__(self, engine: Engine, container: str, inspected: Mapping[str, Any]) -> None:
        """Look at what is mounted in it.

        Args:
            engine: the engine.
            container: name or id.
            inspected: its inspect.
        """
        self._containers = engine.containers
        self._container = container
        mounted = dict.fromkeys((inspected.get("HostConfig") or {}).get("Tmpfs") or {}, True)
        for mount in inspected.get("Mounts") or []:
            mounted.setdefault(mount["Destination"], mount.get("Type") == "tmpfs")
        own = _OWN
        if engine.is_podman:
            mounted, own = {}, ()
        # For links to the engine's own mounts alone, the requests would be too many.
        self._follows = True in mounted.values()
        # Place -> whether it is hidden from archives.
        self._mounts: dict[str, bool] = {}
        if self._follows:
            mounted = {self._led(place): hidden for place, hidden in mounted.items()}
        self._mounts = {**dict.fromkeys(own, True), **mounted}

    def place(self, path: str, *, follow: bool = False) -> str:
        """Return where a path is once the links on the way to its last part are followed.

        Args:
            path: a path in the container.
            follow: follow its last part, too.
        """
        path = absolute(path)
        if not self._follows:
            return path
        if follow:
            return self._led(path)
        folder, name = posixpath.split(path)
        return posixpath.join(self._led(folder), name)

    def cover(self, place: str) -> str:
        """Name the mount that hides a place from archives; empty: they reach it."""
        around = [one for one in self._mounts if f"{place}/".startswith(f"{one}/")]
        mount = max(around, key=len, default="")
        return mount if self._mounts.get(mount) else ""

    def _led(self, folder: str) -> str:
        """Follow links as far as archives see any."""
        path, rest, links = "/", _parts(folder), 0
        while rest and not self._mounts.get(path):
            path = posixpath.join(path, rest.pop(0))
            try:
                stat = self._containers.archive_info(self._container, path)
            except ContainerNotFound:
                raise
            except NotFound:
                break
            if stat.is_link and links < _MOST_LINKS:
                links += 1
                target = posixpath.join(posixpath.dirname(path), stat.link_target)
                path, rest = "/", [*_parts(target), *rest]
        return posixpath.join(path, *rest)


def _parts(path: str) -> list[str]:
    return [part for part in absolute(path).split("/") if part]
