"""What the tasks of a swarm log, read through a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from ..errors import InvalidInput
from ..moment import Moment, encode_moment
from .output import OutputStream, is_raw

if TYPE_CHECKING:
    from .call import Caller

__all__ = ["read_logs"]

# From this version on the type of the answer tells whether it has frames.
_TELLING_TYPES = (1, 42)


def read_logs(
    caller: Caller,
    operation: str,
    name: str,
    *,
    has_terminal: Callable[[], bool],
    follow: bool,
    stdout: bool,
    stderr: bool,
    since: Moment | None,
    tail: int | None,
    timestamps: bool,
    details: bool,
    tty: bool | None,
) -> OutputStream:
    """Open the log of a service or of a task; see `Services.logs` for the arguments.

    Args:
        caller: who calls.
        operation: `ServiceLogs` or `TaskLogs`.
        name: of what the log is.
        has_terminal: how to find out whether its containers have terminals.
    """
    if not (stdout or stderr):
        raise InvalidInput("logs: choose stdout, stderr or both.")
    if not _is_count(tail):
        raise InvalidInput(f"tail: {tail!r:.80} is no number of lines.")
    if tty is None and caller.version < _TELLING_TYPES:
        tty = has_terminal()
    stream = caller.stream(
        operation,
        name,
        query={
            "follow": follow,
            "stdout": stdout,
            "stderr": stderr,
            "since": None if since is None else encode_moment(since),
            "tail": tail,
            "timestamps": timestamps or None,
            "details": details or None,
        },
    )
    return OutputStream(stream, tty=is_raw(stream) if tty is None else tty)


def _is_count(tail: object) -> bool:
    # Not everybody checks types.
    return tail is None or (isinstance(tail, int) and tail >= 0)
