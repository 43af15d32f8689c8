"""One wait: streams and probes in threads, one verdict."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Callable

from ..errors import ContainerDied, ContainerNotFound, InvalidInput, WaitTimeout
from .called import as_condition
from .condition import check_time
from .facts import Facts, facts_of, stamp
from .report import death_message, impossible_message, timeout_message, with_reason
from .tree import InTime, deadlines, judge, late, settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..types.engine import ContainerState
    from .condition import Closable, Condition, Probe, Ready, Waitable, Watcher

__all__ = ["DEFAULT_TIMEOUT", "wait_for"]

DEFAULT_TIMEOUT = 60.0
# A probe pauses for a tenth of the time waited so far: what comes soon is seen soon, and
# what takes long is not asked for a thousand times.
_SHORTEST_PAUSE = 0.005
_LONGEST_PAUSE = 0.5
_PAUSE_SHARE = 0.1
_ENDS = ("die", "died", "cleanup")
# Every thread ends when what it reads from is closed; an engine that does not even answer
# a request must not hold the caller up for longer.
_JOIN_TIMEOUT = 10.0
# Nor must a function of somebody else's, which nothing can break off.
_FOREIGN_JOIN_TIMEOUT = 0.2


def wait_for(container: Waitable, condition: Ready, timeout: float = DEFAULT_TIMEOUT) -> None:
    """Wait until a condition holds for a container that was started.

    Args:
        container: the container.
        condition: what to wait for; a function is called with the container until it returns
            something true.
        timeout: seconds to wait at most.

    Raises:
        WaitTimeout: it did not come true in time. The message holds which parts of the
            condition held, why the others did not, and the container's last log lines.
        ContainerDied: the container ended, so that it cannot come true any more.
        InvalidInput: it could never have come true (no healthcheck, no such port), or
            the container was never started.
        ConnectionFailed: the engine was lost.
    """
    condition = as_condition(condition)
    check_time(timeout, "timeout")
    facts = facts_of(container.engine, container.inspect())
    with _Wait(container, facts, condition, timeout) as wait:
        wait.decide()


class _Wait:
    """The state of one wait; what threads share of it is guarded by `_changed`.

    It is the `Situation` of its probes.
    """

    def __init__(
        self, container: Waitable, facts: Facts, condition: Condition, timeout: float
    ) -> None:
        self.engine = container.engine
        self.container = container
        self.stopping = threading.Event()
        self._condition = condition
        self._timeout = timeout
        self._begin = time.monotonic()
        self._changed = threading.Condition()
        self._threads: list[tuple[threading.Thread, float]] = []
        self._open: list[Closable] = []
        self._failure: BaseException | None = None
        self._end: ContainerState | None = None
        self._gone = False
        self.facts = facts
        self._watchers: dict[int, Watcher] = {}
        self._in_time: InTime = {}

    def __enter__(self) -> _Wait:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End all threads, however the wait ended."""
        with self._changed:
            self.stopping.set()
            closables = list(self._open)
            self._changed.notify_all()
        for closable in closables:
            closable.close()
        over = time.monotonic()
        for thread, patience in self._threads:
            thread.join(max(0.0, over + patience - time.monotonic()))

    # What probes are given (the Situation protocol).

    def remaining(self) -> float:
        """Return the seconds that are left; 0 when the wait is over."""
        if self.stopping.is_set():
            return 0.0
        return max(0.0, self._begin + self._timeout - time.monotonic())

    @contextlib.contextmanager
    def holding(self, closable: Closable) -> Iterator[None]:
        """Have something closed when the wait is over before the block is."""
        with self._changed:
            self._open.append(closable)
            stopping = self.stopping.is_set()
        if stopping:
            closable.close()
        try:
            yield
        finally:
            with self._changed:
                self._open.remove(closable)

    # The calling thread.

    def decide(self) -> None:
        """Return when the condition holds, raise when it does not and will not."""
        if not self.facts.has_started:
            raise InvalidInput(
                f"Container {self.facts.name} was never started, so there is nothing to wait for."
            )
        for leaf in self._condition.leaves():
            self._watchers[id(leaf)] = leaf.watcher(self.facts)
        if judge(self._condition, self._watchers) is False:
            raise InvalidInput(impossible_message(self.facts, self._condition, self._watchers))
        self._start()
        with self._changed:
            while True:
                self._in_time = settle(
                    self._condition, self._watchers, self._elapsed(), self._in_time
                )
                verdict = judge(self._condition, self._watchers, self._in_time)
                if verdict is True:
                    return
                if verdict is False or self._failure is not None:
                    break
                remaining = self.remaining()
                if not remaining:
                    break
                self._changed.wait(min(remaining, self._next_deadline()))
            failure, end = self._failure, self._end
        if failure is not None:
            raise failure
        if end is not None or self._gone:
            raise self._died(end or {})
        raise self._timed_out()

    def _elapsed(self) -> float:
        return time.monotonic() - self._begin

    def _next_deadline(self) -> float:
        """Return the seconds until a part with a time of its own has to hold."""
        first = min(deadlines(self._condition, self._in_time), default=self._timeout)
        return max(0.0, first - self._elapsed())

    def _start(self) -> None:
        watchers = list(self._watchers.values())
        follow_log = any(watcher.reads_log for watcher in watchers)
        if not self.facts.is_alive:
            self._note_end(self.facts.state, but_log=follow_log)
        # The log ends with the container, so that events are needed for the rest alone.
        elif not follow_log or any(watcher.reads_events for watcher in watchers):
            self._spawn("events", lambda: self._follow_events(but_log=follow_log))
        if follow_log:
            self._spawn("log", self._follow_log)
        for watcher in watchers:
            if watcher.probe is not None:
                self._spawn(
                    "probe",
                    functools.partial(self._try_out, watcher, watcher.probe),
                    _FOREIGN_JOIN_TIMEOUT if watcher.is_foreign else _JOIN_TIMEOUT,
                )

    def _spawn(
        self, what: str, target: Callable[[], None], patience: float = _JOIN_TIMEOUT
    ) -> None:
        def run() -> None:
            try:
                target()
            except ContainerNotFound:
                self._note_removal()
            except BaseException as exc:  # noqa: BLE001
                # For the calling thread to raise.
                self._fail(exc)

        thread = threading.Thread(target=run, name=f"pytest-engine-wait-{what}", daemon=True)
        self._threads.append((thread, patience))
        thread.start()

    # The threads.

    def _follow_log(self) -> None:
        while not self.stopping.is_set():
            facts = self.facts
            seen = self._read_log(facts, {}, follow=True)
            if self.stopping.is_set() or not self._goes_on_after(facts, seen):
                return

    def _read_log(
        self, facts: Facts, known: Mapping[str, int], *, follow: bool = False
    ) -> Counter[str]:
        """See the lines of a start but the first ones of each stream; tell how many there are."""
        seen: Counter[str] = Counter()
        stream = self.engine.containers.logs(
            self.container.id, follow=follow, since=facts.since, tty=facts.tty
        )
        with stream, self.holding(stream):
            for name, line in stream.lines():
                seen[name] += 1
                if seen[name] > known.get(name, 0):
                    self._see_line(name, line.decode("utf-8", "replace"))
        return seen

    def _goes_on_after(self, before: Facts, seen: Mapping[str, int]) -> bool:
        """Find out whether the container lives on after its log has ended."""
        while not self.stopping.is_set():
            facts = facts_of(self.engine, self.container.inspect())
            if not facts.is_alive:
                # Who follows does not always get a last line that has no line end (20.10).
                if any(one.reads_log and not one.held for one in self._watchers.values()):
                    self._read_log(before, seen)
                self._note_end(facts.state)
                return False
            if facts.state.get("StartedAt") != before.state.get("StartedAt"):
                self._note_restart(facts)
                return True
            # The engine waits before it starts a container again, and may close the log a
            # moment before it notes the end.
            self._pause()
        return False

    def _follow_events(self, *, but_log: bool) -> None:
        started = self.facts.state.get("StartedAt")
        events = self.engine.system.events(
            # What happened between the inspect and now is told, too.
            since=stamp(started) if started else None,
            filters={"type": "container", "container": self.container.id},
        )
        has_died = False
        with events, self.holding(events):
            for event in events:
                action = event.get("Action", "")
                has_died = has_died or action in _ENDS
                if action.startswith("health_status"):
                    self._see_health(action.partition(":")[2].strip())
                # Podman's compatible API says `died` and `remove` of the same things, and
                # `cleanup` once it will not start the container again.
                elif action in _ENDS and not self._survives(but_log=but_log):
                    return
                elif action in ("destroy", "remove"):
                    self._note_removal()
                    return
                # The start of before is told as well.
                elif action == "start" and has_died:
                    self._note_restart(facts_of(self.engine, self.container.inspect()))

    def _survives(self, *, but_log: bool) -> bool:
        """Find out whether the engine starts the container again after its process died."""
        facts = facts_of(self.engine, self.container.inspect())
        if not facts.is_alive:
            self._note_end(facts.state, but_log=but_log)
            return False
        if facts.state.get("Restarting"):
            # It is to be started again; an `exit` condition has seen enough.
            with self._changed:
                for watcher in self._watchers.values():
                    if watcher.outlives:
                        watcher.on_exit(facts.state.get("ExitCode", 0))
                self._changed.notify_all()
        return True

    def _try_out(self, watcher: Watcher, probe: Probe) -> None:
        was_tried = False
        while not (self.stopping.is_set() or watcher.impossible):
            if watcher.held:
                # It held; a container that is started again has to be tried again.
                with self._changed:
                    self._changed.wait_for(lambda: self.stopping.is_set() or not watcher.held)
                continue
            facts, has_ended = self.facts, self._end is not None
            reason = probe(self)
            with self._changed:
                if self.stopping.is_set():
                    return
                if reason is not None and has_ended:
                    watcher.give_up(f"{reason}, and the container has ended")
                    self._changed.notify_all()
                # One that the end of the time cuts short tells less than the one before.
                elif reason is not None and (self.remaining() or not was_tried):
                    watcher.detail = reason
                elif reason is None and facts is self.facts:
                    watcher.hold()
                    self._changed.notify_all()
            was_tried = True
            if reason is not None:
                self._pause()

    def _pause(self) -> None:
        pause = max(_SHORTEST_PAUSE, self._elapsed() * _PAUSE_SHARE)
        self.stopping.wait(min(_LONGEST_PAUSE, pause))

    # What the threads have seen.

    def _see_line(self, stream: str, line: str) -> None:
        with self._changed:
            for watcher in self._watchers.values():
                if watcher.reads_log and not watcher.held:
                    watcher.on_line(stream, line)
            self._changed.notify_all()

    def _see_health(self, status: str) -> None:
        if self.facts.health == "unhealthy":
            # How it was before it became that is told again.
            status = facts_of(self.engine, self.container.inspect()).health
        with self._changed:
            for watcher in self._watchers.values():
                watcher.on_health(status)
            self._changed.notify_all()

    def _note_restart(self, facts: Facts) -> None:
        with self._changed:
            if self.facts.state.get("StartedAt") == facts.state.get("StartedAt"):
                return
            self.facts = facts
            for watcher in self._watchers.values():
                watcher.on_restart()
            self._changed.notify_all()

    def _note_end(self, state: ContainerState, *, but_log: bool = False) -> None:
        """Tell the watchers of the end; `but_log`: those of the log still have lines to read."""
        with self._changed:
            self._end = state
            for watcher in self._watchers.values():
                if not (but_log and watcher.reads_log):
                    watcher.on_exit(state.get("ExitCode", 0))
                    tried = watcher.probe is not None and not watcher.tries_at_end
                    if tried and not watcher.held:
                        watcher.give_up(f"{watcher.detail}, and the container has ended")
            self._changed.notify_all()

    def _note_removal(self) -> None:
        with self._changed:
            self._gone = True
            for watcher in self._watchers.values():
                if not watcher.held:
                    watcher.give_up(f"{watcher.detail}, and the container was removed")
            self._changed.notify_all()

    def _fail(self, exc: BaseException) -> None:
        with self._changed:
            if self._failure is None and not self.stopping.is_set():
                self._failure = exc
            self._changed.notify_all()

    def _timed_out(self) -> WaitTimeout:
        missed = [str(part) for part in late(self._condition, self._watchers, self._in_time)]
        text, log = timeout_message(
            self.container, self.facts, self._condition, self._watchers, self._timeout, missed
        )
        return WaitTimeout(text, container=self.facts.name, log_tail=log)

    def _died(self, state: ContainerState) -> ContainerDied:
        state = with_reason(self.container, self.facts, state)
        text, log = death_message(
            self.container, self.facts, self._condition, self._watchers, state
        )
        return ContainerDied(
            text,
            container=self.facts.name,
            exit_code=state.get("ExitCode"),
            oom_killed=bool(state.get("OOMKilled")),
            log_tail=log,
        )
