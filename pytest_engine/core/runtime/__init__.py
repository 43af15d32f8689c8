"""A small interface to container runtimes, and its implementation by an engine.

`Runtime` says what a program that runs containers needs of whatever runs them, in plain
values: options go in, results come out, and neither holds anything of an engine's JSON.
`EngineRuntime` is that interface on a Docker or Podman engine. Whoever needs more than it
has uses the `Engine` itself.
"""

from __future__ import annotations

from ..filters import Filters
from .config import ContainerCreateConfig, Mount, PortBinding
from .engine import EngineRuntime
from .names import EventAction, EventType, RestartPolicy, WaitCondition
from .options import (
    AuthConfig,
    ContainerExecOptions,
    ContainerListOptions,
    ContainerLogsOptions,
    ContainerRemoveOptions,
    ContainerStartOptions,
    ContainerStatusOptions,
    ContainerStopOptions,
    ContainerWaitOptions,
    EventsStreamOptions,
    ImageInspectOptions,
    ImageListOptions,
    ImagePruneOptions,
    ImagePullOptions,
    ImageRemoveOptions,
)
from .protocol import (
    ContainerLogsResult,
    ContainerOps,
    EventOps,
    EventsStreamResult,
    ImageOps,
    Runtime,
    SystemOps,
)
from .results import (
    ContainerCreateResult,
    ContainerExecResult,
    ContainerListResult,
    ContainerStatusResult,
    ContainerSummary,
    ContainerWaitResult,
    Event,
    EventActor,
    ImageInspectResult,
    ImageListResult,
    ImagePruneResult,
    ImageRemoveResult,
    ImageRemoveSummary,
    ImageSummary,
    InfoResult,
)

__all__ = [
    "AuthConfig",
    "ContainerCreateConfig",
    "ContainerCreateResult",
    "ContainerExecOptions",
    "ContainerExecResult",
    "ContainerListOptions",
    "ContainerListResult",
    "ContainerLogsOptions",
    "ContainerLogsResult",
    "ContainerOps",
    "ContainerRemoveOptions",
    "ContainerStartOptions",
    "ContainerStatusOptions",
    "ContainerStatusResult",
    "ContainerStopOptions",
    "ContainerSummary",
    "ContainerWaitOptions",
    "ContainerWaitResult",
    "EngineRuntime",
    "Event",
    "EventAction",
    "EventActor",
    "EventOps",
    "EventType",
    "EventsStreamOptions",
    "EventsStreamResult",
    "Filters",
    "ImageInspectOptions",
    "ImageInspectResult",
    "ImageListOptions",
    "ImageListResult",
    "ImageOps",
    "ImagePruneOptions",
    "ImagePruneResult",
    "ImagePullOptions",
    "ImageRemoveOptions",
    "ImageRemoveResult",
    "ImageRemoveSummary",
    "ImageSummary",
    "InfoResult",
    "Mount",
    "PortBinding",
    "RestartPolicy",
    "Runtime",
    "SystemOps",
    "WaitCondition",
]
