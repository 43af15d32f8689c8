"""Containers: `/containers/...`."""

from __future__ import annotations

from ...moment import Moment, encode_moment
from .checkpoints import Checkpoint, CheckpointCreateBody, Checkpoints
from .files import Files
from .life import Life
from .process import Process
from .records import Records

__all__ = ["Checkpoint", "CheckpointCreateBody", "Containers", "Moment", "encode_moment"]


class Containers(Records, Life, Process, Files, Checkpoints):
    """The containers of an engine. `container` arguments are names or ids."""
