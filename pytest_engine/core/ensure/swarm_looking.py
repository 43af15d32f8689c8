"""What is in a swarm, in a few words for each: what lists for people show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.tasks import Tasks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..filters import Filters

__all__ = ["list_nodes", "list_services", "list_tasks", "node_names"]

_MODES = {
    "Replicated": "Replicas",
    "ReplicatedJob": "TotalCompletions",
    "Global": None,
    "GlobalJob": None,
}


def list_nodes(
    engine: Engine, filters: Filters | None = None, *, whole: bool = False
) -> list[dict[str, Any]]:
    """List nodes, in a few words or as the engine describes them, in one request."""
    listed: Sequence[Mapping[str, Any]] = engine.nodes.list(filters=filters)
    return [dict(node) if whole else _node(node) for node in listed]


def list_services(
    engine: Engine, filters: Filters | None = None, *, whole: bool = False
) -> list[dict[str, Any]]:
    """List services likewise."""
    listed: Sequence[Mapping[str, Any]] = engine.services.list(filters=filters)
    return [dict(service) if whole else _service(service) for service in listed]


def list_tasks(
    engine: Engine, filters: Filters | None = None, *, whole: bool = False
) -> list[dict[str, Any]]:
    """List tasks likewise; the names of their nodes take a second request."""
    listed: Sequence[Mapping[str, Any]] = engine.tasks.list(filters=filters)
    if whole:
        return [dict(task) for task in listed]
    names = node_names(engine) if listed else {}
    return [_task(task, names) for task in listed]


def node_names(engine: Engine) -> dict[str, str]:
    """Return id -> host name of all nodes."""
    return {
        str(node["ID"]): str(node.get("Description", {}).get("Hostname", ""))
        for node in engine.nodes.list()
    }


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    manager = node.get("ManagerStatus") or {}
    description = node.get("Description") or {}
    return {
        "ID": node["ID"],
        "Hostname": description.get("Hostname"),
        "Status": node["Status"]["State"],
        "Availability": node["Spec"].get("Availability"),
        "ManagerStatus": "Leader" if manager.get("Leader") else manager.get("Reachability"),
        "EngineVersion": (description.get("Engine") or {}).get("EngineVersion"),
    }


def _service(service: Mapping[str, Any]) -> dict[str, Any]:
    spec = service["Spec"]
    mode = next(iter(spec["Mode"]))
    count = _MODES.get(mode)
    return {
        "ID": service["ID"],
        "Name": spec["Name"],
        "Mode": mode,
        "Replicas": spec["Mode"][mode].get(count) if count else None,
        "Image": spec["TaskTemplate"].get("ContainerSpec", {}).get("Image"),
        "Ports": (spec.get("EndpointSpec") or {}).get("Ports") or [],
    }


def _task(task: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    status = task["Status"]
    return {
        "ID": task["ID"],
        "ContainerID": (status.get("ContainerStatus") or {}).get("ContainerID"),
        "Image": task["Spec"].get("ContainerSpec", {}).get("Image"),
        "Node": names.get(task.get("NodeID", "")),
        "DesiredState": task["DesiredState"],
        "CurrentState": status["State"],
        "Error": status.get("Err"),
    }
