"""What the classic builder, and Podman's, say of a build: text for people.

`{"stream": ...}` holds a heading of a step, a note of the builder (`---> Using cache`) or
what the step prints, in pieces; the engine colours what comes from stderr. A base image that is
pulled meanwhile is told as by a pull.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .events import BuildEvent, BuildOutput, BuildProgress, BuildStep
from .lines import LineJoiner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["TextTrace"]

# `Step 2/3 : RUN make`; Podman: `STEP 2/3: RUN make`, within stages `[1/2] STEP 2/3: RUN make`.
_HEADING = re.compile(
    r"(?:\[(?P<stage>\d+/\d+)\] )?(?:Step|STEP) (?P<place>\d+/\d+) ?: (?P<text>.*)"
)
_CACHED = re.compile(r" ---> Using cache|--> Using cache [0-9a-f]{64}")
# What the builder says in between; Podman's arrow is a shorter one.
_NOTE = re.compile(
    r" ---> (?:(?:Running in |Removed intermediate container )?[0-9a-f]{7,64}|\[Warning\] .*)?"
    r"|Removing intermediate container [0-9a-f]{7,64}|Successfully (?:built [0-9a-f]+|tagged .*)"
    r"|--> [0-9a-f]{7,64}|COMMIT(?: .*)?"
)
_RED, _PLAIN = "\x1b[91m", "\x1b[0m"


class TextTrace:
    """Reads the messages of a build whose builder speaks text."""

    def __init__(self) -> None:
        """Start before the first message."""
        self._step = BuildStep(0, "[internal] load build context")
        self._lines = {"stdout": LineJoiner(), "stderr": LineJoiner()}

    def feed(self, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        """Read one message of the engine's answer."""
        text, status = message.get("stream"), message.get("status")
        if isinstance(text, str):
            red = text.startswith(_RED)
            if red:
                text = text[len(_RED) :]
                text = text.removesuffix(_PLAIN)
            stream = "stderr" if red else "stdout"
            if any(one.fullmatch(text.rstrip("\n")) for one in (_NOTE, _CACHED, _HEADING)):
                # The builder begins a line of its own, whether a step has ended its last or not.
                yield from self.finish()
            for line in self._lines[stream].feed(text.encode("utf-8", "replace")):
                yield from self._line(stream, line)
        elif isinstance(status, str):
            numbers = message.get("progressDetail")
            detail = numbers if isinstance(numbers, dict) else {}
            name = f"{message.get('id') or ''} {status}".strip()
            yield BuildProgress(
                self._step, name, _count(detail.get("current")), _count(detail.get("total"))
            )

    def finish(self) -> Iterator[BuildEvent]:
        """Yield what was begun and not ended."""
        for stream, lines in self._lines.items():
            for line in lines.finish():
                yield from self._line(stream, line)

    def end(self, error: str = "") -> Iterator[BuildEvent]:
        """Tell how the step ended that was last told of, where there is one."""
        if self._step.state == "running":
            state = "failed" if error else "done"
            self._step = replace(self._step, state=state, error=error)
            yield self._step

    def _line(self, stream: str, line: str) -> Iterator[BuildEvent]:
        heading = _HEADING.fullmatch(line) if stream == "stdout" else None
        if heading is not None:
            yield from self.end()
            place = " ".join(part for part in (heading["stage"], heading["place"]) if part)
            name = f"[{place}] {heading['text']}"
            self._step = BuildStep(self._step.number + 1, name, "running")
            yield self._step
        elif stream == "stdout" and _CACHED.fullmatch(line):
            self._step = replace(self._step, state="cached")
            yield self._step
        elif stream == "stderr" or not _NOTE.fullmatch(line):
            yield BuildOutput(self._step, stream, line)


def _count(value: object) -> int | None:
    # The engine says -1, or nothing, where it does not know.
    return value if isinstance(value, int) and value >= 0 else None
