"""A swarm of several engines, each in a container, for tests that need more than one node.

Read `cluster` first (start, faults, close), then `node` (one engine in its container) and
`boot` (what runs in that container).
"""

from __future__ import annotations

from .cluster import Cluster
from .node import ClusterNode

__all__ = ["Cluster", "ClusterNode"]
