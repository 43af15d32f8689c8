"""The swarm that is measured."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.cluster import ClusterNode
    from pytest_engine.core.types.engine import SwarmSpec

__all__ = ["IMAGE", "NODE_IMAGE", "socket_of", "swarm"]

IMAGE = "busybox:latest"
NODE_IMAGE = "engine:26.1"


@contextlib.contextmanager
def swarm(host: str) -> Iterator[Cluster]:
    """Run three nodes on an engine of this machine for a block."""
    with (
        Engine(host, environ={}) as engine,
        Cluster.start(engine, image=NODE_IMAGE, images=[IMAGE]) as cluster,
    ):
        _be_patient(cluster.managers[0].engine)
        yield cluster


def _be_patient(manager: Engine) -> None:
    """Take no node for dead that is too busy with starting hundreds of tasks to say it lives."""
    there = manager.swarm.inspect()
    spec: SwarmSpec = {**there["Spec"], "Dispatcher": {"HeartbeatPeriod": 120 * 10**9}}
    manager.swarm.update(spec, version=there["Version"]["Index"])


def socket_of(node: ClusterNode) -> str:
    """Return the address of a node's engine by its own socket, which root reaches from outside.

    There it needs no certificates, and a proxy can be put in front of it.
    """
    state = node.container.inspect()["State"]
    return f"unix:///proc/{state['Pid']}/root/run/docker.sock"
