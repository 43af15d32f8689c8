"""A container's log, line by line, also across its restarts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ConnectionLost, ContainerNotFound
from .moment import Moment, encode_nanoseconds, parse_moment
from .streams import LineDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from .api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .api.events import EventStream
    from .api.output import OutputStream
    from .api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .client import Engine

__all__ = ["LogFollower"]

# Nanoseconds by which an end may be told too early: Podman (5.4) takes its time from a file, and
# the clock of files ticks so often. No engine starts a container again in less.
_TICK = 10_000_000


class LogFollower:
    """What a container logs, from now on or from a moment in the past.

    Iterate over it for `(stream, line)`, lines without their line ends. It ends with the
    container's process, or across restarts with the container's removal, and when `close`
    is called, from any thread. A context manager.

    A last line without a line end may be missing: engines (seen with 20.10) tell it only
    now and then to somebody who follows. `Container.logs` has it.

    Args:
        engine: the engine.
        container: the container's name or id.
        stdout: with its standard output.
        stderr: with its standard error.
        since: begin at this moment; None: at the beginning of the log.
        tail: begin with so many last lines.
        restarts: go on when the container is started again, whoever does it. Every line
            comes once; the times at which the engine logged them decide.
    """

    def __init__(
        self,
        engine: Engine,
        container: str,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        tail: int | None = None,
        restarts: bool = False,
    ) -> None:
        """Remember what to follow; nothing is sent before it is iterated over."""
        self._engine = engine
        self._container = container
        self._choice = {"stdout": stdout, "stderr": stderr}
        self._since = since
        self._tail = tail
        self._restarts = restarts
        self._lock = threading.Lock()
        self._closed = False
        self._open: OutputStream | EventStream | None = None

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over `(stream, line)`.

        Raises:
            ContainerNotFound: there is no such container.
            ConnectionLost: the connection ended before the log did.
        """
        position = _Position()
        inspected = self._engine.containers.inspect(self._container)
        # By its id, for somebody may give the name to another container.
        container, tty = inspected["Id"], bool(inspected.get("Config", {}).get("Tty"))
        state = inspected.get("State", {})
        started = str(state.get("StartedAt"))
        ended = "" if state.get("Running") else str(state.get("FinishedAt"))
        since, tail = self._since, self._tail
        while not self._closed:
            try:
                log = self._engine.containers.logs(
                    container,
                    follow=True,
                    since=since,
                    tail=tail,
                    timestamps=True,
                    tty=tty,
                    **self._choice,
                )
            except ContainerNotFound:
                return
            if not self._hold(log):
                return
            with log:
                yield from _lines(log, position, tty=tty)
            next_run = self._starts_again(container, started, ended) if self._restarts else None
            if next_run is None:
                return
            if position.since is not None:
                since, tail = position.since, None
            elif next_run.started != started:
                # Nothing came so far, so whatever was logged since that run is new.
                since, tail = next_run.first_moment, None
            started, ended = next_run.started, ""

    def close(self) -> None:
        """End it; a thread that iterates over it leaves its loop."""
        with self._lock:
            self._closed = True
            if self._open is not None:
                self._open.close()

    def __enter__(self) -> LogFollower:
        """Return the follower itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()

    def _hold(self, stream: OutputStream | EventStream) -> bool:
        """Let `close` end this stream; tell whether it is still wanted."""
        with self._lock:
            self._open = stream
            if self._closed:
                stream.close()
            return not self._closed

    def _starts_again(self, container: str, started: str, ended: str) -> _Run | None:
        """Wait until the container runs again, or has run.

        Args:
            container: its id.
            started: when the run of it that was read last was started.
            ended: when that run had ended; empty where that was not seen yet.

        Returns:
            That run; None: it was removed, or this was closed.
        """
        # First the events, then the look, so that nothing happens unseen in between.
        events = self._engine.system.events(
            filters={
                "type": "container",
                "container": container,
                # Podman says `remove`.
                "event": ["start", "destroy", "remove"],
            }
        )
        if not self._hold(events):
            return None
        with events:
            happened = iter(events)
            end = ended
            while not self._closed:
                try:
                    state = self._engine.containers.inspect(container).get("State", {})
                except ContainerNotFound:
                    return None
                runs = state.get("Running") and not state.get("Restarting")
                again = str(state.get("StartedAt"))
                if runs or again != started:
                    # Of one that is over, the end of the run before is not told.
                    last = str(state.get("FinishedAt")) if state.get("Running") else ""
                    return _Run(again, end or last)
                end = str(state.get("FinishedAt"))
                event = next(happened, None)
                if event is None:
                    break
                if event.get("Action") != "start":
                    return None
        if not events.was_closed():
            raise ConnectionLost(f"Events of container {container} ended before it did.")
        return None


class _Run(NamedTuple):
    """A run of a container: when it was started, and when the one before it had ended.

    That end is empty where it is not known.
    """

    started: str
    earlier_end: str

    @property
    def first_moment(self) -> str:
        """A moment before all that this run logs, and after all that the one before did."""
        if self.earlier_end:
            # A container that was never started has ended before the epoch.
            return encode_nanoseconds(max(0, parse_moment(self.earlier_end) + _TICK))
        # What a process writes first may be logged before the engine notes its start.
        return encode_nanoseconds(parse_moment(self.started) - 1_000_000_000)


class _Position:
    """Up to where a log was read."""

    def __init__(self) -> None:
        self.since: str | None = None
        self._last = -1
        # How many entries of that very nanosecond were read, and are still to be skipped.
        self._seen = 0
        self._skip = 0

    def begin(self) -> None:
        self._skip = self._seen

    def is_new(self, moment: int) -> bool:
        if moment < self._last:
            # The log is in the order of its times, unless the engine's clock was set back.
            return not self._skip
        if moment == self._last:
            if self._skip:
                self._skip -= 1
                return False
            self._seen += 1
            return True
        self._last, self._seen, self._skip = moment, 1, 0
        self.since = encode_nanoseconds(moment)
        return True


def _lines(log: OutputStream, position: _Position, *, tty: bool) -> Iterator[tuple[str, bytes]]:
    """Take the times off the entries of a log, and join those into lines."""
    position.begin()
    lines = LineDecoder()
    # Without a terminal, an entry of the log is a frame: a line, or 16 KiB of a long one.
    entries: Any = _with_ends(log) if tty else log
    for stream, entry in entries:
        moment, _space, text = entry.partition(b" ")
        if position.is_new(parse_moment(moment.decode("ascii", "replace"))):
            yield from lines.feed(stream, text)
    yield from lines.finish()


def _with_ends(log: OutputStream) -> Iterator[tuple[str, bytes]]:
    for stream, line in log.lines():
        yield stream, line + b"\n"
