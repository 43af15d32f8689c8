"""Protobuf's encoding, as far as it takes to read a few fields of a message.

So no protobuf library has to be installed (protobuf.dev, "Encoding").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Message"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Of 64 bits, seven in a byte.
_LONGEST_VARINT = 10


class Message:
    """The fields of a message by their numbers.

    Raises:
        ValueError: the bytes are no message.
    """

    def __init__(self, data: bytes) -> None:
        """Take the message apart; what is a message in it stays bytes."""
        self._fields: dict[int, list[int | bytes]] = {}
        for number, value in _fields(data):
            self._fields.setdefault(number, []).append(value)

    def __contains__(self, number: int) -> bool:
        """Tell whether a field is there; what has its type's zero value is not."""
        return number in self._fields

    def texts(self, number: int) -> list[str]:
        """All values of a field of text."""
        return [value.decode("utf-8", "replace") for value in self.blobs(number)]

    def text(self, number: int) -> str:
        """The last value of a field of text, or empty."""
        return "".join(self.texts(number)[-1:])

    def blobs(self, number: int) -> list[bytes]:
        """All values of a field of bytes."""
        return [v for v in self._fields.get(number, ()) if isinstance(v, bytes)]

    def number(self, number: int) -> int:
        """The last value of a field that is a number (an `int64`), or 0."""
        values = [v for v in self._fields.get(number, ()) if isinstance(v, int)]
        value = values[-1] if values else 0
        return value - (1 << 64) if value >> 63 else value

    def messages(self, number: int) -> list[Message]:
        """All values of a field of messages."""
        return [Message(value) for value in self.blobs(number)]

    def moment(self, number: int) -> int | None:
        """A `google.protobuf.Timestamp` as nanoseconds since the epoch; None: not there."""
        found = self.messages(number)
        return found[-1].number(1) * 1_000_000_000 + found[-1].number(2) if found else None


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
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
    value = 0
    for index, byte in enumerate(message[position : position + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value & (1 << 64) - 1, position + index + 1
    raise ValueError("a number is cut off, or too long")
