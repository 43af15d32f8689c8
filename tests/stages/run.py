"""Run stages in lanes beside each other, and tell what ran.

In a lane one stage follows the other, whatever came of those before. The first lane is shown as it
runs; what a stage of another lane prints is shown when the stage has ended.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from .counts import Counts, read_junit

__all__ = [
    "ROOT",
    "Ended",
    "Stage",
    "clear",
    "lab_down_at_the_end",
    "report",
    "run_again",
    "run_lanes",
]

ROOT = Path(__file__).resolve().parents[2]
# Seconds that an interrupted command gets to clean up: pytest then stops the engines that it runs.
_PATIENCE = 120.0
# What a shell answers for a command that is not there.
_NOT_FOUND = 127
_INTERRUPTED = 130
# What pytest answers when tests failed, and nothing worse.
_TESTS_FAILED = 1


@dataclass(frozen=True)
class Stage:
    """Something to run as a whole.

    Attributes:
        name: one word for the report, and the name of its JUnit report, if it leaves one.
        title: what it is.
        commands: run in the root of the repository, the next one if the one before succeeded.
        environment: further variables.
        starts_lab: whether the lab is up when it has ended.
        again: runs those of its tests that failed, and no others; empty: it has no such way.
    """

    name: str
    title: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    starts_lab: bool = False
    again: Sequence[str] = ()


@dataclass(frozen=True)
class Ended:
    """How a stage ended.

    Attributes:
        name: the stage's.
        exit_code: that of its last command.
        seconds: how long it took.
        counts: its tests; None: it is not made of tests.
        unsteady: how many of them passed only by themselves.
    """

    name: str
    exit_code: int
    seconds: float
    counts: Counts | None
    unsteady: int = 0

    @property
    def total(self) -> Counts:
        """Its tests; what failed without saying which test counts as one."""
        counts = self.counts or Counts()
        # Lint, types, no tests found, an error before the first test.
        return counts._replace(failed=1) if self.exit_code and not counts.failed else counts


def clear(reports: Path) -> None:
    """Forget the run before."""
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)


def run_lanes(lanes: Sequence[Sequence[Stage]], reports: Path) -> list[Ended]:
    """Run lanes beside each other, the first one in this thread.

    Raises:
        KeyboardInterrupt: it was interrupted; all commands have ended then.
        SystemExit: likewise, by another signal.
    """
    commands = _Commands()
    with ThreadPoolExecutor(max(len(lanes) - 1, 1)) as threads:
        others = [threads.submit(_lane, lane, reports, commands) for lane in lanes[1:]]
        try:
            ended = [_run(stage, reports, commands, None) for stage in lanes[0]]
            return ended + [one for other in others for one in other.result()]
        except KeyboardInterrupt:
            # Ctrl-C has reached the commands as well.
            commands.wait()
            raise
        except BaseException:
            commands.interrupt()
            raise


def run_again(
    lanes: Sequence[Sequence[Stage]], ended: Sequence[Ended], reports: Path
) -> list[Ended]:
    """Run failed tests once more, when nothing runs beside them.

    Real engines on a busy machine are late at times. A test that passes now counts as passed,
    and the report says of how many that is true.

    Raises:
        KeyboardInterrupt, SystemExit: as `run_lanes`.
    """
    stages = {stage.name: stage for lane in lanes for stage in lane}
    return [_mended(stages[one.name], one, reports) for one in ended]


def _mended(stage: Stage, first: Ended, reports: Path) -> Ended:
    counts = first.counts
    if first.exit_code != _TESTS_FAILED or not stage.again or not counts or not counts.failed:
        return first
    name, title = f"{stage.name}-again", f"what failed of {stage.name}, by itself"
    (second,) = run_lanes([[Stage(name, title, [stage.again], stage.environment)]], reports)
    seconds = first.seconds + second.seconds
    if second.exit_code or second.total.passed < counts.failed:
        return replace(first, seconds=seconds)
    passed = Counts(counts.passed + counts.failed, 0, counts.skipped)
    return Ended(stage.name, 0, seconds, passed, unsteady=counts.failed)


class _Commands:
    """The commands that run, of all lanes."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def call(
        self, command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | None
    ) -> int:
        """Run a command to its end and return its exit code."""
        with self._lock:
            if self._stopped:
                return _INTERRUPTED
            try:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdout=output, stderr=output
                )
            except OSError as exc:
                print(f"{command[0]} could not be started: {exc}", file=sys.stderr)
                return _NOT_FOUND
            self._running.add(process)
        try:
            return process.wait()
        finally:
            # After an interrupt it runs still.
            if process.returncode is not None:
                with self._lock:
                    self._running.discard(process)

    def interrupt(self) -> None:
        """Interrupt what runs, as Ctrl-C would, and wait until it has ended."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.send_signal(signal.SIGINT)
        self.wait()

    def wait(self) -> None:
        """Wait until what runs has cleaned up; start no more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _lane(lane: Sequence[Stage], reports: Path, commands: _Commands) -> list[Ended]:
    return [_collected(stage, reports, commands) for stage in lane]


def _collected(stage: Stage, reports: Path, commands: _Commands) -> Ended:
    print(f"\n==> {stage.name} begins beside it: {stage.title}", flush=True)
    with tempfile.TemporaryFile() as output:
        ended = _run(stage, reports, commands, output)
        output.seek(0)
        text = output.read().decode(errors="replace")
    print(f"\n==> {stage.name} has ended: {stage.title}\n{text}", flush=True)
    return ended


def _run(stage: Stage, reports: Path, commands: _Commands, output: IO[bytes] | None) -> Ended:
    if output is None:
        print(f"\n==> {stage.name}: {stage.title}", flush=True)
    begin = time.monotonic()
    exit_code = 0
    for command in stage.commands:
        line = f"    {shlex.join(command)}\n"
        if output is None:
            print(line, end="", flush=True)
        else:
            output.write(line.encode())
            output.flush()
        exit_code = commands.call(command, {**os.environ, **stage.environment}, output)
        if exit_code:
            break
    junit = reports / f"{stage.name}.xml"
    counts = read_junit(junit) if junit.exists() else None
    return Ended(stage.name, exit_code, time.monotonic() - begin, counts)


def report(ended: Sequence[Ended], reports: Path) -> int:
    """Print one line for each stage and the counts of all of them; 1 if anything failed."""
    # Counts is a tuple, so that the columns add up by themselves.
    total = Counts(*map(sum, zip(*(stage.total for stage in ended)))) if ended else Counts(failed=1)
    print("\n==> what ran")
    for stage in ended:
        verdict = "FAILED" if stage.exit_code else "ok"
        tests = "" if stage.counts is None else str(stage.total)
        if stage.unsteady:
            tests += f" ({stage.unsteady} of them only by themselves)"
        print(f"    {stage.name:<16} {verdict:<7} {stage.seconds:>7.1f} s  {tests}".rstrip())
    if not ended:
        print("    nothing: no stage was started")
    (reports / "summary.txt").write_text(f"{total}\n")
    print(total, flush=True)
    return 1 if total.failed else 0


@contextmanager
def lab_down_at_the_end() -> Iterator[None]:
    """Take the lab down however the block ends, unless it was up before."""
    lab = (sys.executable, "-m", "tests.lab")
    status = subprocess.run((*lab, "status"), cwd=ROOT, check=False, capture_output=True)
    try:
        yield
    finally:
        if status.returncode:
            subprocess.run((*lab, "down"), cwd=ROOT, check=False)
