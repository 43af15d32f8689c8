"""Real containers for tests, playbooks and programs, over one core for the Docker Engine API.

    from pytest_engine import container, wait

    redis = container("redis:7", ports=[6379], wait=wait.log("Ready to accept connections"))

Names are imported when they are first used: `import pytest_engine` itself loads neither
pytest nor the HTTP libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import presets
    from .core import errors, wait
    from .core.api.progress import Progress
    from .core.client import Engine
    from .core.cluster import Cluster, ClusterNode
    from .core.container import (
        Address,
        CommandResult,
        Container,
        HostAccess,
        host_access,
    )
    from .core.endpoint import Tls
    from .core.spec.attachment import NetworkAttachment
    from .core.spec.container import ContainerSpec
    from .core.spec.mounts import Mount
    from .core.spec.network import NetworkSpec
    from .core.spec.policies import Healthcheck, RestartPolicy
    from .core.spec.ports import Port
    from .core.spec.volume import VolumeSpec
    from .core.usage import Usage, usage_of
    from .plugin.cluster import swarm_cluster
    from .plugin.compose import compose
    from .plugin.compose_project import ComposeProject
    from .plugin.factories import container, image
    from .plugin.files import File
    from .plugin.fixtures import RunContainer
    from .plugin.handles import Image, Network, Volume
    from .plugin.surroundings import network, volume

__all__ = [
    "Address",
    "Cluster",
    "ClusterNode",
    "CommandResult",
    "ComposeProject",
    "Container",
    "ContainerSpec",
    "Engine",
    "File",
    "Healthcheck",
    "HostAccess",
    "Image",
    "Mount",
    "Network",
    "NetworkAttachment",
    "NetworkSpec",
    "Port",
    "Progress",
    "RestartPolicy",
    "RunContainer",
    "Tls",
    "Usage",
    "Volume",
    "VolumeSpec",
    "compose",
    "container",
    "errors",
    "host_access",
    "image",
    "network",
    "presets",
    "swarm_cluster",
    "usage_of",
    "volume",
    "wait",
]

# Public name -> the module that defines it; a module is its own name.
_HOMES = {
    "Address": "core.container",
    "Cluster": "core.cluster",
    "ClusterNode": "core.cluster",
    "CommandResult": "core.container",
    "ComposeProject": "plugin.compose_project",
    "Container": "core.container",
    "ContainerSpec": "core.spec.container",
    "Engine": "core.client",
    "File": "plugin.files",
    "Healthcheck": "core.spec.policies",
    "HostAccess": "core.container",
    "Image": "plugin.handles",
    "Mount": "core.spec.mounts",
    "Network": "plugin.handles",
    "NetworkAttachment": "core.spec.attachment",
    "NetworkSpec": "core.spec.network",
    "Port": "core.spec.ports",
    "Progress": "core.api.progress",
    "RestartPolicy": "core.spec.policies",
    "RunContainer": "plugin.fixtures",
    "Tls": "core.endpoint",
    "Usage": "core.usage",
    "Volume": "plugin.handles",
    "VolumeSpec": "core.spec.volume",
    "compose": "plugin.compose",
    "container": "plugin.factories",
    "errors": "core.errors",
    "host_access": "core.container",
    "image": "plugin.factories",
    "network": "plugin.surroundings",
    "presets": "presets",
    "swarm_cluster": "plugin.cluster",
    "usage_of": "core.usage",
    "volume": "plugin.surroundings",
    "wait": "core.wait",
}
_MODULES = ("errors", "presets", "wait")


def __getattr__(name: str) -> object:
    """Import a public name when it is used for the first time (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    # Nothing is kept here: where modules are imported anew, as by pytester, names from before
    # and from after would not know each other.
    module = import_module(f"{__name__}.{home}")
    return module if name in _MODULES else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
