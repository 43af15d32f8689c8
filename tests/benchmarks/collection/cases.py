"""The tasks that are measured, and their targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "CASES",
    "ENTRIES",
    "HOSTS",
    "IMAGE",
    "INVENTORIES",
    "LEAST",
    "OURS",
    "OWN",
    "PLUGINS",
    "TARGETS",
    "THEIRS",
    "Case",
    "Target",
    "many",
]

OURS, THEIRS = "pytest_engine.engine", "community.docker"
# Ours as on another machine, where a task has a process of its own.
OWN = "own process"
# A module that does nothing, beside them: below it no module gets that stands on `requests`.
LEAST = "least"
IMAGE = "busybox:latest"
# How many containers `containers` and the loop beside it have.
ENTRIES = 50
# How many containers the inventories have.
HOSTS = 200
# What an inventory is asked for -> its options.
INVENTORIES: dict[str, dict[str, Any]] = {
    "names and how to connect": {},
    "all that the engine knows": {"verbose_output": True},
}
PLUGINS = {OURS: f"{OURS}.containers", THEIRS: f"{THEIRS}.docker_containers"}
_NAME = "pytest-engine-bench"


@dataclass(frozen=True)
class Case:
    """A task that has nothing to do once it has run.

    Attributes:
        name: our module; theirs is the same with `docker_` in front.
        options: what both modules are given.
        requests: how many requests to the engine it may take besides version negotiation.
        undo: what is given besides to remove what it made; None where it stays.
    """

    name: str
    options: dict[str, Any]
    requests: int = 2
    undo: dict[str, Any] | None = field(default_factory=lambda: {"state": "absent"})

    @property
    def modules(self) -> dict[str, str]:
        """Collection -> the full name of its module."""
        return {OURS: f"{OURS}.{self.name}", THEIRS: f"{THEIRS}.docker_{self.name}"}


@dataclass(frozen=True)
class Target:
    """What is measured of a case, and what it is to reach beside theirs.

    Attributes:
        limit: the highest ratio to theirs; None where only the amount counts.
    """

    title: str
    unit: str
    limit: float | None


def _container(number: int) -> dict[str, Any]:
    # Not started: what is measured is looking, and fifty processes would be in the way of it.
    wanted = {"name": f"{_NAME}-{number}", "image": IMAGE, "command": ["sleep", "600"]}
    return {**wanted, "env": {"STAGE": "bench"}, "labels": {"bench": "yes"}, "state": "present"}


def many(number: int = ENTRIES) -> list[dict[str, Any]]:
    """Give the options of many containers, as many as `containers` is measured with."""
    return [_container(one) for one in range(number)]


CASES = (
    Case("container", _container(0), requests=3),
    Case("image_pull", {"name": IMAGE, "pull": "not_present"}, undo=None),
    Case("network", {"name": _NAME, "labels": {"bench": "yes"}}),
    Case("volume", {"name": _NAME, "labels": {"bench": "yes"}}),
)
# Measure -> what it is to reach.
TARGETS = {
    "time": Target("time for a task", "ms", 0.7),
    "cpu": Target("CPU for a task", "ms", None),
    "payload": Target("payload", "kB", 0.7),
    "imported": Target("Python modules imported", "", None),
    "requests": Target("requests besides version negotiation", "", None),
}
