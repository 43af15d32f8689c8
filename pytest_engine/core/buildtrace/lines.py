"""Output that comes in pieces, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LineJoiner"]

# What is held of a line that does not end; BuildKit cuts the output of a step at 2 MiB.
_LONGEST = 1 << 20


class LineJoiner:
    """Joins what one step prints on one stream into lines.

    A piece may end within a line, and within a character of it. A line that goes on and on is
    cut where it gets too long.
    """

    def __init__(self) -> None:
        """Start with no line begun."""
        self._begun = bytearray()

    def feed(self, data: bytes) -> Iterator[str]:
        """Add a piece and yield the lines that it ends."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            yield self._end(line)
        self._begun += rest
        if len(self._begun) > _LONGEST:
            yield self._end(b"")

    def finish(self) -> Iterator[str]:
        """Yield the line that was begun and not ended."""
        if self._begun:
            yield self._end(b"")

    def _end(self, data: bytes) -> str:
        line = bytes(self._begun) + data
        self._begun.clear()
        return line.decode("utf-8", "replace").rstrip("\r")
