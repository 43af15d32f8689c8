"""Playbooks whose hosts are the nodes of a cluster, each with its engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_engine.core.cluster import Cluster

    from .conftest import Playbooks, Run

__all__ = ["NodePlaybooks", "task"]

# Every host's own connection, from the variables that the cluster's inventory gives it.
_CONNECTION = {
    name: f"{{{{ {name} }}}}"
    for name in ("docker_host", "validate_certs", "ca_path", "client_cert", "client_key")
}


def task(
    name: str, module: str, options: Mapping[str, Any] | None = None, **keywords: Any
) -> dict[str, Any]:
    """Write a task that uses one of our modules; the keywords are Ansible's own."""
    return {"name": name, f"pytest_engine.engine.{module}": dict(options or {}), **keywords}


class NodePlaybooks:
    """Runs plays on the nodes of a cluster, as its inventory has them when they begin."""

    def __init__(self, playbooks: Playbooks, cluster: Cluster) -> None:
        self._playbooks = playbooks
        self._cluster = cluster

    def write_inventory(self) -> Path:
        """Write the inventory of the nodes that run; JSON is YAML."""
        path = self._playbooks.folder / "cluster.json"
        path.write_text(json.dumps(self._cluster.inventory()), encoding="utf-8")
        return path

    def run(self, plays: Mapping[str, list[dict[str, Any]]], *arguments: str) -> Run:
        """Run plays one after the other.

        Args:
            plays: pattern of hosts -> tasks. The groups are `managers` and `workers`.
            arguments: further ones of ansible-playbook.
        """
        written = [
            {
                "hosts": hosts,
                "gather_facts": False,
                "module_defaults": {"group/pytest_engine.engine.engine": _CONNECTION},
                "tasks": tasks,
            }
            for hosts, tasks in plays.items()
        ]
        playbook = self._playbooks.folder / "cluster.yml"
        playbook.write_text(json.dumps(written), encoding="utf-8")
        return self._playbooks.run(playbook, "-i", str(self.write_inventory()), *arguments)
