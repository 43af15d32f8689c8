"""A service as Docker Cloud would have described it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .body import restarts
from .definition import ServiceDefinition
from .links import container_variables, link_variables
from .states import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import Node, Service, Task
    from .body import Life

__all__ = ["described", "is_synchronized"]

# What a port usually serves, by the names that IANA gives them.
_PORT_NAMES = {21: "ftp", 22: "ssh", 25: "smtp", 53: "domain", 80: "http", 443: "https"}
_ATTENTION = frozenset({"paused", "rollback_paused", "rollback_completed"})


def is_synchronized(
    service: Service, definition: ServiceDefinition, life: Life, tasks: Sequence[Task]
) -> bool:
    """Tell whether the containers of a service are as many and such as it is to have."""
    if not life.is_deployed:
        return True
    if (service.get("UpdateStatus") or {}).get("State") in _ATTENTION:
        return False
    template = service["Spec"].get("TaskTemplate", {})
    wanted = [task for task in tasks if task.get("DesiredState") in ("running", "ready")]
    for task in wanted:
        spec = task.get("Spec", {})
        is_same = spec.get("ContainerSpec") == template.get("ContainerSpec")
        if not is_same or spec.get("ForceUpdate", 0) != template.get("ForceUpdate", 0):
            return False
    if definition.deployment_strategy == "EVERY_NODE":
        return True
    present = count(life, tasks, restarts=restarts(definition))
    return definition.target_num_containers == life.replicas == present.current


def described(
    service: Service,
    definition: ServiceDefinition,
    life: Life,
    tasks: Sequence[Task],
    nodes: Sequence[Node],
) -> dict[str, Any]:
    """Tell the attributes of a service under their names in Docker Cloud.

    What takes a look at other services is not among them, nor is what only the handle knows.
    """
    counts = count(life, tasks, restarts=restarts(definition))
    every = definition.deployment_strategy == "EVERY_NODE"
    stated = {name: getattr(definition, name) for name in ServiceDefinition.names()}
    addresses = {node["ID"]: node.get("Status", {}).get("Addr", "") for node in nodes}
    variables: Mapping[str, str] = stated.pop("container_envvars")
    image = stated.pop("image")
    return {
        **{name: list(one) if isinstance(one, tuple) else one for name, one in stated.items()},
        "image_name": image,
        "uuid": service["ID"],
        "resource_uri": f"/services/{service['ID']}",
        "container_envvars": [{"key": key, "value": value} for key, value in variables.items()],
        "container_ports": [
            _port(dict(one), tasks, addresses) for one in definition.container_ports
        ],
        "containers": [
            container
            for task in tasks
            if task.get("DesiredState") in ("running", "ready")
            and (container := _container_of(task))
        ],
        "linked_to_service": [
            {**link, "from_service": service["ID"]} for link in definition.linked_to_service
        ],
        "link_variables": {
            **link_variables(definition),
            **container_variables(definition, tasks),
        },
        "tags": [{"name": tag} for tag in definition.tags],
        "target_num_containers": (
            counts.current if every and life.is_deployed else definition.target_num_containers
        ),
        "current_num_containers": counts.current,
        "running_num_containers": counts.running,
        "stopped_num_containers": counts.stopped,
        "synchronized": is_synchronized(service, definition, life, tasks),
        "deployed_datetime": life.deployed,
        "started_datetime": life.started,
        "stopped_datetime": life.stopped,
        "errors": list(counts.errors),
    }


def _container_of(task: Task) -> str:
    status: dict[str, Any] = dict(task.get("Status") or {})
    return str((status.get("ContainerStatus") or {}).get("ContainerID") or "")


def _port(
    port: dict[str, Any], tasks: Sequence[Task], addresses: Mapping[str, str]
) -> dict[str, Any]:
    port["port_name"] = _PORT_NAMES.get(port["inner_port"], str(port["inner_port"]))
    port["endpoint_uri"] = None
    if not port["published"]:
        return port
    for task in tasks:
        status: dict[str, Any] = dict(task.get("Status") or {})
        for one in (status.get("PortStatus") or {}).get("Ports") or []:
            is_this = (one.get("TargetPort"), one.get("Protocol")) == (
                port["inner_port"],
                port["protocol"],
            )
            if is_this and status.get("State") == "running":
                host = addresses.get(task.get("NodeID", ""), "")
                number = one.get("PublishedPort")
                scheme = "http" if port["port_name"] == "http" else port["protocol"]
                port["outer_port"] = port.get("outer_port") or number
                port["endpoint_uri"] = f"{scheme}://{host}:{number}/"
                return port
    return port
