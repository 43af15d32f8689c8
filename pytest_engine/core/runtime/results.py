"""What the methods of a runtime return. All times have a time zone, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .names import EventAction, EventType

__all__ = [
    "ContainerCreateResult",
    "ContainerExecResult",
    "ContainerListResult",
    "ContainerStatusResult",
    "ContainerSummary",
    "ContainerWaitResult",
    "Event",
    "EventActor",
    "ImageInspectResult",
    "ImageListResult",
    "ImagePruneResult",
    "ImageRemoveResult",
    "ImageRemoveSummary",
    "ImageSummary",
    "InfoResult",
]

ContainerCreateResult = str  # the container's id
ContainerWaitResult = int  # the exit code of its process


@dataclass(frozen=True)
class InfoResult:
    """An engine and its host.

    Attributes:
        id: the engine's id.
        containers: how many containers it has.
        containers_running: how many of them run.
        containers_paused: how many of them are paused.
        containers_stopped: how many of them do not run.
        images: how many images it has.
        driver: the storage driver.
        memory_limit: whether the kernel can limit the memory of containers.
        swap_limit: whether it can limit their swap space.
        system_time: the engine's clock; None where it does not tell.
        kernel_version: the kernel's version.
        operating_system: the operating system's name.
        os_version: its version.
        os_type: its sort: `linux`, `windows`.
        architecture: the processor's sort, like `x86_64`.
        ncpu: how many processors there are.
        mem_total: the memory, in bytes.
        name: the host's name.
        server_version: the engine's version.
        warnings: what the engine finds wrong with its host.
    """

    id: str
    containers: int
    containers_running: int
    containers_paused: int
    containers_stopped: int
    images: int
    driver: str
    memory_limit: bool
    swap_limit: bool
    system_time: datetime | None
    kernel_version: str
    operating_system: str
    os_version: str
    os_type: str
    architecture: str
    ncpu: int
    mem_total: int
    name: str
    server_version: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContainerStatusResult:
    """A container's state.

    Attributes:
        id: its id.
        status: `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
        ip_address: its address on the network that it was made for, else on the first
            one; empty: it has none, which is so unless it runs.
        exit_code: how its process ended; None: it has not, or not since it runs.
        size_rw: bytes of the files that it made or changed; None: not asked for.
        size_root_fs: bytes of all its files; None: not asked for.
    """

    id: str
    status: str
    ip_address: str = ""
    exit_code: int | None = None
    size_rw: int | None = None
    size_root_fs: int | None = None


@dataclass(frozen=True)
class ContainerSummary:
    """A container in a list.

    Attributes:
        id: its id.
        names: its names, without a slash in front.
        image: the image that it was created from, as it was named then.
        state: its state for people to read, like `Up 5 minutes`.
        status: its state in a word, like `running`.
        created: when it was created.
        labels: its labels.
    """

    id: str
    names: tuple[str, ...]
    image: str
    state: str
    status: str
    created: datetime
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ContainerListResult:
    """Containers.

    Attributes:
        containers: the containers, the newest first.
    """

    containers: tuple[ContainerSummary, ...]


@dataclass(frozen=True)
class ContainerExecResult:
    """How a command in a container ended.

    Attributes:
        exit_code: its exit code; 126 and 127 also when it could not be started.
        stdout: what it wrote to standard output; empty where that was not asked for.
        stderr: what it wrote to standard error; empty where that was not asked for.
    """

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True)
class ImageInspectResult:
    """An image.

    Attributes:
        id: its id.
        created: when it was created; None: it does not say.
        size: bytes of all its layers.
        tags: its names with their tags; empty: it has none.
        architecture: the processor that it is for, like `amd64`.
        operating_system: the operating system that it is for, like `linux`.
    """

    id: str
    created: datetime | None
    size: int
    tags: tuple[str, ...]
    architecture: str
    operating_system: str


@dataclass(frozen=True)
class ImageSummary:
    """An image in a list.

    Attributes:
        id: its id.
        created: when it was created; None: it does not say.
        size: bytes of all its layers.
        tags: its names with their tags; empty: it has none.
        labels: its labels.
    """

    id: str
    created: datetime | None
    size: int
    tags: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImageListResult:
    """Images.

    Attributes:
        images: the images, the newest first.
    """

    images: tuple[ImageSummary, ...]


@dataclass(frozen=True)
class ImageRemoveSummary:
    """A name that an image lost, or an image or layer that is gone.

    Attributes:
        untagged: the name; None: it is about the other.
        deleted: the id; None: it is about the other.
    """

    untagged: str | None = None
    deleted: str | None = None


@dataclass(frozen=True)
class ImageRemoveResult:
    """What was removed with an image.

    Attributes:
        images_removed: names, images and layers.
    """

    images_removed: tuple[ImageRemoveSummary, ...]


@dataclass(frozen=True)
class ImagePruneResult:
    """What was removed of unused images.

    Attributes:
        images_removed: names, images and layers.
        space_reclaimed: the bytes that this freed.
    """

    images_removed: tuple[ImageRemoveSummary, ...]
    space_reclaimed: int


@dataclass(frozen=True)
class EventActor:
    """What an event is about.

    Attributes:
        id: the container's or network's id, the volume's name, the image's id or name.
    """

    id: str


@dataclass(frozen=True)
class Event:
    """Something that happened on an engine.

    Attributes:
        type: the sort of resource that it happened to.
        action: what happened.
        actor: the resource.
        time: when, to the microsecond.
    """

    type: EventType
    action: EventAction
    actor: EventActor
    time: datetime
