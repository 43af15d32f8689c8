"""Which node gets the next container of a service."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.tasks import Tasks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import Node, Task

__all__ = ["avoided", "emptiest_node", "nodes_to_avoid"]

_ALIVE = ("assigned", "accepted", "preparing", "ready", "starting", "running")


def avoided(engine: Engine, service: str, tags: Sequence[str]) -> tuple[str, ...]:
    """Name the nodes that must not get the next container, for the emptiest one to get it.

    Args:
        engine: a manager.
        service: the id of the service.
        tags: what a node has to have.
    """
    nodes, tasks = engine.nodes.list(), engine.tasks.list()
    chosen = emptiest_node(nodes, tasks, tags)
    return nodes_to_avoid(chosen, service, nodes, tasks) if chosen else ()


def emptiest_node(nodes: Sequence[Node], tasks: Sequence[Task], tags: Sequence[str]) -> str | None:
    """Choose the node with the fewest containers of all services.

    Args:
        nodes: those of the swarm.
        tasks: all that there are.
        tags: what the node has to have.

    Returns:
        Its id; None: no node can take a container.
    """
    total = Counter(task.get("NodeID", "") for task in tasks if _is_there(task))
    able = [node for node in nodes if _is_able(node, tags)]
    # Names decide between equals, so that the same question has the same answer.
    able.sort(key=lambda node: (total[node["ID"]], node["Description"]["Hostname"]))
    return able[0]["ID"] if able else None


def nodes_to_avoid(
    chosen: str, service: str, nodes: Sequence[Node], tasks: Sequence[Task]
) -> tuple[str, ...]:
    """Name the nodes that the scheduler must not choose, so that it chooses a certain one.

    Those that have containers of the service cannot be among them: they would lose these.
    Of all others, the scheduler prefers the ones with fewer containers of this service, and
    among equals the one with fewer containers at all.
    """
    occupied = {
        task.get("NodeID") for task in tasks if task.get("ServiceID") == service and _is_there(task)
    }
    return tuple(
        node["ID"] for node in nodes if node["ID"] != chosen and node["ID"] not in occupied
    )


def _is_there(task: Task) -> bool:
    is_wanted = task.get("DesiredState") in ("running", "ready")
    return is_wanted and task.get("Status", {}).get("State") in _ALIVE


def _is_able(node: Node, tags: Sequence[str]) -> bool:
    labels = node["Spec"].get("Labels") or {}
    return (
        node["Spec"].get("Availability") == "active"
        and node.get("Status", {}).get("State") == "ready"
        and all(labels.get(tag) == "true" for tag in tags)
    )
