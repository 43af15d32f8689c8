"""Wanted state as dataclasses; None means "not stated", never "empty".

A spec reads what people write in several forms, refuses what cannot be right, and
writes the Engine's JSON. It knows nothing of what exists.
"""

from __future__ import annotations

from .container import ContainerSpec, Healthcheck, NetworkAttachment, RestartPolicy
from .mounts import Mount, VolumeBind, parse_volumes
from .network import IpamPool, NetworkSpec
from .ports import Port, parse_ports
from .values import parse_bytes, parse_duration
from .volume import VolumeSpec

__all__ = [
    "ContainerSpec",
    "Healthcheck",
    "IpamPool",
    "Mount",
    "NetworkAttachment",
    "NetworkSpec",
    "Port",
    "RestartPolicy",
    "VolumeBind",
    "VolumeSpec",
    "parse_bytes",
    "parse_duration",
    "parse_ports",
    "parse_volumes",
]
