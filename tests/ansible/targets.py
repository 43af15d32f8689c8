"""The collection's integration targets, many at a time: each is the role of a host of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORKS", "TARGETS", "write_play"]

TARGETS = Path(__file__).parents[2] / "ansible_collection" / "tests" / "integration" / "targets"
# Most of a task is Python that starts.
FORKS = 4


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
