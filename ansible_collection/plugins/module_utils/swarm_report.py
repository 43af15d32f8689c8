# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is told of a swarm, also where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .core.api.swarm import (  # pylint: disable=unused-import
    Swarm,  # noqa: F401  # so that Ansible packs it
)
from .core.api.system import (  # pylint: disable=unused-import
    System,  # noqa: F401  # so that Ansible packs it
)
from .core.ensure.swarm_looking import list_nodes, list_services, list_tasks
from .engine import filters

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from .engine import Call

__all__ = ["UNKNOWN", "look"]

UNKNOWN: Mapping[str, bool] = {
    "can_talk_to_docker": False,
    "docker_swarm_active": False,
    "docker_swarm_manager": False,
}

_LISTS = {"nodes": list_nodes, "services": list_services, "tasks": list_tasks}


def look(call: Call, known: MutableMapping[str, Any]) -> dict[str, Any]:
    """Look at a swarm.

    Args:
        call: what the task asks for.
        known: what is known even where looking fails, kept up to date.
    """
    params, engine = call.params, call.engine
    part: Mapping[str, Any] = engine.system.info().get("Swarm", {})
    known["can_talk_to_docker"] = True
    known["docker_swarm_active"] = part.get("LocalNodeState") in ("active", "pending", "locked")
    known["docker_swarm_manager"] = bool(part.get("ControlAvailable"))
    result: dict[str, Any] = {"changed": False, "swarm_facts": engine.swarm.inspect()}
    if params["unlock_key"]:
        result["swarm_unlock_key"] = engine.swarm.unlock_key().get("UnlockKey") or None
    for name, listed in _LISTS.items():
        if params[name]:
            chosen = filters(params[f"{name}_filters"], f"{name}_filters")
            result[name] = listed(engine, chosen, whole=params["verbose_output"])
    return {**result, **known}
