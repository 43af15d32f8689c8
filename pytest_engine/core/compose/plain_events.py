"""Progress as lines for a person (`--progress plain`, and all there was before Compose 2.29)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .events import KINDS, LAYER_STATUSES, PULLING, STATUSES, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["read_plain_events"]

_DRY_RUN = "DRY-RUN MODE -"
# Container shop-web-1  Starting
_RESOURCE = re.compile(rf"({'|'.join(KINDS)})\s+(\S+)\s+(\S.*)")
# web Pulling
_PULL = re.compile(rf"(\S+)\s+({'|'.join(PULLING)})")
# web Error manifest unknown
_SAID = re.compile(r"(\S+)\s+(Error|Warning|Skipped)\b[\s-]*(.*)")
# db1416444242 Downloading [=>    ]  32.77kB/1.069MB
_LAYER = re.compile(rf"(\S+)\s+({'|'.join(sorted(LAYER_STATUSES, reverse=True))})(\s+\S.*)?")
# time="2026-11-21T16:51:24Z" level=warning msg="The \"A\" variable is not set."
_LOGGED = re.compile(r'time="[^"]*"\s+level=(\w+)\s+msg=("(?:[^"\\]|\\.)*"|\S+).*')
_WARNING = re.compile(r"Warning:\s+(.*)")
_BUILD = re.compile(r"build service\s+(\S+)")
_LEVELS = {"warning": "Warning", "error": "Error", "fatal": "Error"}


def read_plain_events(stderr: str) -> Iterator[Event]:
    """Read what Compose wrote to its standard error.

    A line that is none of its events is one with a text alone: it may be the reason of a failure.
    """
    for said in stderr.splitlines():
        line = said.strip()
        if line.startswith(_DRY_RUN):
            line = line[len(_DRY_RUN) :].strip()
        # What a build says in a dry run, and what builders tell of their steps.
        if line and not line.startswith(("==>", "#")):
            yield _event(line)


def _event(line: str) -> Event:
    for pattern, event in _FORMS:
        found = pattern.fullmatch(line)
        if found:
            return event(found)
    return Event("unknown", "", "", line)


def _resource(found: re.Match[str]) -> Event:
    kind, name, said = KINDS[found[1]], found[2].strip('"'), found[3]
    if said in STATUSES:
        return Event(kind, name, said)
    word, _space, text = said.partition(" ")
    # Anything else is said of it, such as that it is still in use.
    return Event(kind, name, word, text) if word == "Error" else Event(kind, name, "", said)


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')


# The first that fits counts.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Event]], ...] = (
    (_RESOURCE, _resource),
    (_PULL, lambda found: Event("service", found[1], found[2])),
    (_WARNING, lambda found: Event("unknown", "", "Warning", found[1])),
    (_SAID, lambda found: Event("unknown", found[1], found[2], found[3])),
    (_LAYER, lambda found: Event("image-layer", found[1], found[2], (found[3] or "").strip())),
    (_LOGGED, lambda found: Event("unknown", "", _LEVELS.get(found[1], ""), _unquoted(found[2]))),
    (_BUILD, lambda found: Event("service", found[1], "Building")),
)
