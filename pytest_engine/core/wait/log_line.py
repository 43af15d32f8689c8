"""Wait for lines in a container's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from .condition import Leaf, Watcher
from .text import Text, is_wanted, require_text, shown

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["LogLine", "log"]


@dataclass(frozen=True)
class LogLine(Leaf):
    """So many lines with a text have been logged since the container started."""

    text: Text
    times: int
    stream: str | None

    def __str__(self) -> str:
        """Write it as it was asked for."""
        times = f", times={self.times}" if self.times != 1 else ""
        stream = f", stream={self.stream!r}" if self.stream else ""
        return f"log({shown(self.text)}{times}{stream})"

    def watcher(self, facts: Facts) -> Watcher:
        """Count lines from none."""
        host = facts.inspected.get("HostConfig") or {}
        driver = (host.get("LogConfig") or {}).get("Type")
        watcher = _LogWatcher(self)
        if driver == "none":
            watcher.give_up("the container's logging driver is `none`, which keeps no log")
        return watcher


class _LogWatcher(Watcher):
    reads_log = True

    def __init__(self, condition: LogLine) -> None:
        super().__init__("no line has it")
        self._condition = condition
        self._seen = 0

    def on_line(self, stream: str, line: str) -> None:
        wanted = self._condition
        if wanted.stream is not None and stream != wanted.stream:
            return
        if is_wanted(line, wanted.text):
            self._seen += 1
            self.detail = f"{self._seen} of {wanted.times} lines have it"
            if self._seen >= wanted.times:
                self.hold()

    def on_restart(self) -> None:
        super().on_restart()
        self._seen = 0
        self.detail = "no line has it"

    def on_exit(self, exit_code: int) -> None:
        del exit_code
        self.give_up(f"{self.detail}, and the container has ended")


def log(text: Text, *, times: int = 1, stream: str | None = None) -> LogLine:
    r"""Wait until the container has logged a text, since this start of it.

    The log is followed, not read again and again. Lines are looked at one by one, so a
    pattern cannot span several.

    Args:
        text: what a line has to contain; or a compiled regular expression that is
            searched for in every line: `log(re.compile(r"listening on \d+"))`; or a function
            that says of a line whether it is the one.
        times: how many lines have to have it. Postgres says that it is ready twice, and
            is so after the second time.
        stream: `stdout` or `stderr`; None: either.
    """
    if not text:
        raise InvalidInput("wait.log needs a text; the empty one is in every line.")
    require_text(text, "wait.log: text")
    if times < 1:
        raise InvalidInput(f"wait.log: times is at least 1, not {times}.")
    if stream not in (None, "stdout", "stderr"):
        raise InvalidInput(f"wait.log: stream is 'stdout' or 'stderr', not {stream!r}.")
    return LogLine(text, times, stream)
