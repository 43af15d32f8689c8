"""Looking again until something has come true, for what no engine tells by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from .errors import NoLeader, Timeout

if TYPE_CHECKING:
    from typing import Callable

__all__ = ["poll", "until_led", "when_led"]

Found = TypeVar("Found")
Asked = TypeVar("Asked")

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.5
# Managers begin to choose a leader 10 to 20 seconds after they have heard the last of one, and wait
# as long again after a vote that none of them won. The chosen one takes a moment to begin.
_ELECTION = 45.0


def poll(
    look: Callable[[], Found | None],
    *,
    timeout: float,
    what: str,
    tell: Callable[[], str] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Found:
    """Look until there is something, and hand it over.

    The swarm's tasks and nodes change without an event, so somebody has to ask. The pauses
    grow from 0.05 to 0.5 seconds.

    Args:
        look: returns what is waited for, or something false.
        timeout: seconds to go on looking; it is looked once in any case.
        what: what is waited for, for the message: `Cluster x: a leader`.
        tell: says how things are, for the message.
        clock: a monotonic clock.
        sleep: waits for so many seconds.

    Raises:
        Timeout: it did not come in time.
    """
    deadline = clock() + timeout
    pause = _FIRST_PAUSE
    while True:
        found = look()
        if found:
            return found
        left = deadline - clock()
        # What is no number is not above 0 either.
        if not left > 0:
            state = f" {tell()}" if tell else ""
            raise Timeout(f"{what}: not within {timeout:g} s.{state}")
        sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def until_led(
    look: Callable[[], Found],
    *,
    timeout: float = _ELECTION,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Found:
    """Look at a swarm, and again while its managers are choosing a leader.

    Args:
        look: asks a manager, and may be called several times.
        timeout: seconds to go on asking; a manager takes up to 20 more for its answer.
        clock: a monotonic clock.
        sleep: waits for so many seconds.

    Raises:
        NoLeader: they have not chosen one by then.
    """
    deadline = clock() + timeout
    while True:
        try:
            return look()
        except NoLeader:
            if clock() >= deadline:
                raise
            sleep(_LONGEST_PAUSE)


def when_led(look: Callable[[Asked], Found]) -> Callable[[Asked], Found]:
    """Make a function that only looks at a swarm wait for a leader, as `until_led` does."""

    def waiting(asked: Asked) -> Found:
        return until_led(lambda: look(asked))

    return waiting
