"""The states of a service, computed from its specification, its tasks and its update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types.engine import Service, Task
    from .body import Life

__all__ = [
    "ALLOWED",
    "STATES",
    "Counts",
    "WrongState",
    "asked_for",
    "check_allowed",
    "count",
    "is_ending",
    "state_of",
]

STATES = (
    "Not running",
    "Starting",
    "Running",
    "Partly running",
    "Scaling",
    "Redeploying",
    "Stopping",
    "Stopped",
    "Terminating",
    "Terminated",
)
# State -> the operations that it allows; the others allow none.
ALLOWED = {
    "Not running": ("start", "scale", "update", "terminate"),
    "Running": ("stop", "redeploy", "scale", "update", "terminate"),
    "Partly running": ("stop", "redeploy", "scale", "update", "terminate"),
    "Stopped": ("start", "redeploy", "scale", "update", "terminate"),
}
_PROGRESS = {"start": "Starting", "scale": "Scaling", "redeploy": "Redeploying"}
_ENDED = frozenset({"complete", "failed", "rejected", "shutdown", "orphaned", "remove"})
_FAILED = frozenset({"failed", "rejected"})
_HALTED = frozenset({"paused", "rollback_paused", "rollback_completed"})
_UPDATING = frozenset({"updating", "rollback_started"})


class WrongState(EngineError):
    """A service is in a state that does not allow the operation.

    Attributes:
        operation: what was asked for.
        state: the state that it is in.
        allowed: the operations that this state allows.
    """

    def __init__(
        self, message: str, *, operation: str = "", state: str = "", allowed: tuple[str, ...] = ()
    ) -> None:
        """Keep the facts beside the message."""
        super().__init__(message)
        self.operation = operation
        self.state = state
        self.allowed = allowed


@dataclass(frozen=True)
class Counts:
    """How many containers a service has.

    Attributes:
        running: those that run.
        starting: those that are on their way, and have not failed before.
        failing: those that are on their way once more, or cannot be placed.
        stopping: those that are to end and have not.
        stopped: those that have ended and are not replaced.
        succeeded: those among them that ended with exit code 0.
        lost: those that are to end on a node that is down; the swarm may keep their places.
        stale: those of all that are of a deployment before the last.
        errors: what the swarm says of those that fail, each once.
    """

    running: int = 0
    starting: int = 0
    failing: int = 0
    stopping: int = 0
    stopped: int = 0
    succeeded: int = 0
    lost: int = 0
    stale: int = 0
    errors: tuple[str, ...] = ()

    @property
    def current(self) -> int:
        """Those that are there."""
        return self.running + self.starting + self.failing + self.stopped

    @property
    def has_succeeded(self) -> bool:
        """Whether all have ended with exit code 0."""
        return self.succeeded == self.current > 0


def check_allowed(service: str, operation: str, state: str) -> None:
    """See to it that a state allows an operation.

    Raises:
        WrongState: it does not.
    """
    if operation not in ALLOWED.get(state, ()):
        allowed = ALLOWED.get(state, ())
        advice = f"it allows {', '.join(allowed)}" if allowed else "wait for its end"
        raise WrongState(
            f"Service {service}: cannot {operation} it while it is {state}; {advice}.",
            operation=operation,
            state=state,
            allowed=allowed,
        )


def count(life: Life, tasks: Sequence[Task], *, restarts: bool = True) -> Counts:
    """Count the containers of a service, of each place the newest.

    Args:
        life: what is recorded of it; without containers to run, all that are there stop.
        tasks: its tasks.
        restarts: whether containers that end are ever started again.
    """
    numbers = dict.fromkeys(
        ("running", "starting", "failing", "stopping", "stopped", "succeeded", "lost", "stale"), 0
    )
    errors: dict[str, None] = {}
    places: dict[object, list[Task]] = {}
    for task in tasks:
        place = task.get("Slot") or task.get("NodeID")
        places.setdefault(place, []).append(task)
    for own in places.values():
        own.sort(key=lambda task: task.get("CreatedAt", ""), reverse=True)
        has_ended = len(own) > 1 and _status(own[1]).get("State") in ("complete", "failed")
        if not restarts and has_ended and own[0].get("DesiredState") == "ready":
            # It waits to take the place of the other one, and does so for ever.
            del own[0]
        newest = own[0]
        kind = _kind(newest, own[1:], is_wanted=life.is_deployed, since=life.deployed or "")
        if kind:
            numbers[kind] += 1
        if kind and kind != "lost":
            # Told to replace them, the swarm has not got round to it.
            numbers["stale"] += newest.get("Spec", {}).get("ForceUpdate", 0) < life.redeployed
        if kind == "stopped" and _status(newest).get("State") == "complete":
            numbers["succeeded"] += 1
        if kind in ("failing", "lost", "stopped"):
            for task in own[:2]:
                said = _status(task).get("Err")
                if said:
                    errors[str(said)] = None
    return Counts(**numbers, errors=tuple(errors))


def asked_for(service: Service, life: Life) -> int:
    """Tell how many containers the swarm is asked for by now."""
    mode = service["Spec"].get("Mode", {}).get("Replicated") or {}
    return int(mode.get("Replicas", life.replicas))


def state_of(service: Service, life: Life, counts: Counts, *, now: str) -> str:
    """Compute the state of a service that the swarm knows.

    A service whose containers keep failing, or find no node, is partly running and not
    starting, whose end nobody would live to see: so it can be stopped. So is one whose
    containers were brought up one after the other by somebody who has ended in between.

    Args:
        service: as the manager tells it.
        life: what is recorded of it.
        counts: its containers.
        now: the time, as it is recorded.
    """
    if life.operation == "terminate":
        return "Terminating"
    if not life.is_deployed:
        if counts.stopping or counts.running:
            return "Stopping"
        return "Not running" if life.operation == "create" else "Stopped"
    asked = asked_for(service, life)
    is_given_up = asked < life.replicas and now > (life.until or "")
    wanted = asked if is_given_up else life.replicas
    if _is_on_the_way(service, wanted, counts):
        return _PROGRESS.get(life.operation, "Redeploying")
    # No container may come in the place of one on a node that is down.
    lacks_some = counts.lost and not _is_global(service) and counts.current < life.replicas
    if counts.failing or lacks_some or is_given_up or (counts.running and counts.stopped):
        return "Partly running"
    # All may have ended by themselves; or none is asked for.
    return "Stopped" if counts.stopped else "Running"


def _is_on_the_way(service: Service, wanted: int, counts: Counts) -> bool:
    if counts.failing:
        return False
    # The swarm may not have got round to it.
    there = counts.current + counts.lost
    is_short = not there if _is_global(service) else there < wanted
    update = (service.get("UpdateStatus") or {}).get("State")
    is_stale = counts.stale and update not in _HALTED
    is_updating = update in _UPDATING or is_stale
    return bool(counts.starting or counts.stopping or is_short or is_updating)


def _is_global(service: Service) -> bool:
    return "Global" in service["Spec"].get("Mode", {})


def _status(task: Task) -> dict[str, object]:
    return dict(task.get("Status") or {})


def is_ending(task: Task) -> bool:
    """Whether a task is to end and has not."""
    is_unwanted = task.get("DesiredState") in ("shutdown", "remove")
    return is_unwanted and _status(task).get("State") not in _ENDED


def _is_removed(task: Task) -> bool:
    # The swarm forgets it in a moment. Asked for a container in its place before that, it counts
    # it as one where containers are not restarted, and never makes another.
    return task.get("DesiredState") == "remove"


def _kind(newest: Task, before: Sequence[Task], *, is_wanted: bool, since: str) -> str:
    state = _status(newest).get("State")
    if state == "orphaned":
        return "lost"
    if is_ending(newest) or _is_removed(newest):
        return "stopping"
    if state in _ENDED:
        # What is taken away by the swarm has not stopped by itself.
        gone = state in ("shutdown", "orphaned", "remove") or not is_wanted
        return "" if gone else "stopped"
    if state == "running":
        return "running"
    has_failed = any(
        _status(task).get("State") in _FAILED and task.get("CreatedAt", "") >= since
        for task in before
    )
    return "failing" if has_failed or _status(newest).get("Err") else "starting"
