"""Waiting until a service with a life is in some state, or is seen not to get there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..api.asked import check_seconds
from ..converge import no_node_for
from ..errors import EngineError, InvalidInput
from ..polling import poll
from .states import STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .service import LiveService

__all__ = ["situation", "wait_for_container", "wait_for_state"]


def wait_for_state(service: LiveService, states: Sequence[str], timeout: float) -> None:
    """Look at a service until it is in one of some states.

    Raises:
        InvalidInput: one of them is none, or the time cannot be waited.
        EngineError: no node takes a container of it, and no waiting will change that.
        Timeout: it did not get there in time.
    """
    check_seconds(timeout)
    for state in states:
        if state not in STATES:
            raise InvalidInput(f"{state!r} is none of {', '.join(STATES)}.")
    what = f"Service {service.name} is to be {' or '.join(states)}"
    begin = time.monotonic()

    def is_there() -> bool:
        if service.refresh().state in states:
            return True
        problem = no_node_for(service.tasks, time.monotonic() - begin)
        if problem:
            raise EngineError(f"{what}: {problem}. It is {service.state}.")
        return False

    poll(is_there, timeout=timeout, what=what, tell=lambda: situation(service))


def wait_for_container(service: LiveService, number: int, timeout: float) -> None:
    """Look at a service until so many of its containers are up, or placed at least.

    Raises:
        Timeout: they are not in time.
    """
    is_sequential = service.definition.sequential_deployment

    def is_there() -> bool:
        counts = service.refresh().counts
        if is_sequential:
            return counts.running + counts.stopped >= number
        placed = [task for task in service.tasks if task.get("NodeID")]
        return len({task.get("Slot") for task in placed}) >= number or bool(counts.failing)

    poll(
        is_there,
        timeout=timeout,
        what=f"Container {number} of service {service.name} is to come up",
        tell=lambda: situation(service),
    )


def situation(service: LiveService) -> str:
    """Say in which state a service is, and what the swarm says of containers that fail."""
    errors = service.counts.errors
    return f"It is {service.state}." + (f" {'; '.join(errors)}." if errors else "")
