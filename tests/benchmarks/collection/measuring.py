"""Measures a case in rounds, in each of which both collections have their turn."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.request_log import request_log

from .cases import ENTRIES, HOSTS, INVENTORIES, LEAST, OURS, OWN, PLUGINS, THEIRS, many
from .playing import Cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cases import Case
    from .playing import Stage

__all__ = [
    "Listed",
    "Measured",
    "is_negotiation",
    "measure",
    "measure_inventories",
    "measure_many",
]

LOOP = 20
# What clients ask first, to agree on a version.
_NEGOTIATION = ("/_ping", "/version")


def is_negotiation(request: str) -> bool:
    """Whether a request, as a proxy wrote it down, only agrees on a version."""
    return request.endswith(_NEGOTIATION)


@dataclass(frozen=True)
class Measured:
    """What was measured of one case.

    Attributes:
        values: collection, `OWN` or `LEAST` -> measure -> value, in the unit of the measure's
            target.
        ratios: measure -> ours by theirs. Where there are rounds, the median of theirs.
        own_ratios: likewise, of ours with a process for each task.
    """

    case: Case
    values: dict[str, dict[str, float]]
    ratios: dict[str, float]
    own_ratios: dict[str, float]


@dataclass(frozen=True)
class Listed:
    """What was measured of an inventory.

    Attributes:
        asked: what was asked for.
        seconds: collection -> the median of what it took, less what a single host by its name does.
        ratio: ours by theirs, the median of the rounds.
    """

    asked: str
    seconds: dict[str, float]
    ratio: float


def measure(case: Case, stage: Stage, rounds: int, say: Callable[[str], None]) -> Measured:
    """Measure a case."""
    options = {**case.options, "docker_host": stage.host}
    tasks = {whose: {module: options} for whose, module in case.modules.items()}
    stage.play(tasks[OURS])
    tasks[LEAST] = {LEAST: {}}
    try:
        values = {whose: _count(task, stage) for whose, task in tasks.items()}
        values[OWN] = {}
        tasks[OWN] = tasks[OURS]
        costs: dict[str, list[Cost]] = {whose: [] for whose in tasks}
        for number in range(rounds):
            for whose in (*_in_turn(number), OWN, LEAST):
                costs[whose].append(_marginal(stage, tasks[whose], in_place=whose != OWN))
            say(f"{case.name}, round {number + 1} of {rounds}: {_said(costs)}")
    finally:
        if case.undo is not None:
            stage.play({case.modules[OURS]: {**options, **case.undo}})
    for whose, seen in costs.items():
        values[whose]["time"] = statistics.median(cost.seconds for cost in seen) * 1000
        values[whose]["cpu"] = statistics.median(cost.cpu for cost in seen) * 1000
    ratios = {name: values[OURS][name] / values[THEIRS][name] for name in ("payload", "imported")}
    ratios |= _ratios(costs[OURS], costs[THEIRS])
    return Measured(case, values, ratios, _ratios(costs[OWN], costs[THEIRS]))


def measure_many(stage: Stage, rounds: int, say: Callable[[str], None]) -> tuple[float, float]:
    """Measure `containers` against a loop of `container` over the same entries.

    Each task has a process of its own, as it has on every machine but the controller.

    Returns:
        Seconds of the one and of the other, each with all that `ansible-playbook` does.
    """
    connection = {"docker_host": stage.host}
    entries = many()
    at_once = {f"{OURS}.containers": {**connection, "containers": entries}}
    one = {"docker_host": stage.host}
    one |= {key: f"{{{{ item.{key} }}}}" for key in entries[0]}
    looped = {f"{OURS}.container": one, "loop": entries}
    stage.play(at_once)
    try:
        taken: dict[str, list[float]] = {"at once": [], "looped": []}
        for number in range(rounds):
            taken["at once"].append(stage.play(at_once, in_place=False).seconds)
            taken["looped"].append(stage.play(looped, in_place=False).seconds)
            said = ", ".join(f"{name} {times[-1]:.1f} s" for name, times in taken.items())
            say(f"{ENTRIES} containers, round {number + 1} of {rounds}: {said}")
    finally:
        absent = [{"name": entry["name"], "state": "absent"} for entry in entries]
        stage.play({f"{OURS}.containers": {**connection, "containers": absent}})
    return statistics.median(taken["at once"]), statistics.median(taken["looped"])


def measure_inventories(stage: Stage, rounds: int, say: Callable[[str], None]) -> list[Listed]:
    """Measure the inventories of many containers."""
    connection = {"docker_host": stage.host}
    entries = many(HOSTS)
    stage.play({f"{OURS}.containers": {**connection, "containers": entries}})
    try:
        return [_measure_inventory(asked, stage, rounds, say) for asked in INVENTORIES]
    finally:
        absent = [{"name": entry["name"], "state": "absent"} for entry in entries]
        stage.play({f"{OURS}.containers": {**connection, "containers": absent}})


def _measure_inventory(asked: str, stage: Stage, rounds: int, say: Callable[[str], None]) -> Listed:
    options = {"docker_host": stage.host, **INVENTORIES[asked]}
    taken: dict[str, list[float]] = {whose: [] for whose in PLUGINS}
    for number in range(rounds):
        base = stage.list_hosts(None).seconds
        for whose in _in_turn(number):
            listed = stage.list_hosts({"plugin": PLUGINS[whose], **options}, HOSTS)
            taken[whose].append(listed.seconds - base)
        said = ", ".join(f"{whose} {seen[-1] * 1000:.0f} ms" for whose, seen in taken.items())
        say(f"inventory, {asked}, round {number + 1} of {rounds}: {said}")
    seconds = {whose: statistics.median(seen) for whose, seen in taken.items()}
    ratios = [ours / theirs for ours, theirs in zip(taken[OURS], taken[THEIRS])]
    return Listed(asked, seconds, statistics.median(ratios))


def _count(task: dict[str, dict[str, Any]], stage: Stage) -> dict[str, float]:
    ((module, options),) = task.items()
    payload = stage.pack(module, options)
    with request_log(stage.host) as log:
        logged = {"docker_host": log.host} if "docker_host" in options else {}
        stage.play({module: {**options, **logged}})
        requests = log.take()
    return {
        "payload": payload.stat().st_size / 1000,
        "imported": stage.count_imports(payload),
        "requests": len([line for line in requests if not is_negotiation(line)]),
    }


def _ratios(ours: list[Cost], theirs: list[Cost]) -> dict[str, float]:
    return {
        "time": statistics.median(a.seconds / b.seconds for a, b in zip(ours, theirs)),
        "cpu": statistics.median(a.cpu / b.cpu for a, b in zip(ours, theirs)),
    }


def _marginal(stage: Stage, task: dict[str, Any], *, in_place: bool) -> Cost:
    one = stage.play(task, in_place=in_place)
    loop = stage.play(task, LOOP, in_place=in_place)
    return Cost((loop.seconds - one.seconds) / (LOOP - 1), (loop.cpu - one.cpu) / (LOOP - 1))


def _in_turn(number: int) -> tuple[str, str]:
    return (OURS, THEIRS) if number % 2 == 0 else (THEIRS, OURS)


def _said(costs: dict[str, list[Cost]]) -> str:
    return ", ".join(f"{whose} {seen[-1].seconds * 1000:.0f} ms" for whose, seen in costs.items())
