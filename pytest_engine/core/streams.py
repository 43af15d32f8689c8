"""Bytes in, values out: the engine's framings, without any input or output.

Two framings are used: output of processes comes in frames of eight bytes of header
and a payload (`POST /containers/{id}/attach`, "Stream format"), progress and events
come as JSON values one after the other. Both may be cut anywhere by the network.
"""

from __future__ import annotations

import codecs
import json
import struct
from typing import TYPE_CHECKING, Any

from .errors import ConnectionLost, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FrameDecoder", "JsonDecoder", "LineDecoder"]

_HEADER = struct.Struct(">BxxxL")
_STREAMS = {0: "stdin", 1: "stdout", 2: "stderr"}
_SYSTEM_ERROR = 3
# The engine writes frames of at most 16 to 32 KiB; a length beyond this is no frame,
# but something else read as one (a terminal's raw output).
_LONGEST_FRAME = 1 << 26


class FrameDecoder:
    """Take multiplexed output apart into (stream, data), the streams named by name."""

    def __init__(self) -> None:
        """Start between two frames."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Add bytes and yield the frames that are complete.

        Raises:
            EngineError: the engine reports an error of its own inside the output, or
                the bytes are no frames.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= _HEADER.size:
                kind, length = _HEADER.unpack_from(buffer, start)
                if kind > _SYSTEM_ERROR or length > _LONGEST_FRAME:
                    raise EngineError(
                        "The output is not in frames; was the container made with a terminal?"
                    )
                end = start + _HEADER.size + length
                if len(buffer) < end:
                    break
                payload = bytes(buffer[start + _HEADER.size : end])
                start = end
                if kind == _SYSTEM_ERROR:
                    raise EngineError(
                        f"The engine broke off the output: {payload.decode('utf-8', 'replace')}"
                    )
                if payload:
                    yield _STREAMS[kind], payload
        finally:
            del buffer[:start]

    def finish(self) -> None:
        """Check that the output ended between two frames.

        Raises:
            ConnectionLost: it ended inside one.
        """
        if self._buffer:
            raise ConnectionLost("The output ended in the middle of a frame.")


class LineDecoder:
    """Join the chunks of each stream into lines, without their line ends."""

    def __init__(self) -> None:
        """Start with no line begun on any stream."""
        self._parts: dict[str, bytearray] = {}

    def feed(self, stream: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Add a chunk of a stream and yield (stream, line) for the lines that it ends."""
        pending = self._parts.setdefault(stream, bytearray())
        pending += data
        if b"\n" not in data:
            return
        *lines, rest = pending.split(b"\n")
        self._parts[stream] = rest
        for line in lines:
            yield stream, bytes(line[:-1] if line.endswith(b"\r") else line)

    def finish(self) -> Iterator[tuple[str, bytes]]:
        """Yield what is left: last lines without a line end."""
        for stream, pending in self._parts.items():
            if pending:
                yield stream, bytes(pending)
        self._parts.clear()


class JsonDecoder:
    """Take a stream of JSON values apart; they may follow each other in any way."""

    def __init__(self) -> None:
        """Start between two values."""
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._tried = 0

    def feed(self, data: bytes) -> Iterator[Any]:
        """Add bytes and yield the values that are complete.

        Raises:
            ConnectionLost: the bytes are no JSON.
        """
        self._text += self._utf8.decode(data)
        # A huge value that comes in small pieces must not be scanned anew at every
        # piece: a value of the engine ends with a brace or a line.
        if self._tried and not any(ch in self._text[self._tried :] for ch in "}\n"):
            self._tried = len(self._text)
            return
        while True:
            self._text = self._text.lstrip()
            if not self._text:
                self._tried = 0
                return
            try:
                value, end = self._decoder.raw_decode(self._text)
            except ValueError as exc:
                if not self._text.startswith(("{", "[")):
                    raise ConnectionLost(
                        f"The answer is not JSON but {self._text[:80]!r}."
                    ) from exc
                self._tried = len(self._text)
                return
            self._text = self._text[end:]
            yield value

    def finish(self) -> None:
        """Check that the stream ended between two values.

        Raises:
            ConnectionLost: it ended inside one.
        """
        if self._text.strip():
            raise ConnectionLost("The answer ended in the middle of a JSON value.")
