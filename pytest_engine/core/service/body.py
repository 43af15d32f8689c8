"""From a definition and what is recorded of a service's life to the Engine's JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidInput
from ..spec.values import parse_command
from .definition import ServiceDefinition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..types.engine import Service, ServiceCreateBody

__all__ = [
    "DEFINITION_LABEL",
    "LIFE_LABEL",
    "VOLUME_LABEL",
    "Life",
    "body_with",
    "read_definition",
    "read_life",
    "restarts",
    "to_body",
    "volume_name",
]

# The definition without its variables, as JSON. Only services with it are ours.
DEFINITION_LABEL = "io.pytest-engine.service.definition"
LIFE_LABEL = "io.pytest-engine.service.life"
# Of the volumes: the service that they were made for.
VOLUME_LABEL = "io.pytest-engine.service.volume"
_STACK_LABEL = "com.docker.stack.namespace"
_RESTARTS = {"OFF": "none", "ON_FAILURE": "on-failure", "ALWAYS": "any"}
_MEBIBYTE = 1 << 20
_SECOND = 1_000_000_000
# A hundred years.
_NEVER = 100 * 365 * 24 * 3600 * _SECOND
# No node has this id: a service on every node cannot be scaled to none.
_NOWHERE = "node.id==nowhere"


@dataclass(frozen=True)
class Life:
    """What is recorded of a service beside its definition.

    Attributes:
        operation: the last one: `create`, `start`, `stop`, `scale`, `redeploy`, `update`,
            `terminate`.
        network: the network on which it reaches other services by name.
        replicas: how many containers the swarm is told to run, in the end.
        until: when the swarm should have been told of the next container, where they are brought
            up one after the other; from then on nobody brings up more.
        deployed: when its containers were last deployed, RFC 3339; None: never.
        started: when it was last started.
        stopped: when it was last stopped.
        generation: how often it was redeployed without its volumes.
        redeployed: how often it was redeployed.
        digest: what its image's name stood for in the registry at the last deployment.
        variables: the variables that its links put into its containers.
    """

    operation: str = "create"
    network: str | None = None
    replicas: int = 0
    until: str | None = None
    deployed: str | None = None
    started: str | None = None
    stopped: str | None = None
    generation: int = 0
    redeployed: int = 0
    digest: str | None = None
    variables: Sequence[str] = ()

    @property
    def is_deployed(self) -> bool:
        """Whether it is to have containers."""
        return self.operation not in ("create", "stop", "terminate")


def to_body(
    definition: ServiceDefinition,
    life: Life,
    *,
    network: str,
    replicas: int | None = None,
    variables: Mapping[str, str] | None = None,
    bindings: Mapping[str, ServiceDefinition] | None = None,
    generations: Mapping[str, int] | None = None,
    avoid: Sequence[str] = (),
) -> ServiceCreateBody:
    """Make the specification of a swarm service.

    Args:
        definition: what it is to be.
        life: what is recorded of it.
        network: the network on which services reach each other.
        replicas: how many containers for now; None: `life.replicas`.
        variables: of the services that it is linked to.
        bindings: the definitions of the services whose volumes it uses, by what it calls
            them.
        generations: which volumes of these.
        avoid: the ids of nodes that get no container now.
    """
    own = dict(cast("Mapping[str, str]", definition.container_envvars))
    linked = {name: value for name, value in (variables or {}).items() if name not in own}
    env = {**linked, **own}
    body: dict[str, Any] = {
        "Name": definition.name,
        "Labels": _labels(definition, replace(life, variables=sorted(linked))),
        "TaskTemplate": {
            "ContainerSpec": _container(definition, life, env, bindings or {}, generations or {}),
            "Resources": _resources(definition),
            "RestartPolicy": _restart_policy(definition),
            "Placement": _placement(definition, life, avoid),
            "ForceUpdate": life.redeployed,
            "Networks": [{"Target": "host" if definition.net == "host" else network}],
        },
        "Mode": _mode(definition, life, replicas),
        "UpdateConfig": {
            "Parallelism": 1 if definition.sequential_deployment else 0,
            # A port of the node is free only when the container before is gone.
            "Order": "stop-first",
            "FailureAction": "pause",
        },
        "EndpointSpec": {
            # Its name stands for its containers' addresses, as that of a link did.
            "Mode": "dnsrr",
            "Ports": [_port(one) for one in definition.container_ports if one["published"]],
        },
    }
    return cast("ServiceCreateBody", body)


def body_with(
    service: Service,
    definition: ServiceDefinition,
    life: Life,
    *,
    replicas: int | None = None,
    avoid: Sequence[str] = (),
) -> ServiceCreateBody:
    """Change how many containers a service has, and what is recorded of it, and nothing else.

    So nothing is needed of the services that it is linked to, or has volumes from.

    Args:
        service: as the manager tells it.
        definition: what it is to be.
        life: what is recorded of it.
        replicas: how many containers for now; None: `life.replicas`.
        avoid: the ids of nodes that get no container now.
    """
    spec: dict[str, Any] = dict(service["Spec"])
    task = {**spec["TaskTemplate"], "Placement": _placement(definition, life, avoid)}
    changed = {"Labels": _labels(definition, life), "Mode": _mode(definition, life, replicas)}
    return cast("ServiceCreateBody", {**spec, **changed, "TaskTemplate": task})


def _labels(definition: ServiceDefinition, life: Life) -> dict[str, str]:
    return {
        DEFINITION_LABEL: json.dumps(definition.plain(), sort_keys=True),
        LIFE_LABEL: json.dumps(asdict(life), sort_keys=True),
        **({_STACK_LABEL: definition.stack} if definition.stack else {}),
    }


def _placement(
    definition: ServiceDefinition, life: Life, avoid: Sequence[str]
) -> dict[str, Sequence[str]]:
    is_nowhere = definition.deployment_strategy == "EVERY_NODE" and not life.is_deployed
    return {
        "Constraints": [
            *(f"node.labels.{tag}==true" for tag in definition.tags),
            *(f"node.id!={node}" for node in avoid),
            *([_NOWHERE] if is_nowhere else []),
        ]
    }


def _mode(definition: ServiceDefinition, life: Life, replicas: int | None) -> dict[str, Any]:
    if definition.deployment_strategy == "EVERY_NODE":
        return {"Global": {}}
    return {"Replicated": {"Replicas": life.replicas if replicas is None else replicas}}


def _restart_policy(definition: ServiceDefinition) -> dict[str, Any]:
    if not restarts(definition) and definition.deployment_strategy == "EVERY_NODE":
        # A node on which a container has ended that is not to be restarted never gets another
        # one, whatever happens to the service. So it is restarted, in the fullness of time.
        return {"Condition": "any", "Delay": _NEVER}
    return {"Condition": _RESTARTS[definition.autorestart], "Delay": _SECOND}


def restarts(definition: ServiceDefinition) -> bool:
    """Tell whether containers that end are ever started again."""
    return definition.autorestart != "OFF"


def read_definition(service: Service) -> ServiceDefinition:
    """Read what a service is to be from its specification.

    Raises:
        InvalidInput: that cannot be read, as where a newer version has written it.
    """
    spec = service["Spec"]
    linked = set(read_life(service).variables)
    container = spec.get("TaskTemplate", {}).get("ContainerSpec", {})
    env = dict(one.partition("=")[::2] for one in container.get("Env") or [])
    own = {name: value for name, value in env.items() if name not in linked}
    with _reading(service, DEFINITION_LABEL) as labels:
        return ServiceDefinition(**json.loads(labels[DEFINITION_LABEL]), container_envvars=own)


def read_life(service: Service) -> Life:
    """Read what is recorded of a service.

    Raises:
        InvalidInput: that cannot be read, likewise.
    """
    with _reading(service, LIFE_LABEL) as labels:
        return Life(**json.loads(labels.get(LIFE_LABEL) or "{}"))


@contextmanager
def _reading(service: Service, label: str) -> Iterator[Mapping[str, str]]:
    """Give the labels of a service, and tell whose it is where one cannot be read."""
    try:
        yield service["Spec"].get("Labels") or {}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as exc:
        raise InvalidInput(
            f"Service {service['Spec'].get('Name')}: its label {label} cannot be read here: {exc}. "
            "If a newer version has made it, use that one; or remove it with the swarm's own "
            "operations, and make it anew."
        ) from exc


def volume_name(service: str, path: str, generation: int, place: str) -> str:
    """Name the volume that one container of a service has at a path.

    Args:
        service: the service's name.
        path: where it is mounted.
        generation: how often the service has left its volumes behind.
        place: the container's number; or a template that the engine fills in.
    """
    readable = path.strip("/").replace("/", "-") or "root"
    return f"{service}.{place}.{readable}.{generation}"


def _container(
    definition: ServiceDefinition,
    life: Life,
    env: Mapping[str, str],
    bindings: Mapping[str, ServiceDefinition],
    generations: Mapping[str, int],
) -> dict[str, Any]:
    mounts = [
        mount
        for one in definition.bindings
        for mount in (
            _mounts_of(
                bindings[one["volumes_from"]],
                generations[one["volumes_from"]],
                can_write=one["rewritable"],
            )
            if "volumes_from" in one
            else [_mount(definition, life.generation, one)]
        )
    ]
    dns = {"Nameservers": list(definition.dns), "Search": list(definition.dns_search)}
    stated: dict[str, Any] = {
        "Image": definition.image,
        "Labels": dict(definition.labels or {}),
        "Command": list(parse_command(definition.entrypoint, "entrypoint") or ()),
        "Args": list(parse_command(definition.run_command, "run_command") or ()),
        "Env": [f"{name}={value}" for name, value in env.items()],
        "Dir": definition.working_dir,
        "User": definition.user,
        "Hostname": ".".join(filter(None, [definition.hostname, definition.domainname])),
        "TTY": definition.tty,
        "OpenStdin": definition.stdin_open,
        "ReadOnly": definition.read_only,
        "CapabilityAdd": _capabilities(definition.cap_add),
        "CapabilityDrop": _capabilities(definition.cap_drop),
        "Hosts": [_host(one) for one in definition.extra_hosts],
        "DNSConfig": {key: value for key, value in dns.items() if value},
        "Privileges": _privileges(definition.security_opt),
        "Mounts": mounts,
    }
    return {key: value for key, value in stated.items() if value}


def _resources(definition: ServiceDefinition) -> dict[str, Any]:
    if definition.memory is None:
        return {}
    limits: dict[str, Any] = {"Limits": {"MemoryBytes": definition.memory * _MEBIBYTE}}
    if definition.memory_swap is not None:
        limits["SwapBytes"] = (definition.memory_swap - definition.memory) * _MEBIBYTE
    return limits


def _mounts_of(
    definition: ServiceDefinition, generation: int, *, can_write: bool
) -> list[dict[str, Any]]:
    """Mount what another service mounts; not what that has from a third."""
    own = (one for one in definition.bindings if "container_path" in one)
    return [
        _mount(definition, generation, {**one, "rewritable": one["rewritable"] and can_write})
        for one in own
    ]


def _mount(
    definition: ServiceDefinition, generation: int, binding: Mapping[str, Any]
) -> dict[str, Any]:
    mount = {"Target": binding["container_path"], "ReadOnly": not binding["rewritable"]}
    if "host_path" in binding:
        return {"Type": "bind", "Source": binding["host_path"], **mount}
    is_on_every_node = definition.deployment_strategy == "EVERY_NODE"
    place = "{{.Node.ID}}" if is_on_every_node else "{{.Task.Slot}}"
    name = str(definition.name)
    return {
        "Type": "volume",
        "Source": volume_name(name, binding["container_path"], generation, place),
        "VolumeOptions": {"Labels": {VOLUME_LABEL: name}},
        **mount,
    }


def _port(port: Mapping[str, Any]) -> dict[str, Any]:
    # On the nodes where its containers are, as in Docker Cloud, and not on all.
    published = {"PublishedPort": port["outer_port"]} if "outer_port" in port else {}
    return {
        "Protocol": port["protocol"],
        "TargetPort": port["inner_port"],
        "PublishMode": "host",
        **published,
    }


def _capabilities(names: Sequence[str]) -> list[str]:
    upper = [name.upper() for name in names]
    return [name if name.startswith("CAP_") or name == "ALL" else f"CAP_{name}" for name in upper]


def _host(pair: str) -> str:
    name, _colon, address = pair.partition(":")
    return f"{address} {name}"


def _privileges(options: Sequence[str]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for option in options:
        _label, key, value = [*option.replace("=", ":").split(":", 2), ""][:3]
        if key == "disable":
            context["Disable"] = True
        else:
            context[key.capitalize()] = value
    return {"SELinuxContext": context} if context else {}
