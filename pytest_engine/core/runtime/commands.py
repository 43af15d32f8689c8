"""The end of a command that nobody listens to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..errors import Timeout

if TYPE_CHECKING:
    from ..api.exec import Exec

__all__ = ["wait_for_command"]

# In seconds. Engines have no call that waits for a command without its output, so it is asked
# again and again, in pauses that double from a millisecond up to this.
_LONGEST_PAUSE = 0.25


def wait_for_command(exec: Exec, exec_id: str, timeout: float | None) -> int:
    """Wait until a command has ended, and return its exit code.

    Args:
        exec: the engine's commands.
        exec_id: the command, which was started.
        timeout: seconds to wait at most; None: for ever.

    Raises:
        Timeout: it did not end in time.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    pause = 0.001
    while True:
        state = exec.inspect(exec_id)
        exit_code = state.get("ExitCode")
        if not state.get("Running") and exit_code is not None:
            return exit_code
        if deadline is not None and time.monotonic() > deadline:
            raise Timeout(f"The command did not end within {timeout:g} s; it goes on.")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
