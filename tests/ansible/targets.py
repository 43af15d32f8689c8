"""The collection's integration targets, many at a time: each is the role of a host of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conftest import Run

__all__ = ["FORKS", "IN_A_SWARM", "MODULES", "TARGETS", "ran", "steps", "write_play"]

_COLLECTION = Path(__file__).parents[2] / "ansible_collection"
TARGETS = _COLLECTION / "tests" / "integration" / "targets"
MODULES = sorted(path.stem for path in (_COLLECTION / "plugins" / "modules").glob("*.py"))
# Modules that need an engine that manages a swarm; `swarm` itself makes one.
IN_A_SWARM = {
    *("config", "config_info", "node", "node_info", "secret", "secret_info", "service", "stack"),
    *("stack_info", "stack_task_info", "swarm_info", "swarm_service", "swarm_service_info"),
}
# Most of a task is Python that starts.
FORKS = 4


def steps(target: str) -> list[dict[str, Any]]:
    """The tasks of a target that use the module that it is named after."""
    tasks = yaml.safe_load((TARGETS / target / "tasks" / "main.yml").read_text("utf-8"))
    return [task for task in tasks if f"pytest_engine.engine.{target}" in task and "loop" in task]


def ran(run: Run, host: str) -> tuple[set[str], dict[str, Any]]:
    """Say which tasks a host came to, and what those said that failed."""
    told = [line for line in run.told if line["host"] == host]
    failed = {line["task"]: line["result"] for line in told if line["result"]["failed"]}
    return {line["task"].rpartition(" : ")[2] for line in told}, failed


def write_play(folder: Path, hosts: Mapping[str, Mapping[str, Any]], engine: str) -> list[str]:
    """Write a playbook and its inventory.

    Args:
        folder: for both.
        hosts: name -> its variables; `role_of_host` is one of them.
        engine: the engine that the modules are pointed at.

    Returns:
        The arguments of ansible-playbook.
    """
    play = {
        "hosts": "targets",
        "gather_facts": False,
        # A host does not wait for the others.
        "strategy": "free",
        "module_defaults": {"group/pytest_engine.engine.engine": {"docker_host": engine}},
        "tasks": [
            {"name": "Target", "ansible.builtin.include_role": {"name": "{{ role_of_host }}"}}
        ],
    }
    inventory = {"targets": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    # JSON is YAML.
    (folder / "targets.yml").write_text(json.dumps([play]), encoding="utf-8")
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    return [
        str(folder / "targets.yml"),
        *("-i", str(folder / "inventory.json"), "--forks", str(FORKS), "--diff"),
    ]
