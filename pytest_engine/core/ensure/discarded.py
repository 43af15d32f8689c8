"""What engines take with a warning, and discard, because their host cannot do it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ..errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import SystemInfo
    from .compare import Difference

__all__ = ["without_discarded"]

# field -> what `GET /info` says about it. A kernel can lack accounting of memory or of swap.
_ABILITIES: Mapping[str, str] = {
    "memory": "MemoryLimit",
    "memory_reservation": "MemoryLimit",
    "memory_swap": "SwapLimit",
    "memory_swappiness": "",
    "oom_killer": "OomKillDisable",
}
_NOT_IN_CGROUP_V2 = ("memory_swappiness", "oom_killer")
# What is there of these fields, or False, where nothing was stated.
_NOTHING = (0, -1)


def without_discarded(
    engine: Engine, differences: Sequence[Difference], noticed: list[str]
) -> tuple[Difference, ...]:
    """Leave out what the engine has discarded, and would again.

    Args:
        engine: asked (`GET /info`) only if something looks like that.
        differences: the fields in which a container differs.
        noticed: gets in words what is left out.
    """
    suspects = [one for one in differences if one.field in _ABILITIES and one.actual in _NOTHING]
    info: SystemInfo = {}
    # What stands before an engine may allow no such look.
    with contextlib.suppress(ApiError):
        info = engine.system.info() if suspects else {}
    reasons = {one.field: _why_not(engine, info, one.field) for one in suspects}
    noticed += [
        f"{field}: this engine's host cannot do it ({reason}), so the container goes without. "
        "Leave it out."
        for field, reason in reasons.items()
        if reason
    ]
    return tuple(one for one in differences if not reasons.get(one.field))


def _why_not(engine: Engine, info: SystemInfo, field: str) -> str:
    is_v2 = info.get("CgroupVersion") == "2"
    if field in _NOT_IN_CGROUP_V2 and is_v2:
        return "cgroup v2"
    ability = _ABILITIES[field]
    if field == "memory_swap" and is_v2 and engine.is_podman:
        # It tells of cgroup v1 alone, and limits swap with v2 all the same.
        return ""
    return f"no {ability}" if info.get(ability) is False else ""
