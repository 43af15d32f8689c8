"""Progress as JSON, one object a line (`--progress json`, Compose 2.29 and newer)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .events import KINDS, LAYER_STATUSES, PULLING, STATUSES, Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["read_json_events"]

_LEVELS = {"warning": "Warning", "error": "Error", "fatal": "Error"}


def read_json_events(stderr: str) -> Iterator[Event]:
    """Read what Compose wrote to its standard error.

    Lines that are no JSON come from others, such as ssh, and are events with a text alone.
    """
    for line in filter(None, map(str.strip, stderr.splitlines())):
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if isinstance(value, dict):
            yield _event(value)
        elif line.startswith("Warning: "):
            # Compose 2.29 says this one past its own format.
            yield Event("unknown", "", "Warning", line.partition(": ")[2])
        else:
            yield Event("unknown", "", "", line)


def _event(value: Mapping[str, Any]) -> Event:
    return _message(value) or _layer(value) or _progress(value)


def _message(value: Mapping[str, Any]) -> Event | None:
    """Read what is of no resource: an error, or what was logged."""
    if value.get("tail"):
        # The end of what was said, for a person: an error, or a warning that says so.
        text = str(value.get("text") or "")
        is_warning = text.lower().startswith("warning:")
        if is_warning:
            text = text.partition(":")[2].strip()
        return Event("unknown", "", "Warning" if is_warning else "Error", text)
    if value.get("error"):
        return Event("unknown", value.get("id") or "", "Error", str(value.get("message") or ""))
    if "msg" in value and "level" in value:
        return Event("unknown", "", _LEVELS.get(value["level"], ""), str(value["msg"]))
    return None


def _layer(value: Mapping[str, Any]) -> Event | None:
    """Read the progress of a part of a pull."""
    name, text, status = _words(value)
    parent = str(value.get("parent_id") or "")
    if parent.startswith("Image ") and status in ("Working", "Done"):
        # Compose 5 tells of a layer under its image.
        return Event("image-layer", parent.partition(" ")[2], "Working" * (status == "Working"))
    if text in LAYER_STATUSES and name.partition(" ")[0] not in KINDS:
        return Event("image-layer", name, text, status)
    return None


def _progress(value: Mapping[str, Any]) -> Event:
    name, text, status = _words(value)
    if text.startswith("build service "):
        # A dry run tells nothing but this of a build.
        return Event("service", text.rpartition(" ")[2], "Building")
    what, name = _resource(name)
    if what == "unknown" and text in PULLING:
        what = "image"
    # Which of the two is the word and which says more of it depends on the release.
    for said, more in ((status, text), (text, status)):
        word, dash, rest = said.partition(" - ")
        if word in STATUSES:
            return Event(what, name, word, more or rest * bool(dash))
    return Event(what, name, "", "" if what == "unknown" else text or status)


def _words(value: Mapping[str, Any]) -> tuple[str, str, str]:
    return (
        str(value.get("id") or ""),
        str(value.get("text") or ""),
        str(value.get("status") or ""),
    )


def _resource(name: str) -> tuple[str, str]:
    kind, space, rest = name.partition(" ")
    if space and kind in KINDS:
        return KINDS[kind], rest.strip('"')
    return "unknown", name
