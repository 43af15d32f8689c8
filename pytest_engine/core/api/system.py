"""The engine itself: `/_ping`, `/version`, `/info`, `/events`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..filters import Filters, encode_filters
from ..streams import JsonDecoder
from .containers import Moment, encode_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ..transport import Stream
    from ..types.engine import EventMessage, SystemInfo, SystemVersion
    from .call import Caller

__all__ = ["EventStream", "System"]


class EventStream:
    """Events of an engine as they happen.

    Iterate over it; it ends at `until`, or when `close` is called, from any thread. A
    context manager.
    """

    def __init__(self, stream: Stream) -> None:
        """Take over an open answer."""
        self._stream = stream

    def __iter__(self) -> Iterator[EventMessage]:
        """Iterate over the events.

        Raises:
            ConnectionLost: the connection ended in the middle of an event.
        """
        decoder = JsonDecoder()
        for data in self._stream:
            for event in decoder.feed(data):
                yield cast("EventMessage", event)
        if not self._stream.was_closed():
            decoder.finish()

    def close(self) -> None:
        """End the stream; a thread that iterates over it leaves its loop."""
        self._stream.close()

    def __enter__(self) -> EventStream:
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


class System:
    """Operations on the engine as a whole."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def ping(self) -> None:
        """Check that the engine answers (`GET /_ping`).

        Raises:
            ConnectionFailed: it does not.
        """
        self._caller.call("GET", "/_ping")

    def version(self) -> SystemVersion:
        """Tell the versions of the engine and its parts (`GET /version`)."""
        version: SystemVersion = self._caller.json("GET", "/version")
        return version

    def info(self) -> SystemInfo:
        """Tell how the engine is set up and what it holds (`GET /info`)."""
        info: SystemInfo = self._caller.json("GET", "/info")
        return info

    def events(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        filters: Filters | None = None,
    ) -> EventStream:
        """Follow what happens on the engine (`GET /events`).

        Args:
            since: begin with the events of the past from this moment on.
            until: end at this moment, also one in the future.
            filters: `{"type": "container", "event": ["die"], "container": ..., ...}`.
        """
        return EventStream(
            self._caller.stream(
                "GET",
                "/events",
                query={
                    "since": None if since is None else encode_moment(since),
                    "until": None if until is None else encode_moment(until),
                    "filters": encode_filters(filters),
                },
            )
        )
