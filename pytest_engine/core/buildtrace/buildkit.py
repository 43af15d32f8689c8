"""BuildKit's trace of a build.

A build over `POST /build?version=2` reports `{"id": "moby.buildkit.trace", "aux": ...}`
with a base64 text, a protobuf `StatusResponse` of BuildKit's control API
(moby/buildkit, api/services/control/control.proto). Field numbers are from there.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from ..errors import EngineError
from .events import BuildEvent, BuildOutput, BuildProgress, BuildStep, BuildWarning
from .lines import LineJoiner
from .protobuf import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BuildKitTrace"]

_STEPS, _STATUSES, _LOGS, _WARNINGS = 1, 2, 3, 4
_STREAMS = {1: "stdout", 2: "stderr"}
# How the others end when one step fails.
_CANCELED = re.compile(r"\bcancell?ed\b")


class BuildKitTrace:
    """Reads the messages of a build with BuildKit."""

    def __init__(self) -> None:
        """Start before the first message."""
        self._steps: dict[str, BuildStep] = {}
        self._lines: dict[tuple[str, str], LineJoiner] = {}

    def feed(self, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        """Read one message of the engine's answer; those that are no trace have no events.

        Raises:
            EngineError: the trace cannot be read.
        """
        aux = message.get("aux")
        if message.get("id") != "moby.buildkit.trace" or not isinstance(aux, str):
            return
        try:
            status = Message(base64.b64decode(aux, validate=True))
            records = [
                *((self._step, record) for record in status.messages(_STEPS)),
                *((self._progress, record) for record in status.messages(_STATUSES)),
                *((self._output, record) for record in status.messages(_LOGS)),
                *((self._warning, record) for record in status.messages(_WARNINGS)),
            ]
            events = [event for read, record in records for event in read(record)]
            for record in status.messages(_STEPS):
                if 6 in record:
                    events += self._last_lines(record.text(1))
        except (binascii.Error, ValueError) as exc:
            raise EngineError("The engine's trace of the build cannot be read.") from exc
        yield from events

    def finish(self) -> Iterator[BuildEvent]:
        """Yield what was begun and not ended."""
        for digest in {digest: None for digest, _stream in self._lines}:
            yield from self._last_lines(digest)

    def _last_lines(self, digest: str) -> Iterator[BuildEvent]:
        for stream in _STREAMS.values():
            lines = self._lines.pop((digest, stream), None)
            for line in lines.finish() if lines else ():
                yield BuildOutput(self._find(digest), stream, line)

    def _find(self, digest: str) -> BuildStep:
        known = self._steps.get(digest)
        if known is None:
            known = self._steps[digest] = BuildStep(len(self._steps) + 1, "")
        return known

    def _step(self, record: Message) -> Iterator[BuildEvent]:
        digest = record.text(1)
        known = self._find(digest)
        step = BuildStep(
            known.number,
            record.text(3) or known.name,
            _state(record),
            record.moment(5),
            record.moment(6),
            record.text(7),
        )
        # A step is told several times over; what is new about it may be nothing.
        if step != known:
            self._steps[digest] = step
            yield step

    def _progress(self, record: Message) -> Iterator[BuildEvent]:
        current, total = record.number(4), record.number(5)
        yield BuildProgress(
            self._find(record.text(2)),
            record.text(1) or record.text(3),
            current if current or total else None,
            total or None,
            is_done=8 in record,
        )

    def _output(self, record: Message) -> Iterator[BuildEvent]:
        digest = record.text(1)
        stream = _STREAMS.get(record.number(3), "stdout")
        lines = self._lines.setdefault((digest, stream), LineJoiner())
        time = record.moment(2)
        for data in record.blobs(4):
            for line in lines.feed(data):
                yield BuildOutput(self._find(digest), stream, line, time)

    def _warning(self, record: Message) -> Iterator[BuildEvent]:
        # `ranges` of lines; each has a start and an end, and these have a line (pb.Range).
        starts = [start for place in record.messages(7) for start in place.messages(1)]
        yield BuildWarning(
            self._find(record.text(1)),
            record.text(3),
            tuple(record.texts(4)),
            record.text(5),
            starts[0].number(1) or None if starts else None,
        )


def _state(record: Message) -> str:
    error = record.text(7)
    if error:
        return "canceled" if _CANCELED.search(error) else "failed"
    if record.number(4):
        return "cached"
    if 6 in record:
        return "done"
    return "running" if 5 in record else "pending"
