"""Events of an engine, told once each, also when the connection is lost in between."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Callable, cast

from ..errors import ConnectionFailed, ConnectionLost, EngineError, ServerError, Timeout
from ..moment import encode_nanoseconds
from .asked import LONGEST_WAIT
from .records import RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ..transport import Stream
    from ..types.engine import EventMessage

__all__ = ["EventStream"]

# `connect(since, timeout)`: `since` None stands for what was asked for.
Connect = Callable[["str | None", "float | None"], "Stream"]

# The engine stamps an event before it tells it, so of two that happen at once the later
# one may be told first: what is asked for again begins this many nanoseconds earlier.
_OVERLAP = 1_000_000_000
_LONGEST_PAUSE = 1.0


class EventStream:
    """Events of an engine as they happen.

    Iterate over it; it ends at `until`, or when `close` is called, from any thread. A
    context manager.
    """

    def __init__(
        self, connect: Connect, *, since: int = 0, ends: bool = False, patience: float = 0.0
    ) -> None:
        """Connect to the engine.

        Args:
            connect: opens the answer, from a moment on.
            since: the moment that was asked for, in nanoseconds since the epoch.
            ends: whether the answer ends by itself, at a moment that was asked for.
            patience: seconds that the engine may stay away; 0: not at all.

        Raises:
            ConnectionFailed: it is away already.
        """
        self._connect = connect
        self._ends = ends
        self._patience = patience
        self._told = _Told(since)
        self._changed = threading.Condition()
        self._closed = False
        self._stream = connect(None, None)

    def __iter__(self) -> Iterator[EventMessage]:
        """Iterate over the events.

        Raises:
            ConnectionLost: the connection was lost, and the engine stayed away for longer
                than it may.
        """
        if not self._patience:
            yield from RecordStream(self._stream)
            return
        retries = _Retries(self._patience)
        while True:
            records: RecordStream[EventMessage] = RecordStream(self._stream)
            try:
                for event in records:
                    if self._told.is_new(cast("dict[str, Any]", event)):
                        yield event
                        retries.succeed()
                if self._ends:
                    return
                retries.lose(None)
            except ConnectionFailed as exc:
                retries.lose(exc)
            self._stream.close()
            while not self._closed and not self._reconnect(retries):
                pass
            if self._closed:
                return

    def was_closed(self) -> bool:
        """Tell whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """End the stream; a thread that iterates over it leaves its loop."""
        with self._changed:
            self._closed = True
            self._stream.close()
            self._changed.notify_all()

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

    def _reconnect(self, retries: _Retries) -> bool:
        """Try once to connect again, after a pause; tell whether that was done."""
        pause = retries.pause()
        with self._changed:
            if self._changed.wait_for(lambda: self._closed, pause):
                return False
            since, timeout = self._told.resume_at(), min(retries.left(), LONGEST_WAIT)
            # In a thread, because connecting to a stalled engine cannot be broken off.
            results: list[Stream | BaseException] = []
            threading.Thread(
                target=self._attempt,
                args=(since, timeout, results),
                name="pytest-engine-events",
                daemon=True,
            ).start()
            self._changed.wait_for(lambda: self._closed or results)
            if self._closed:
                return False
            (result,) = results
            if not isinstance(result, BaseException):
                self._stream = result
                retries.reach()
                return True
        if not isinstance(result, (ConnectionFailed, ServerError, Timeout)):
            raise result
        retries.fail(result)
        return False

    def _attempt(self, since: str, timeout: float, results: list[Stream | BaseException]) -> None:
        try:
            stream = self._connect(since, timeout)
            stream.settimeout(None)
        except BaseException as exc:  # noqa: BLE001  # raised in the reader's thread
            results.append(exc)
        else:
            results.append(stream)
        with self._changed:
            if self._closed and results[0] is not self._stream:
                _close(results[0])
            self._changed.notify_all()


class _Retries:
    """How long to pause and when to give up."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.reach()
        self.succeed()

    def reach(self) -> None:
        self._reached = time.monotonic()

    def lose(self, exc: EngineError | None) -> None:
        # A connection that lived is no attempt that failed, though nothing happened on it.
        if time.monotonic() - self._reached > _LONGEST_PAUSE:
            self.succeed()
        self.fail(exc)

    def succeed(self) -> None:
        self._deadline: float | None = None
        self._pause = 0.0

    def pause(self) -> float:
        # At once for the first time; an engine that cuts every connection is spared.
        pause, self._pause = self._pause, min(max(self._pause * 2, 0.02), _LONGEST_PAUSE)
        return min(pause, self.left())

    def left(self) -> float:
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._patience
        return max(self._deadline - now, 0.01)

    def fail(self, exc: EngineError | None) -> None:
        if self._deadline is None or time.monotonic() < self._deadline:
            return
        raise ConnectionLost(
            "The connection on which events come was lost, and the engine stayed away for "
            f"{self._patience:g} s: {exc or 'it ends every connection'}",
            endpoint=getattr(exc, "endpoint", ""),
        ) from exc


class _Told:
    """What was told lately, so that it is not told again."""

    def __init__(self, since: int) -> None:
        self._since = since
        self._latest = 0
        self._recent: deque[tuple[int, str]] = deque()
        # What earlier connections told, as far as this one has not told it again.
        self._expected: Counter[str] = Counter()

    def is_new(self, event: dict[str, Any]) -> bool:
        key = json.dumps(event, sort_keys=True)
        # Counted, because two events of the same nanosecond may be alike.
        if self._expected[key] > 0:
            self._expected[key] -= 1
            return False
        moment = int(event.get("timeNano") or 0)
        self._latest = max(self._latest, moment)
        self._recent.append((moment, key))
        while self._recent[0][0] < self._latest - 2 * _OVERLAP:
            self._recent.popleft()
        return True

    def resume_at(self) -> str:
        self._expected = Counter(key for _moment, key in self._recent)
        return encode_nanoseconds(max(self._since, self._latest - _OVERLAP))


def _close(result: Stream | BaseException) -> None:
    if not isinstance(result, BaseException):
        result.close()
