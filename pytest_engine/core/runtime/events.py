"""Events of an engine as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decode import decode_event

if TYPE_CHECKING:
    from types import TracebackType

    from ..api.events import EventStream
    from .results import Event

__all__ = ["EngineEvents"]


class EngineEvents:
    """An `EventsStreamResult` of an engine."""

    def __init__(self, stream: EventStream) -> None:
        """Take over a stream of events."""
        self._stream = stream
        self._events = map(decode_event, stream)

    def __iter__(self) -> EngineEvents:
        """Return the iterator itself."""
        return self

    def __next__(self) -> Event:
        """Wait for the next event.

        Raises:
            ConnectionLost: the connection to the engine was lost.
        """
        return next(self._events)

    def close(self) -> None:
        """End it; a thread that waits for an event leaves its loop."""
        self._stream.close()

    def __enter__(self) -> EngineEvents:
        """Return the iterator itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()
