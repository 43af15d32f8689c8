"""The handle of one container: what tests and programs hold and ask."""

from __future__ import annotations

from ..wait.reach import Address
from .commands import CommandResult, Commands
from .faults import Faults
from .files import Files
from .hosting import HostAccess, host_access
from .life import Life
from .places import Places

__all__ = ["Address", "CommandResult", "Container", "HostAccess", "host_access"]


class Container(Places, Commands, Files, Life, Faults):
    """A container on an engine.

    Making one asks the engine nothing. Addresses come from one inspect that is kept
    until the container is started or stopped through this handle; everything else is
    asked anew.

    Args:
        engine: the engine.
        id: the container's id or name.
        name: its name, where that is known; else it is asked for when it is wanted.
        image: the image that it was created from, likewise.
    """
