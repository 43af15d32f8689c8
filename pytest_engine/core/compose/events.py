"""What Compose says that it does, whichever way it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BUILDING",
    "KINDS",
    "LAYER_STATUSES",
    "PULLING",
    "STATUSES",
    "Event",
    "actions",
    "is_changed",
    "reason",
    "warnings",
]

# The words with which Compose begins what it says of a resource.
KINDS = {
    "Container": "container",
    "Image": "image",
    "Network": "network",
    "Service": "service",
    "Volume": "volume",
}

PULLING = frozenset({"Pulling", "Pulled"})
BUILDING = frozenset({"Building", "Built"})
_AT_WORK = frozenset(
    {
        "Building",
        "Creating",
        "Killing",
        "Pulling",
        "Recreate",
        "Removing",
        "Restarting",
        "Starting",
        "Stopping",
    }
)
_DONE = frozenset(
    {
        "Built",
        "Created",
        "Exited",
        "Healthy",
        "Killed",
        "Pulled",
        "Recreated",
        "Removed",
        "Restarted",
        "Running",
        "Started",
        "Stopped",
        "Waiting",
    }
)
STATUSES = _AT_WORK | _DONE | {"Error", "Skipped", "Warning"}

# Of a layer that is pulled; "Working" stands for all of it since Compose 5.
_LAYER_AT_WORK = frozenset(
    {
        "Downloading",
        "Extracting",
        "Pulling fs layer",
        "Verifying Checksum",
        "Waiting",
        "Working",
    }
)
LAYER_STATUSES = _LAYER_AT_WORK | {"Already exists", "Download complete", "Pull complete"}


class Event(NamedTuple):
    """One thing that Compose said.

    Attributes:
        what: one of `KINDS`' values, `image-layer` or `unknown`.
        id: the name of the resource.
        status: one of `STATUSES`, or of `LAYER_STATUSES` for a layer; empty for anything else.
        text: what was said besides.
    """

    what: str
    id: str
    status: str
    text: str = ""

    @property
    def is_work(self) -> bool:
        """Whether something is being changed."""
        return self.status in (_LAYER_AT_WORK if self.what == "image-layer" else _AT_WORK)


def is_changed(events: Iterable[Event], ignored: frozenset[str] = frozenset()) -> bool:
    """Tell whether anything was changed.

    Args:
        events: what was said.
        ignored: statuses that do not count.
    """
    return any(event.is_work and event.status not in ignored for event in events)


def actions(events: Iterable[Event]) -> list[dict[str, str]]:
    """List what was done, each part of a pull once, however often its progress was told."""
    found: list[dict[str, str]] = []
    layers: set[tuple[str, str]] = set()
    for event in events:
        if not event.is_work:
            continue
        if event.what == "image-layer":
            if (event.id, event.status) in layers:
                continue
            layers.add((event.id, event.status))
        found.append({"what": event.what, "id": event.id, "status": event.status})
    return found


def warnings(events: Iterable[Event]) -> list[str]:
    """List what Compose warned of, and what it said of a resource besides doing something."""
    found = []
    for event in events:
        said_of = f"{event.what} {event.id}: " if event.what != "unknown" and event.id else ""
        if event.status == "Warning" or (event.text and said_of and not event.status):
            found.append(f"Docker Compose: {said_of}{event.text}")
    return found


def reason(events: Iterable[Event]) -> str:
    """Say why a run failed: all errors, and what was said after the last thing that was done."""
    errors: list[str] = []
    last: list[str] = []
    for event in events:
        if event.status == "Error":
            name = event.id if event.what == "unknown" else f"{event.what} {event.id}"
            errors.append(f"{name}: {event.text}" if name else event.text)
        elif event.what != "unknown":
            last = []
        elif event.text and not event.status:
            last.append(event.text)
    return "\n".join(dict.fromkeys(errors + last))
