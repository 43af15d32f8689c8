"""Bytes in, values out: the engine's framings, without any input or output.

Two framings are used: output of processes comes in frames of eight bytes of header
and a payload (`POST /containers/{id}/attach`, "Stream format"), progress and events
come as JSON values one after the other. Both may be cut anywhere by the network.
"""

from __future__ import annotations

import codecs
import json
import re
import struct
from typing import TYPE_CHECKING, Any

from .errors import ConnectionLost, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FrameDecoder", "JsonDecoder", "LineDecoder"]

_HEADER = struct.Struct(">BxxxL")
# Kind 0 is standard input "written on stdout" (Engine API, attach).
_STREAMS = {0: "stdout", 1: "stdout", 2: "stderr"}
_SYSTEM_ERROR = 3
# The engine writes frames of at most 16 to 32 KiB; a length beyond this is no frame,
# but something else read as one (a terminal's raw output).
_LONGEST_FRAME = 1 << 26
# What is read whole, in bytes or characters: a line, or one JSON value (the longest are those
# of BuildKit's trace, below 16 MiB and 24 in base64).
_LONGEST_WHOLE = 1 << 26
_SPACE = re.compile(r"\s*")
# What tells where a JSON value ends; an escaped character is one mark with its backslash.
_MARKS = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


class FrameDecoder:
    """Take multiplexed output apart into (stream, data), the streams named by name."""

    def __init__(self) -> None:
        """Start between two frames."""
        # A frame that has begun, and how long it has to be before it can be looked at.
        self._buffer = bytearray()
        self._wanted = 0

    def feed(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Add bytes and yield the frames that are complete.

        Raises:
            EngineError: the engine reports an error of its own inside the output, or
                the bytes are no frames.
        """
        if self._buffer:
            self._buffer += data
            if len(self._buffer) < self._wanted:
                return
            data = bytes(self._buffer)
            self._buffer.clear()
        # From here on a payload is copied once, out of what was read.
        header = _HEADER
        start, size = 0, len(data)
        self._wanted = header.size
        try:
            while size - start >= header.size:
                kind, length = header.unpack_from(data, start)
                if kind > _SYSTEM_ERROR or length > _LONGEST_FRAME:
                    raise EngineError(
                        "The output is not in frames; was the container made with a terminal?"
                    )
                begin = start + header.size
                end = begin + length
                if end > size:
                    self._wanted = header.size + length
                    break
                payload = data[begin:end]
                start = end
                if kind == _SYSTEM_ERROR:
                    raise EngineError(
                        f"The engine broke off the output: {payload.decode('utf-8', 'replace')}"
                    )
                if payload:
                    yield _STREAMS[kind], payload
        finally:
            if start < size:
                self._buffer += memoryview(data)[start:]

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
        """Add a chunk of a stream and yield (stream, line) for the lines that it ends.

        Raises:
            EngineError: a line goes on and on.
        """
        pending = self._parts.setdefault(stream, bytearray())
        pending += data
        if b"\n" not in data:
            if len(pending) > _LONGEST_WHOLE:
                raise EngineError(
                    f"The output has a line of more than {_LONGEST_WHOLE >> 20} MiB; read it as "
                    "it comes and not by lines."
                )
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
    """Take a stream of JSON objects and lists apart; they may follow each other in any way."""

    def __init__(self) -> None:
        """Start between two values."""
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = json.JSONDecoder()
        # The pieces of a value that has begun, and how far into it they lead.
        self._begun: list[str] = []
        self._size = 0
        self._depth = 0
        self._in_string = False
        self._after_backslash = False

    def feed(self, data: bytes) -> Iterator[Any]:
        """Add bytes and yield the values that are complete.

        Raises:
            ConnectionLost: the bytes are no JSON.
        """
        text = self._utf8.decode(data)
        if self._begun:
            self._begun.append(text)
            self._size += len(text)
            if not self._ends_in(text):
                if self._size > _LONGEST_WHOLE:
                    raise ConnectionLost(
                        f"The answer holds a value of more than {_LONGEST_WHOLE >> 20} MiB "
                        f"({self._begun[0][:80]!r}...); is this a container engine?"
                    )
                return
            text = "".join(self._begun)
            self._begun.clear()
        position = 0
        while True:
            position = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # always
            if position == len(text):
                return
            try:
                value, position = self._decoder.raw_decode(text, position)
            except (ValueError, RecursionError) as exc:
                rest = text[position:]
                self._depth, self._in_string, self._after_backslash = 0, False, False
                if not rest.startswith(("{", "[")) or self._ends_in(rest):
                    raise ConnectionLost(f"The answer is not JSON but {rest[:80]!r}.") from exc
                self._begun.append(rest)
                self._size = len(rest)
                return
            yield value

    def finish(self) -> None:
        """Check that the stream ended between two values.

        Raises:
            ConnectionLost: it ended inside one.
        """
        if self._begun or self._utf8.decode(b"", final=True):
            raise ConnectionLost("The answer ended in the middle of a JSON value.")

    def _ends_in(self, text: str) -> bool:
        """Tell whether the value that has begun ends in its next piece.

        A huge value may come in small pieces; this way it is looked through once, and
        not decoded anew at every piece.
        """
        position = 1 if self._after_backslash and text else 0
        for mark in _MARKS.finditer(text, position):
            position = mark.end()
            if mark[0] == '"':
                self._in_string = not self._in_string
            elif not self._in_string and mark[0] in "{[":
                self._depth += 1
            elif not self._in_string and mark[0] in "}]":
                self._depth -= 1
                if not self._depth:
                    return True
        if text:
            self._after_backslash = text.endswith("\\") and position < len(text)
        return False
