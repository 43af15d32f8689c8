"""BuildKit's trace of a build: what ran, what it printed, what failed.

A build over `POST /build?version=2` reports `{"id": "moby.buildkit.trace", "aux": ...}`
with a base64 text, a protobuf `StatusResponse` of BuildKit's control API
(moby/buildkit, api/services/control/control.proto). Of that only the few fields that
a person wants to see are read here, so no protobuf library has to be installed.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BuildTrace"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Field numbers of StatusResponse, Vertex and VertexLog.
_VERTEXES, _LOGS = 1, 3
_VERTEX_DIGEST, _VERTEX_NAME, _VERTEX_CACHED, _VERTEX_STARTED, _VERTEX_ERROR = 1, 3, 4, 5, 7
_LOG_VERTEX, _LOG_TEXT = 1, 4


@dataclass
class BuildTrace:
    """The state of a build, from the messages so far.

    Attributes:
        error: what BuildKit said of the first step that failed, or empty.
    """

    error: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _begun: dict[str, bytes] = field(default_factory=dict)

    def feed(self, aux: str) -> Iterator[str]:
        """Read one message and yield the lines that it adds, for a person to read.

        Args:
            aux: the message's `aux`: base64 of a protobuf `StatusResponse`.

        Raises:
            EngineError: it is not that.
        """
        try:
            records = [
                (number, dict(_fields(value)))
                for number, value in _fields(base64.b64decode(aux, validate=True))
                if number in (_VERTEXES, _LOGS) and isinstance(value, bytes)
            ]
        except (binascii.Error, ValueError, IndexError) as exc:
            raise EngineError("The engine's trace of the build cannot be read.") from exc
        for number, record in records:
            yield from self._vertex(record) if number == _VERTEXES else self._log(record)

    def _vertex(self, vertex: dict[int, int | bytes]) -> Iterator[str]:
        digest = _text(vertex.get(_VERTEX_DIGEST))
        name = self._names[digest] = _text(vertex.get(_VERTEX_NAME))
        error = _text(vertex.get(_VERTEX_ERROR))
        if error and not self.error:
            self.error = error
        # "[internal]" steps are BuildKit's own: reading the Dockerfile, sending the context.
        begun = vertex.get(_VERTEX_CACHED) or _VERTEX_STARTED in vertex
        if begun and digest not in self._shown and not name.startswith("[internal]"):
            self._shown.add(digest)
            yield f"{name} (cached)" if vertex.get(_VERTEX_CACHED) else name

    def _log(self, log: dict[int, int | bytes]) -> Iterator[str]:
        # A message may end within a line, and within a character of it.
        step, text = _text(log.get(_LOG_VERTEX)), log.get(_LOG_TEXT)
        if isinstance(text, bytes):
            *lines, self._begun[step] = (self._begun.get(step, b"") + text).split(b"\n")
            yield from _shown(lines)

    def finish(self) -> Iterator[str]:
        """Yield the lines that were begun and not ended."""
        lines = list(self._begun.values())
        self._begun.clear()
        yield from _shown(lines)


def _shown(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        # What a progress bar has written over is not shown.
        text = line.decode("utf-8", "replace").rstrip("\r").rpartition("\r")[2]
        if text.strip():
            yield f"  {text.rstrip()}"


def _text(value: int | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Iterate over (field number, value) of a protobuf message."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _varint(message, position)
            yield number, value
            continue
        if kind == _BYTES:
            length, position = _varint(message, position)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {kind}")
        if position + length > len(message):
            raise ValueError("a field is cut off")
        yield number, message[position : position + length]
        position += length


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7
