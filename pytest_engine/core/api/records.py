"""Answers that are a stream of JSON records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from ..errors import ConnectionLost
from ..streams import JsonDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ..transport import Stream

__all__ = ["RecordStream"]

Record = TypeVar("Record")


class RecordStream(Generic[Record]):
    """Records as they come. Iterate over it.

    A context manager; `close` may be called from any thread and ends an iteration in
    another one.

    Raises, while it is read:
        ConnectionLost: the connection ended before the answer did, or no engine answers so.
    """

    def __init__(self, stream: Stream) -> None:
        """Take over an open answer."""
        self._stream = stream

    def __iter__(self) -> Iterator[Record]:
        """Iterate over the records until the answer ends."""
        decoder = JsonDecoder()
        for data in self._stream:
            for record in decoder.feed(data):
                if not isinstance(record, dict):
                    raise ConnectionLost(
                        f"The answer holds {record!r:.80}, which is no object; is this a "
                        "container engine?"
                    )
                yield cast("Record", record)
        if not self._stream.was_closed():
            decoder.finish()

    def close(self) -> None:
        """End the stream; a thread that iterates over it leaves its loop."""
        self._stream.close()

    def __enter__(self) -> RecordStream[Record]:
        """Return the stream itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the stream."""
        self.close()
