"""Wanted state as dataclasses; None means "not stated", never "empty".

A spec reads what people write in several forms, refuses what cannot be right, and
writes the Engine's JSON. It knows nothing of what exists.
"""

from __future__ import annotations

from .attachment import NetworkAttachment
from .container import ContainerSpec
from .mounts import Mount, VolumeBind, parse_volumes
from .network import IpamPool, NetworkSpec
from .policies import Healthcheck, RestartPolicy
from .ports import Port, parse_ports
from .settings import SETTINGS, Setting
from .values import parse_bytes, parse_duration, read_env_file
from .volume import VolumeSpec

__all__ = [
    "SETTINGS",
    "ContainerSpec",
    "Healthcheck",
    "IpamPool",
    "Mount",
    "NetworkAttachment",
    "NetworkSpec",
    "Port",
    "RestartPolicy",
    "Setting",
    "VolumeBind",
    "VolumeSpec",
    "parse_bytes",
    "parse_duration",
    "parse_ports",
    "parse_volumes",
    "read_env_file",
]
