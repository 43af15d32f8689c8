"""A build as lines for a person, and what is left of it when it has failed."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .events import BuildEvent, BuildOutput, BuildStep, BuildWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Transcript"]

# So many last lines are kept.
_KEPT = 40


class Transcript:
    """Writes a build down, and remembers the end of it."""

    def __init__(self) -> None:
        """Start with an empty page."""
        self._shown: set[int | str] = set()
        self._last: deque[str] = deque(maxlen=_KEPT)
        self._printed: dict[int, deque[str]] = {}
        self._failed: BuildStep | None = None

    def add(self, event: BuildEvent) -> Iterator[str]:
        """Yield the lines that an event adds."""
        if isinstance(event, BuildOutput):
            # What a progress bar has written over is not shown.
            text = event.line.rpartition("\r")[2].rstrip()
            lines = [f"  {text}"] if text else []
            if lines:
                self._printed.setdefault(event.step.number, deque(maxlen=_KEPT)).append(text)
        elif isinstance(event, BuildWarning):
            place = f"(line {event.line})"
            is_placed = event.line is None or place in event.message
            lines = [
                f"warning: {event.message}" if is_placed else f"warning: {event.message} {place}"
            ]
        else:
            lines = list(self._step(event)) if isinstance(event, BuildStep) else []
        self._last.extend(lines)
        yield from lines

    def _step(self, step: BuildStep) -> Iterator[str]:
        if step.state == "failed" and self._failed is None:
            self._failed = step
        elif step.state == "done":
            # What a step printed that went well is not asked for again.
            self._printed.pop(step.number, None)
        if step.state == "pending" or step.is_internal:
            return
        # Before the first step there may be several things, none of which has a number.
        key = step.number or step.name
        if key not in self._shown:
            yield f"{step.name} (cached)" if step.cached else step.name
        elif step.cached and step.started is None:
            # The classic builder tells it after it has begun.
            yield "  (cached)"
        self._shown.add(key)

    @property
    def failed(self) -> BuildStep | None:
        """The step at which the build failed; None where none is known."""
        return self._failed

    @property
    def tail(self) -> str:
        """The last lines that the failed step printed, or, where it did not, the build's."""
        printed = self._printed.get(self._failed.number) if self._failed else None
        return "\n".join(printed or self._last)
