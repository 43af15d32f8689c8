"""What `run_container` is given, as the properties of a container."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import VolumeBind

from .handles import Image, Network, Volume
from .plan import beside, check_once

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.spec.attachment import NetworkAttachment
    from pytest_engine.core.spec.mounts import Mount
    from pytest_engine.core.spec.policies import Healthcheck, RestartPolicy
    from pytest_engine.core.spec.ports import Port

__all__ = ["Properties", "wanted_of"]


class Properties(TypedDict, total=False):
    """Properties of a container: arguments of the factory `container` under the same names.

    Where that takes a fixture, this takes what the fixture hands to the test.
    """

    name: str
    command: str | Sequence[str]
    entrypoint: str | Sequence[str]
    env: Mapping[str, str]
    ports: Sequence[int | str | Port]
    mounts: Sequence[Mount]
    volumes: Sequence[str] | Mapping[str, str | Volume]
    tmpfs: Mapping[str, str] | Sequence[str]
    network: str | NetworkAttachment | Network
    networks: Sequence[str | NetworkAttachment | Network]
    etc_hosts: Mapping[str, str] | Sequence[str]
    labels: Mapping[str, str]
    restart_policy: str | RestartPolicy
    healthcheck: Healthcheck
    init: bool
    user: str
    working_dir: str
    privileged: bool
    capabilities: Sequence[str]
    read_only: bool
    memory: str | int
    cpus: float
    platform: str


def wanted_of(
    what: str | Image | ContainerSpec, properties: Mapping[str, Any], folder: Path
) -> ContainerSpec:
    """Put together what is wanted.

    Args:
        what: an image, or a spec to which properties are added.
        properties: `Properties`; those that are None are not stated.
        folder: where the paths of volumes that begin with `.` are looked for.

    Raises:
        InvalidInput: a property is unknown, malformed, or stated twice.
    """
    base = what if isinstance(what, ContainerSpec) else ContainerSpec(image=_name_of(what))
    given = {name: value for name, value in properties.items() if value is not None}
    unknown = ", ".join(sorted(given.keys() - Properties.__annotations__.keys()))
    if unknown:
        known = ", ".join(Properties.__annotations__)
        raise InvalidInput(
            f"run_container: {unknown} is none of its arguments ({known}, files, pull, wait and "
            "timeout). All else that a container can have is stated in a ContainerSpec."
        )
    network = given.pop("network", None)
    networks = [*([] if network is None else [network]), *given.pop("networks", ())]
    if networks:
        given["networks"] = [_name_of(one) for one in networks]
    volumes = given.pop("volumes", None)
    if isinstance(volumes, Mapping):
        given["volumes"] = [VolumeBind(path, _name_of(one)) for path, one in volumes.items()]
    elif volumes is not None:
        given["volumes"] = [beside(one, folder) for one in volumes]
    check_once("run_container", base, given)
    return replace(base, **given)


def _name_of(thing: Any) -> Any:
    return thing.name if isinstance(thing, (Image, Network, Volume)) else thing
