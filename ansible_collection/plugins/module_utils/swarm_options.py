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
    from .engine import Call

__all__ = ["bring_about"]

_ROTATIONS = ("worker_token", "manager_token", "manager_unlock_key")


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
    return {**result, "swarm_facts": {}}


def _found(call: Call) -> dict[str, Any]:
    params = call.params
    names = {field.name for field in fields(SwarmSpec)} & params.keys()
    stated = {name: params[name] for name in names}
    wanted = SwarmSpec(**{**stated, "labels": labels(params["labels"])})
    rotate = tuple(what for what in _ROTATIONS if params[f"rotate_{what}"])
    kind = SwarmKind(force=params["force"], rotate=rotate, unlock_key=params["unlock_key"])
    result = told(call, "swarm", call.reconcile(kind, wanted))
    swarm = result.pop("swarm")
    # Told only to those who speak of it: what a task returns may be shown.
    asks = params["autolock_managers"] or params["rotate_manager_unlock_key"]
    locks = swarm.get("Spec", {}).get("EncryptionConfig", {}).get("AutoLockManagers")
    facts = swarm_facts(call.engine, swarm, key=bool(asks and locks)) if swarm else {}
    return {**result, "swarm_facts": facts}


def _member(call: Call) -> MemberSpec:
    names = {field.name for field in fields(MemberSpec)}
    return MemberSpec(**{name: call.params[name] for name in names if call.params[name]})
