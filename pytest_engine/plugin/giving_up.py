"""The end of what was begun ahead, and that nobody has asked for."""

from __future__ import annotations

import time
from concurrent.futures import wait
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_engine.core.errors import Timeout

from .early import TooEarly

if TYPE_CHECKING:
    from .jobs import Job
    from .session import Session

__all__ = ["give_up", "tell_of_waiting"]

# Seconds that the end of a run waits for what was begun in vain, and between two looks at it.
_PATIENCE = 30.0
_LOOK_AGAIN = 0.2
# Seconds after which the person at the terminal is told of it.
_PATIENCE_WITHOUT_A_WORD = 2.0


def give_up(run: Session, job: Job, *, interrupts: bool) -> None:
    """Remove what was made ahead, in the background, also if it is still being made.

    Args:
        run: the run.
        job: makes it.
        interrupts: whether what is not ready may be removed, which ends the wait for it.
    """
    job.request.given_up = True
    if job.result.cancel():
        return

    def end() -> None:
        until = time.monotonic() + _PATIENCE
        while not wait([job.result], timeout=_LOOK_AGAIN).done:
            if any(one.kept for one in job.request.made):
                # A failing test has it kept, and it gets ready or not.
                return
            if time.monotonic() > until:
                raise Timeout(f"it was begun ahead and is not done after {_PATIENCE:g} s")
            if interrupts:
                _interrupt(run, job)
        if job.result.exception() is None:
            with suppress(TooEarly):
                # In a hook that needs a test that has asked.
                job.stack.close()

    run.removals.add(end, f"fixture {job.found.name}", waits=job.found.recipe.hints.waits)


def _interrupt(run: Session, job: Job) -> None:
    for resource in job.request.made:
        if resource.container is not None:
            # Whoever waits for it to be ready learns of its end, and goes on.
            run.remove(resource)


def tell_of_waiting(run: Session, jobs: list[Job]) -> None:
    """Say what the end of the run waits for, where that takes long."""
    # A cancelled one is done, though `wait` says so only when a thread has seen it.
    going = [job.result for job in jobs if not job.result.done()]
    late = wait(going, timeout=_PATIENCE_WITHOUT_A_WORD).not_done
    names = sorted({job.found.name for job in jobs if job.result in late})
    if names:
        run.speaker.say(f"waiting for what was begun ahead in vain: {', '.join(names)}")
        run.speaker.flush()
