"""Messages of BuildKit's trace, made by hand."""

from __future__ import annotations

import base64
from typing import Any

STEP, STATUS, LOG, WARNING = 1, 2, 3, 4


def varint(number: int) -> bytes:
    """Write a number, also one that is below zero (protobuf.dev, "Encoding")."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: bytes | str | int) -> bytes:
    """Write one field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def moment(seconds: int, nanoseconds: int = 0) -> bytes:
    """Write a `Timestamp`."""
    return field(1, seconds) + (field(2, nanoseconds) if nanoseconds else b"")


def step(
    digest: str,
    name: str = "",
    *,
    cached: bool = False,
    started: int = 0,
    completed: int = 0,
    error: str = "",
) -> bytes:
    """Write a step; moments are in seconds, 0 is none."""
    fields = field(1, digest) + field(2, "input") + (field(3, name) if name else b"")
    fields += field(4, 1) if cached else b""
    fields += field(5, moment(started)) if started else b""
    fields += field(6, moment(completed)) if completed else b""
    return field(STEP, fields + (field(7, error) if error else b""))


def log(digest: str, text: bytes | str, stream: int = 1) -> bytes:
    """Write what a step printed."""
    fields = field(1, digest) + field(2, moment(7, 5)) + field(3, stream) + field(4, text)
    return field(LOG, fields)


def message(data: bytes) -> dict[str, Any]:
    """Wrap a message as the engine does."""
    return {"id": "moby.buildkit.trace", "aux": base64.b64encode(data).decode()}
