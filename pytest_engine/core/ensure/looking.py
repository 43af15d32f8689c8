"""Looking at what is there, in the form that engines of all ages agree on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable

from ..errors import NotFound
from ..reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["inspect_image", "look_up", "measure_disk", "speaks"]

# More at once do not make it faster: the engine answers each in about a millisecond.
_AT_ONCE = 8
# What people call an id: at least as much of it as the docker command shows.
_ID = re.compile(r"[0-9a-f]{12,64}")
_DIGITS = 64


def look_up(
    inspect: Callable[[str], Mapping[str, Any]], names: Sequence[str]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Inspect several resources of one sort, a request each and several at a time.

    Returns:
        Those that exist, in the order of their names, and the names of those that do not.
    """

    def look(name: str) -> Mapping[str, Any] | None:
        try:
            return inspect(name)
        except NotFound:
            return None

    if len(names) < 2:
        seen = [look(name) for name in names]
    else:
        # Most tasks look at one thing and have no use for threads.
        from ..crew import do_all

        seen = do_all(look, names, at_once=_AT_ONCE, name="look")
    found = [one for one in seen if one is not None]
    return found, [name for name, one in zip(names, seen) if one is None]


def inspect_image(engine: Engine, name: str) -> Mapping[str, Any]:
    """Inspect an image by its name, its id, or the beginning of its id.

    A name without a tag stands for `latest`, and wins over an id that begins alike.

    Raises:
        ImageNotFound: the engine's store has none.
        InvalidInput: it is neither a name nor an id.
    """
    # 64 digits can be nothing but an id.
    if name.startswith("sha256:") or (_ID.fullmatch(name) and len(name) == _DIGITS):
        return engine.images.inspect(name)
    try:
        return engine.images.inspect(str(parse_reference(name).with_default_tag()))
    except NotFound:
        if not _ID.fullmatch(name):
            raise
    return engine.images.inspect(f"sha256:{name}")


def measure_disk(engine: Engine) -> dict[str, Any]:
    """Tell all about what the disk is used for, with the fields that it had before API 1.52.

    `LayersSize` in bytes, and the lists `Images`, `Containers`, `Volumes` and `BuildCache`.
    """
    if not speaks(engine, 1, 52):
        return dict(engine.system.disk_usage())
    usage: dict[str, Any] = dict(engine.system.disk_usage(verbose=True))
    usage["LayersSize"] = usage.get("ImageUsage", {}).get("TotalSize")
    for name in ("Image", "Container", "Volume", "BuildCache"):
        plural = name if name == "BuildCache" else f"{name}s"
        usage[plural] = usage.get(f"{name}Usage", {}).get("Items") or []
    return usage


def speaks(engine: Engine, *version: int) -> bool:
    """Tell whether an engine is spoken to in this version of the API or a newer one."""
    return tuple(map(int, engine.api_version.split("."))) >= version
