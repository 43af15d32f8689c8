"""The log of a service: every line with the container that wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.tasks import Tasks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["LogRecord", "read_log"]

_TASK = "com.docker.swarm.task.id"
_NODE = "com.docker.swarm.node.id"


@dataclass(frozen=True)
class LogRecord:
    """A line that a container of a service logged.

    Attributes:
        source: the container: the service's name and the container's number, `web-1`; the
            node's name instead of the number where every node has one.
        log: the line, without its end.
        stream: `stdout` or `stderr`.
        timestamp: when, RFC 3339.
    """

    source: str
    log: str
    stream: str
    timestamp: str


def read_log(
    engine: Engine, service: str, name: str, *, tail: int | None, follow: bool
) -> Iterator[LogRecord]:
    """Read what the containers of a service log, from all nodes.

    Args:
        engine: a manager.
        service: the service's id.
        name: its name.
        tail: so many last lines of each container; None: all.
        follow: go on with what they log from now on.
    """
    sources: dict[str, str] = {}
    with engine.services.logs(
        service, tail=tail, follow=follow, timestamps=True, details=True
    ) as stream:
        for origin, raw in stream.lines():
            timestamp, _space, rest = raw.decode("utf-8", "replace").partition(" ")
            details, _space, line = rest.partition(" ")
            known = dict(one.partition("=")[::2] for one in details.split(","))
            task = known.get(_TASK, "")
            if task not in sources:
                sources[task] = f"{name}-{_place(engine, task, known.get(_NODE, ''))}"
            yield LogRecord(sources[task], line.rstrip("\r"), origin, timestamp)


def _place(engine: Engine, task: str, node: str) -> str:
    try:
        slot = engine.tasks.inspect(task).get("Slot")
        if slot:
            return str(slot)
        return engine.nodes.inspect(node)["Description"]["Hostname"]
    except NotFound:
        # It has gone since.
        return task or "unknown"
