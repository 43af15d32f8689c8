"""Stacks and their tasks, in a few words for each: what lists for people show."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ..stackfile.values import NAMESPACE, check_name
from .swarm_looking import node_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.tasks import Tasks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["list_stack_tasks", "list_stacks"]

_SHORT = 12


def list_stacks(engine: Engine) -> list[dict[str, str]]:
    """List stacks by their services, in one request."""
    services = engine.services.list(filters={"label": NAMESPACE})
    counts = Counter(service["Spec"]["Labels"][NAMESPACE] for service in services)
    return [
        {"Name": name, "Namespace": "", "Orchestrator": "Swarm", "Services": str(counts[name])}
        for name in sorted(counts)
    ]


def list_stack_tasks(engine: Engine, name: str) -> list[dict[str, str]]:
    """List the tasks of a stack, also those that have ended, in three requests.

    Raises:
        InvalidInput: the name is empty or blank.
    """
    check_name(name)
    filters = {"label": f"{NAMESPACE}={name}"}
    tasks = engine.tasks.list(filters=filters)
    if not tasks:
        return []
    services = {str(s["ID"]): str(s["Spec"]["Name"]) for s in engine.services.list(filters=filters)}
    nodes = node_names(engine)
    told = [_task(task, services, nodes) for task in tasks]
    return sorted(told, key=lambda task: task["Name"])


def _task(
    task: Mapping[str, Any], services: Mapping[str, str], nodes: Mapping[str, str]
) -> dict[str, str]:
    service = services.get(task["ServiceID"], task["ServiceID"])
    status = task["Status"]
    ports = (status.get("PortStatus") or {}).get("Ports") or ()
    return {
        "CurrentState": status["State"].capitalize(),
        "DesiredState": task["DesiredState"].capitalize(),
        "Error": status.get("Err", ""),
        "ID": task["ID"][:_SHORT],
        "Image": task["Spec"]["ContainerSpec"]["Image"].partition("@")[0],
        # One on each node has no number.
        "Name": f"{service}.{task.get('Slot') or task.get('NodeID', '')}",
        "Node": nodes.get(task.get("NodeID", ""), ""),
        "Ports": ",".join(
            f"*:{port.get('PublishedPort')}->{port.get('TargetPort')}/{port.get('Protocol')}"
            for port in ports
        ),
    }
