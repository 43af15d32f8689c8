"""The Engine's JSON, read into results."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..moment import parse_moment
from .names import EventAction, EventType
from .results import (
    ContainerStatusResult,
    ContainerSummary,
    Event,
    EventActor,
    ImageInspectResult,
    ImageRemoveSummary,
    ImageSummary,
    InfoResult,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..types import engine as wire

__all__ = [
    "decode_container",
    "decode_event",
    "decode_image",
    "decode_info",
    "decode_listed_container",
    "decode_listed_image",
    "decode_removed",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# What the engine's language has for "no time": the first moment of the year 1.
_NO_TIME = -62_135_596_800
_BARE_ID = re.compile(r"[0-9a-f]{64}")
_NOT_ENDED = ("created", "initialized", "running", "paused", "stopping")


def decode_info(info: wire.SystemInfo) -> InfoResult:
    """Read the answer of `GET /info`."""
    return InfoResult(
        id=info.get("ID") or "",
        containers=info.get("Containers") or 0,
        containers_running=info.get("ContainersRunning") or 0,
        containers_paused=info.get("ContainersPaused") or 0,
        containers_stopped=info.get("ContainersStopped") or 0,
        images=info.get("Images") or 0,
        driver=info.get("Driver") or "",
        memory_limit=bool(info.get("MemoryLimit")),
        swap_limit=bool(info.get("SwapLimit")),
        system_time=_written_time(info.get("SystemTime")),
        kernel_version=info.get("KernelVersion") or "",
        operating_system=info.get("OperatingSystem") or "",
        os_version=info.get("OSVersion") or "",
        os_type=info.get("OSType") or "",
        architecture=info.get("Architecture") or "",
        ncpu=info.get("NCPU") or 0,
        mem_total=info.get("MemTotal") or 0,
        name=info.get("Name") or "",
        server_version=info.get("ServerVersion") or "",
        warnings=tuple(info.get("Warnings") or ()),
    )


def decode_container(inspected: wire.ContainerInspectResponse) -> ContainerStatusResult:
    """Read the answer of `GET /containers/{id}/json`."""
    state = inspected.get("State") or {}
    status: str = state.get("Status") or ""
    return ContainerStatusResult(
        id=inspected.get("Id") or "",
        status=status,
        ip_address=_address(inspected),
        exit_code=None if status in _NOT_ENDED else state.get("ExitCode"),
        size_rw=inspected.get("SizeRw"),
        size_root_fs=inspected.get("SizeRootFs"),
    )


def decode_listed_container(entry: wire.ContainerSummary) -> ContainerSummary:
    """Read an entry of the answer of `GET /containers/json`.

    What that calls `State` is a word, and `Status` is for people.
    """
    return ContainerSummary(
        id=entry.get("Id") or "",
        names=tuple(_without_slash(name) for name in entry.get("Names") or ()),
        image=entry.get("Image") or "",
        state=entry.get("Status") or "",
        status=entry.get("State") or "",
        created=_EPOCH + timedelta(seconds=entry.get("Created") or 0),
        labels=dict(entry.get("Labels") or {}),
    )


def decode_image(inspected: wire.ImageInspect) -> ImageInspectResult:
    """Read the answer of `GET /images/{name}/json`."""
    return ImageInspectResult(
        id=inspected.get("Id") or "",
        created=_written_time(inspected.get("Created")),
        size=inspected.get("Size") or 0,
        tags=_tags(inspected.get("RepoTags")),
        architecture=inspected.get("Architecture") or "",
        operating_system=inspected.get("Os") or "",
    )


def decode_listed_image(entry: wire.ImageSummary) -> ImageSummary:
    """Read an entry of the answer of `GET /images/json`."""
    created = entry.get("Created")
    return ImageSummary(
        id=entry.get("Id") or "",
        created=None if created in (None, _NO_TIME) else _EPOCH + timedelta(seconds=created),
        size=entry.get("Size") or 0,
        tags=_tags(entry.get("RepoTags")),
        labels=dict(entry.get("Labels") or {}),
    )


def decode_removed(
    removed: Iterable[wire.ImageDeleteResponseItem] | None,
) -> tuple[ImageRemoveSummary, ...]:
    """Read what `DELETE /images/{name}` and `POST /images/prune` removed."""
    return tuple(
        ImageRemoveSummary(item.get("Untagged") or None, _image_id(item.get("Deleted")))
        for item in removed or ()
    )


def decode_event(message: wire.EventMessage) -> Event:
    """Read a record of `GET /events`."""
    actor = message.get("Actor") or {}
    nanoseconds = message.get("timeNano") or (message.get("time") or 0) * 10**9
    return Event(
        type=EventType(message.get("Type") or ""),
        action=EventAction(message.get("Action") or ""),
        # Podman tells volumes by name only.
        actor=EventActor(actor.get("ID") or (actor.get("Attributes") or {}).get("name") or ""),
        time=_EPOCH + timedelta(microseconds=nanoseconds // 1000),
    )


def _address(inspected: wire.ContainerInspectResponse) -> str:
    networks = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    mode = (inspected.get("HostConfig") or {}).get("NetworkMode") or ""
    main = networks.get("bridge" if mode == "default" else mode) or {}
    for settings in (main, *networks.values()):
        address = settings.get("IPAddress") or settings.get("GlobalIPv6Address")
        if address:
            return address
    return ""


def _without_slash(name: str) -> str:
    return name.removeprefix("/")


def _image_id(id: str | None) -> str | None:
    # Podman leaves the algorithm out here, and nowhere else.
    return f"sha256:{id}" if id and _BARE_ID.fullmatch(id) else id or None


def _tags(names: Sequence[str] | None) -> tuple[str, ...]:
    # Before API 1.43, an image without a name had one of these words.
    return tuple(name for name in names or () if not name.startswith("<none>:"))


def _written_time(text: str | None) -> datetime | None:
    try:
        nanoseconds = parse_moment(text or "")
    except InvalidInput:
        return None
    if nanoseconds == _NO_TIME * 10**9:
        return None
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
