"""Waiting until a swarm's service has what it is to have, or is seen not to get there.

A swarm goes on trying whatever happens, and tells of what hinders it only in its tasks. So they
are looked at, and what no trying will change is said at once instead of when the time is over.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .api.asked import check_seconds
from .errors import EngineError, Timeout
from .polling import until_led

if TYPE_CHECKING:
    from .api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .api.tasks import Tasks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .client import Engine

__all__ = [
    "lost_nodes",
    "missing_tasks",
    "no_node_for",
    "reasons_of",
    "wait_all_converged",
    "wait_converged",
]

# So often tasks may fail, which a swarm starts again, before nothing good is expected any more.
_FAILURES = 3
# For what may be over soon: the task that has the port is ending, a node is coming.
_GRACE = 10.0
_FIRST, _LONGEST = 0.1, 1.0
# What ends by a mistake of its own does so at once, and is seen to run until then.
_STEADY = 1.0
_FAILED = ("failed", "rejected", "orphaned")
# None of the nodes that are there will meet these, whatever ends on them.
_HOPELESS = re.compile(r"constraints not satisfied|unsupported platform|missing plugin")
# Nodes that may be back soon, as all are for a moment when there is another leader.
_AWAY = "not available for new tasks"
_NO_NODE = "no suitable node"


def wait_converged(
    engine: Engine,
    service: str,
    *,
    timeout: float,
    updated: bool = True,
    steady: float = _STEADY,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Mapping[str, Any]:
    """Wait until all tasks of a service run, or a job has completed.

    A swarm watches the tasks of an update for a while, and nobody those of a new service. So
    they have to run for a moment here.

    Args:
        engine: a manager of the swarm.
        service: name or id.
        timeout: seconds.
        updated: whether it has just been made or updated: that it was rolled back says
            then that this has failed.
        steady: seconds that the tasks of a new service have to run.
        clock: tells seconds.
        sleep: waits for some.

    Returns:
        The service, with what became of its update.

    Raises:
        InvalidInput: that cannot be waited.
        EngineError: it will not get there; the message has the tasks' own reasons.
        Timeout: it did not get there in time, for reasons that the message has as well.
        NoLeader: the managers lost their leader meanwhile, and do not choose another.
    """
    check_seconds(timeout)
    start, interval = clock(), _FIRST
    whole_since: float | None = None
    while True:
        found, tasks = until_led(lambda: _look(engine, service))
        waited = clock() - start
        problem = _problem(found, tasks, updated=updated, waited=waited)
        name = found["Spec"]["Name"]
        if problem:
            raise EngineError(f"Service {name}: {problem}.{_told(engine, found)}")
        missing = missing_tasks(found, tasks)
        if missing:
            whole_since = None
        else:
            whole_since = waited if whole_since is None else whole_since
            is_steady = not (updated and _is_unwatched(found, tasks))
            if is_steady or waited - whole_since >= steady or waited >= timeout:
                return found
        if waited >= timeout:
            raise Timeout(
                f"Service {name} did not converge in {timeout:g} s: {missing}."
                f"{_told(engine, found)}"
            )
        sleep(min(interval, max(timeout - waited, 0.01)))
        interval = min(interval * 1.5, _LONGEST)


def wait_all_converged(
    engine: Engine,
    services: Mapping[str, bool],
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> list[Mapping[str, Any]]:
    """Wait for several services, whose moments pass at the same time.

    Args:
        engine: a manager of the swarm.
        services: id -> whether it has just been made or updated.
        timeout: seconds for each.
        clock: tells seconds.
        sleep: waits for some.

    Returns:
        The services, in their order.

    Raises:
        EngineError: as for `wait_converged`, of the first that does not get there.
    """
    whole_at: dict[str, float] = {}
    for service, updated in services.items():
        wait_converged(
            engine, service, timeout=timeout, updated=updated, steady=0, clock=clock, sleep=sleep
        )
        whole_at[service] = clock()
    return [
        wait_converged(
            engine,
            service,
            timeout=timeout,
            updated=updated,
            steady=max(_STEADY - (clock() - whole_at[service]), 0),
            clock=clock,
            sleep=sleep,
        )
        for service, updated in services.items()
    ]


def _is_unwatched(service: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these are the first tasks of a service; a job's have completed."""
    is_job = next(iter(service["Spec"]["Mode"])).endswith("Job")
    return bool(tasks) and not is_job and not service.get("UpdateStatus")


def missing_tasks(service: Mapping[str, Any], tasks: Sequence[Mapping[str, Any]]) -> str:
    """Say what a service lacks, from its tasks of the present specification; empty: nothing."""
    if (service.get("UpdateStatus") or {}).get("State") in ("updating", "rollback_started"):
        return "its update is not completed"
    mode, detail = next(iter(service["Spec"]["Mode"].items()))
    is_job = mode.endswith("Job")
    reached, word = ("complete", "have completed") if is_job else ("running", "run")
    wanted = [task for task in tasks if is_job or task["DesiredState"] == "running"]
    there = [task for task in wanted if task["Status"]["State"] == reached]
    if mode == "Replicated":
        count = detail.get("Replicas") or 0
    elif mode == "ReplicatedJob":
        count = detail.get("TotalCompletions") or 0
    else:
        nodes = {task.get("NodeID") for task in wanted}
        return (
            ""
            if there and {task.get("NodeID") for task in there} == nodes
            else (f"{len(there)} of {len(nodes)} tasks {word}")
        )
    return "" if len(there) >= count else f"{len(there)} of {count} tasks {word}"


def _look(engine: Engine, name: str) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Look at a service, and at its tasks that have its present specification."""
    service = engine.services.inspect(name)
    mode = next(iter(service["Spec"]["Mode"]))
    filters: dict[str, str] = {"service": str(service["ID"])}
    if not mode.endswith("Job"):
        # The docker command asks for them so, as tasks do not tell it.
        filters["_up-to-date"] = "true"
    listed: Sequence[Mapping[str, Any]] = engine.tasks.list(filters=filters)
    iteration = _iteration(service.get("JobStatus"))
    # Without a number it is the first one.
    return service, [task for task in listed if not iteration or iteration == _iteration(task)]


def _iteration(holder: Any) -> int:
    return int(((holder or {}).get("JobIteration") or {}).get("Index") or 0)


def _problem(
    service: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    *,
    updated: bool,
    waited: float,
) -> str:
    """Say why a service will not get there; empty: it may."""
    status = service.get("UpdateStatus") or {}
    state = str(status.get("State", ""))
    ended = state in ("paused", "rollback_paused", "rollback_completed")
    if ended and (updated or state.endswith("paused")):
        done = "was rolled back" if state.startswith("rollback") else "is paused"
        return f"its update {done}: {status.get('Message', state)}"
    unplaced = no_node_for(tasks, waited)
    if unplaced:
        return unplaced
    if not tasks and waited > _GRACE and "Global" in next(iter(service["Spec"]["Mode"])):
        return "no node meets its constraints"
    failed = [task for task in tasks if task["Status"]["State"] in _FAILED]
    policy = service["Spec"]["TaskTemplate"].get("RestartPolicy") or {}
    last = policy.get("Condition") == "none"
    # Until the swarm has done with the update what it is to do then.
    decides = state == "rollback_started" or (state == "updating" and _gives_up(service))
    if (len(failed) >= _FAILURES or (failed and last)) and not decides:
        return f"{len(failed)} of its tasks failed"
    return ""


def no_node_for(tasks: Sequence[Mapping[str, Any]], waited: float) -> str:
    """Say why no node takes one of some tasks, and none will; empty: they may be taken yet.

    Args:
        tasks: as the manager tells them.
        waited: seconds since they were first looked at; some reasons may be over soon.
    """
    for task in tasks:
        error = str(task["Status"].get("Err", ""))
        is_wanted = task["DesiredState"] not in ("shutdown", "remove")
        is_pending = task["Status"]["State"] == "pending" and is_wanted
        hopeless = (_HOPELESS.search(error) and _AWAY not in error) or waited > _GRACE
        if is_pending and _NO_NODE in error and hopeless:
            return error
    return ""


def _gives_up(service: Mapping[str, Any]) -> bool:
    """Whether the swarm ends an update by itself when its tasks fail, as it usually does."""
    return (service["Spec"].get("UpdateConfig") or {}).get("FailureAction") != "continue"


def reasons_of(
    service: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    nodes: Mapping[str, str],
) -> list[str]:
    """Tell what the tasks say hinders them, each reason once, the newest first."""
    reasons = []
    seen = set()
    newest = sorted(tasks, key=lambda task: str(task["Status"].get("Timestamp")), reverse=True)
    for task in newest:
        status = task["Status"]
        error = str(status.get("Err", ""))
        if not error or error in seen:
            continue
        seen.add(error)
        node = str(task.get("NodeID", ""))
        where = f" on {nodes.get(node, node)}" if node else ""
        slot = task.get("Slot") or node
        reasons.append(f"{service['Spec']['Name']}.{slot}{where} is {status['State']}: {error}")
    return reasons


def lost_nodes(tasks: Sequence[Mapping[str, Any]], nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tell which nodes that have some of the tasks are not heard of."""
    used = {task.get("NodeID") for task in tasks}
    lost = []
    for node in nodes:
        status = node.get("Status") or {}
        if node["ID"] in used and status.get("State") != "ready":
            name = node.get("Description", {}).get("Hostname") or node["ID"]
            said = f": {status['Message']}" if status.get("Message") else ""
            lost.append(f"node {name}, which has tasks of it, is {status.get('State')}{said}")
    return lost


def _told(engine: Engine, service: Mapping[str, Any]) -> str:
    tasks = engine.tasks.list(filters={"service": str(service["ID"])})
    nodes: Sequence[Mapping[str, Any]] = engine.nodes.list()
    names = {
        str(node["ID"]): str(node.get("Description", {}).get("Hostname", "")) for node in nodes
    }
    # A node that is gone says no more of its tasks.
    reasons = [*lost_nodes(tasks, nodes), *reasons_of(service, tasks, names)]
    return "".join(f"\n{reason}" for reason in reasons)
