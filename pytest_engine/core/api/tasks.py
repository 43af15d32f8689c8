"""The tasks of a swarm: `/tasks/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters
from .swarm_logs import read_logs

if TYPE_CHECKING:
    from ..moment import Moment
    from ..types.engine import Task
    from .call import Caller
    from .output import OutputStream

__all__ = ["Tasks"]


class Tasks:
    """The containers that a swarm runs, or is about to, for its services.

    `task` arguments are ids. Only managers know them: every method raises `NotSwarmManager`
    elsewhere.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[Task]:
        """List tasks, also those that have ended (`GET /tasks`).

        Args:
            filters: `{"service": ..., "node": ..., "desired-state": "running", ...}`.
        """
        tasks: list[Task] = self._caller.json(
            "TaskList", query={"filters": encode_filters(filters)}
        )
        return tasks

    def inspect(self, task: str) -> Task:
        """Tell all about a task (`GET /tasks/{id}`).

        Raises:
            NotFound: there is none of that id.
        """
        inspected: Task = self._caller.json("TaskInspect", task)
        return inspected

    def logs(
        self,
        task: str,
        *,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        details: bool = False,
        tty: bool | None = None,
    ) -> OutputStream:
        """Read what a task logged (`GET /tasks/{id}/logs`); see `Services.logs`."""
        return read_logs(
            self._caller,
            "TaskLogs",
            task,
            has_terminal=lambda: _has_terminal(self.inspect(task)),
            follow=follow,
            stdout=stdout,
            stderr=stderr,
            since=since,
            tail=tail,
            timestamps=timestamps,
            details=details,
            tty=tty,
        )


def _has_terminal(task: Task) -> bool:
    return bool(task.get("Spec", {}).get("ContainerSpec", {}).get("TTY"))
