"""The nodes of a swarm: `/nodes/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters
from .swarm_objects import check_version

if TYPE_CHECKING:
    from ..types.engine import Node, NodeSpec
    from .call import Caller

__all__ = ["Nodes"]


class Nodes:
    """The engines that make up a swarm. `node` arguments are host names or ids.

    Only managers know them: every method raises `NotSwarmManager` elsewhere.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[Node]:
        """List nodes (`GET /nodes`).

        Args:
            filters: `{"role": "manager", "membership": ..., "node.label": [...], ...}`.
        """
        nodes: list[Node] = self._caller.json(
            "NodeList", query={"filters": encode_filters(filters)}
        )
        return nodes

    def inspect(self, node: str) -> Node:
        """Tell all about a node (`GET /nodes/{id}`).

        Raises:
            NotFound: there is none of that name or id.
        """
        inspected: Node = self._caller.json("NodeInspect", node)
        return inspected

    def remove(self, node: str, *, force: bool = False) -> None:
        """Take a node off the list (`DELETE /nodes/{id}`).

        Args:
            node: host name or id.
            force: although it is not down. It does not learn of it: let its engine `leave`.

        Raises:
            Conflict: it is not down, or a manager, which has to be made a worker first.
        """
        self._caller.call("NodeDelete", node, query={"force": force or None})

    def update(self, node: str, spec: NodeSpec, *, version: int) -> None:
        """Change a node's role, availability and labels (`POST /nodes/{id}/update`).

        Args:
            node: host name or id.
            spec: the whole of it, with `Role` and `Availability`.
            version: the `Version.Index` with which it was inspected.

        Raises:
            OutOfSequence: it has been updated since; inspect it again and retry.
            Conflict: the swarm's last manager would become a worker.
        """
        self._caller.call(
            "NodeUpdate", node, query={"version": check_version(version)}, json_body=spec
        )
