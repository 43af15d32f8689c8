"""Fills the swarm with more and more services, and measures what is done with them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.benchmarks.collection.cases import OURS, Case
from tests.benchmarks.collection.measuring import is_negotiation
from tests.request_log import request_log

from .nodes import IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.benchmarks.collection.playing import Stage

__all__ = ["ONE", "TASKS_EACH", "Use", "measure_uses"]

TASKS_EACH = 5
_NAME = "pytest-engine-bench"
# How many services begin to run at the same time: more of them would only take turns.
_AT_ONCE = 10

# What is measured beside community.docker. None of its tasks has to run for that.
ONE = Case(
    "swarm_service",
    {
        "name": _NAME,
        "image": IMAGE,
        "command": ["sleep", "600"],
        "replicas": 0,
        "labels": {"bench": "yes"},
    },
)


@dataclass(frozen=True)
class Use:
    """What something took with so many services.

    Attributes:
        title: what it is.
        requests: number of services -> requests besides version negotiation.
        seconds: number of services -> the median of what it took, less what a task without any
            work takes.
    """

    title: str
    requests: Mapping[int, int]
    seconds: Mapping[int, float]

    @property
    def growth(self) -> float:
        """How much faster than the services its time has grown; up to 1 it is linear."""
        fewest, most = min(self.seconds), max(self.seconds)
        return (self.seconds[most] / self.seconds[fewest]) / (most / fewest)


def _compose(services: int, running: int) -> dict[str, Any]:
    runs = {
        "image": IMAGE,
        "command": ["sh", "-c", "trap exit TERM; sleep 100000 & wait"],
        "deploy": {"replicas": TASKS_EACH},
        # So many tasks would need more addresses than a network has.
        "networks": ["host"],
    }
    # There are tasks, and managers tell of them, but no node ever takes one.
    nowhere = {"constraints": ["node.labels.nowhere == here"]}
    waits = {**runs, "deploy": {"replicas": TASKS_EACH, "placement": nowhere}}
    networks = {"host": {"external": True, "name": "host"}}
    return {
        "services": {f"s{n}": runs if n < running else waits for n in range(services)},
        "networks": networks,
    }


def measure_uses(
    stage: Stage,
    sizes: Sequence[int],
    rounds: int,
    say: Callable[[str], None],
    *,
    running: int,
) -> list[Use]:
    """Measure everything with each number of services, the fewest first.

    Args:
        stage: on a manager.
        sizes: numbers of services.
        rounds: how often each is timed.
        say: is told how far it is.
        running: of how many services the tasks are to run; those of the others wait for a node.
    """
    requests: dict[str, dict[int, int]] = {}
    seconds: dict[str, dict[int, float]] = {}
    for before, size in pairwise([0, *sorted(sizes)]):
        stack = _stack(size, running)
        _deploy(stage, before, size, running)
        for title, (run, nothing) in _uses(stage, stack).items():
            with request_log(stage.host) as log:
                run(log.host)
                lines = [line for line in log.take() if not is_negotiation(line)]
            requests.setdefault(title, {})[size] = len(lines)
            taken = [run(stage.host) - nothing() for _round in range(rounds)]
            # A clock that is disturbed may tell less than nothing.
            seconds.setdefault(title, {})[size] = max(statistics.median(taken), 0.001)
            say(
                f"{size} services, {size * TASKS_EACH} tasks, {title}: "
                f"{len(lines)} requests, {seconds[title][size] * 1000:.0f} ms"
            )
    gone = {"name": _NAME, "state": "absent", "absent_retries": 60}
    stage.play({f"{OURS}.stack": {"docker_host": stage.host, **gone}})
    return [Use(title, counts, seconds[title]) for title, counts in requests.items()]


def _deploy(stage: Stage, before: int, size: int, running: int) -> None:
    """Add services, of which those whose tasks run begin a few at a time."""
    most = min(size, running)
    parts = [*range(before + _AT_ONCE, most, _AT_ONCE), most] if most > before else []
    for part in parts:
        task = {"docker_host": stage.host, **_stack(part, running)}
        stage.play({f"{OURS}.stack": {**task, "detach": False, "wait_timeout": 600}})
    if size > most:
        stage.play({f"{OURS}.stack": {"docker_host": stage.host, **_stack(size, running)}})


def _stack(services: int, running: int) -> dict[str, Any]:
    compose = _compose(services, running)
    return {"name": _NAME, "compose": [compose], "resolve_image": "never"}


def _uses(
    stage: Stage, stack: Mapping[str, Any]
) -> dict[str, tuple[Callable[[str], float], Callable[[], float]]]:
    """Return what is measured.

    Returns:
        Title -> what runs it against an address and returns its seconds, and what does the same
        with nothing to do.
    """

    def module(name: str, options: Mapping[str, Any]) -> tuple[Any, Any]:
        full = f"{OURS}.{name}"
        return (
            lambda host: stage.play({full: {"docker_host": host, **options}}).seconds,
            lambda: stage.play({"ansible.builtin.ping": {}}).seconds,
        )

    def inventory(host: str) -> float:
        source = {"plugin": f"{OURS}.swarm", "docker_host": host}
        return stage.list_hosts(source, 3, name="bench.swarm.yml").seconds

    one = {"name": f"{_NAME}_s0", "tasks": True}
    every = {"services": True, "tasks": True}
    return {
        "`swarm_service_info` of one, with its tasks": module("swarm_service_info", one),
        "`swarm_info` of all services and tasks": module("swarm_info", every),
        "`stack` that is as wanted": module("stack", stack),
        "the inventory `swarm`": (inventory, lambda: stage.list_hosts(None).seconds),
    }
