# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the options of a swarm mean to the core: four states, of three sorts of things."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from .core.ensure.nodes import NodeKind
from .core.ensure.swarm import MemberKind, SwarmKind, swarm_facts
from .core.spec.swarm import MemberSpec, NodeSpec, SwarmSpec
from .engine import labels, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine import Call, Outcome

__all__ = ["bring_about"]

_ROTATIONS = ("worker_token", "manager_token", "manager_unlock_key")

# What is done is told in the words of community.docker's module, as playbooks compare them.
_DONE = {
    "create": "New Swarm cluster created: {ID}",
    "join": "New node is added to swarm cluster",
    "leave": "Node has left the swarm cluster",
    "remove": "Node is removed from swarm cluster.",
    "unlock": "Swarm cluster unlocked",
    "update": "Swarm cluster updated",
}
_NOTHING_DONE = {
    "absent": ["This node is not part of a swarm."],
    "join": ["This node is already part of a swarm."],
    "present": ["No modification"],
    "remove": [],
}


def bring_about(call: Call) -> dict[str, Any]:
    """Bring about what the task names, and tell how others join."""
    state = call.params["state"]
    if state == "present":
        return _found(call)
    if state == "remove":
        node = NodeSpec(call.params["node_id"])
        outcome = call.reconcile(NodeKind(force=call.params["force"]), node, "absent")
    else:
        outcome = call.reconcile(MemberKind(force=call.params["force"]), _member(call), state)
    result = told(call, "swarm", outcome)
    del result["swarm"]
    return {**result, "actions": _in_words(state, outcome), "swarm_facts": {}}


def _found(call: Call) -> dict[str, Any]:
    params = call.params
    names = {field.name for field in fields(SwarmSpec)} & params.keys()
    stated = {name: params[name] for name in names}
    wanted = SwarmSpec(**{**stated, "labels": labels(params["labels"])})
    rotate = tuple(what for what in _ROTATIONS if params[f"rotate_{what}"])
    kind = SwarmKind(force=params["force"], rotate=rotate, unlock_key=params["unlock_key"])
    outcome = call.reconcile(kind, wanted)
    result = told(call, "swarm", outcome)
    swarm = result.pop("swarm")
    locks = swarm.get("Spec", {}).get("EncryptionConfig", {}).get("AutoLockManagers")
    facts = swarm_facts(call.engine, swarm, key=bool(locks) and _locked_anew(params, outcome))
    return {**result, "actions": _in_words("present", outcome), "swarm_facts": facts}


def _locked_anew(params: Mapping[str, Any], outcome: Outcome) -> bool:
    # Told only to the task from which it comes: what a task returns may be shown.
    founded = any(action.verb == "create" for action in outcome.actions)
    differs = any(difference.field == "autolock_managers" for difference in outcome.differences)
    locking = params["autolock_managers"] and (founded or differs)
    return bool(locking or params["rotate_manager_unlock_key"])


def _in_words(state: str, outcome: Outcome) -> list[str]:
    found = {"ID": None, **(outcome.resource or {})}
    done = [_DONE[action.verb].format_map(found) for action in outcome.actions]
    return done or _NOTHING_DONE[state]


def _member(call: Call) -> MemberSpec:
    names = {field.name for field in fields(MemberSpec)}
    return MemberSpec(**{name: call.params[name] for name in names if call.params[name]})
