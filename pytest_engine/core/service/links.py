"""The variables by which a service tells those that are linked to it where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from ..errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import Task
    from .definition import ServiceDefinition

__all__ = ["LinkedServiceMissing", "container_variables", "link_variables"]


class LinkedServiceMissing(NotFound):
    """A service that another one is linked to, or has volumes from, is not there."""


def link_variables(definition: ServiceDefinition, link: str | None = None) -> dict[str, str]:
    """Tell what a service that is linked to this one gets: its variables, and where its ports are.

    Only what does not change while containers come and go: the service's name stands for the
    addresses of all of them. Variables of the image are not among it.

    Args:
        definition: the service that is linked to.
        link: what the link calls it; None: its name.
    """
    return _variables(definition, link or str(definition.name), str(definition.name))


def container_variables(definition: ServiceDefinition, tasks: Sequence[Task]) -> dict[str, str]:
    """Tell where each of its containers is, by number: the addresses change with them."""
    variables: dict[str, str] = {}
    for task in tasks:
        if task.get("Status", {}).get("State") != "running" or not task.get("Slot"):
            continue
        attached = cast("Sequence[Mapping[str, Sequence[str]]]", task.get("NetworksAttachments"))
        addresses = [one for network in attached or () for one in network.get("Addresses") or ()]
        if addresses:
            host = addresses[-1].partition("/")[0]
            variables.update(_variables(definition, f"{definition.name}_{task['Slot']}", host))
    return variables


def _variables(definition: ServiceDefinition, title: str, host: str) -> dict[str, str]:
    prefix = re.sub(r"[^A-Z0-9]", "_", title.upper())
    env = cast("Mapping[str, str]", definition.container_envvars)
    variables = {f"{prefix}_ENV_{name}": value for name, value in env.items()}
    for port in definition.container_ports:
        protocol, number = port["protocol"], str(port["inner_port"])
        url = f"{protocol}://{host}:{number}"
        name = f"{prefix}_PORT_{number}_{protocol.upper()}"
        variables.setdefault(f"{prefix}_PORT", url)
        variables[name] = url
        variables[f"{name}_ADDR"] = host
        variables[f"{name}_PORT"] = number
        variables[f"{name}_PROTO"] = protocol
    return variables
