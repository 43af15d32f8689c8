"""Run stages one after the other, whatever came of those before, and tell what ran."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .counts import Counts, read_junit

__all__ = ["ROOT", "Ended", "Stage", "clear", "lab_down_at_the_end", "report", "run"]

ROOT = Path(__file__).resolve().parents[2]
# Seconds that an interrupted command gets to clean up: pytest then stops the engines that it runs.
_PATIENCE = 120.0
# What a shell answers for a command that is not there.
_NOT_FOUND = 127


@dataclass(frozen=True)
class Stage:
    """Something to run as a whole.

    Attributes:
        name: one word for the report, and the name of its JUnit report, if it leaves one.
        title: what it is.
        commands: run in the root of the repository, the next one if the one before succeeded.
        environment: further variables.
        starts_lab: whether the lab is up when it has ended.
    """

    name: str
    title: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    starts_lab: bool = False


@dataclass(frozen=True)
class Ended:
    """How a stage ended.

    Attributes:
        name: the stage's.
        exit_code: that of its last command.
        seconds: how long it took.
        counts: its tests; None: it is not made of tests.
    """

    name: str
    exit_code: int
    seconds: float
    counts: Counts | None

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


def run(stage: Stage, reports: Path) -> Ended:
    """Run one stage.

    Raises:
        KeyboardInterrupt: it was interrupted; its command has ended then.
        SystemExit: likewise, by another signal.
    """
    print(f"\n==> {stage.name}: {stage.title}", flush=True)
    begin = time.monotonic()
    exit_code = 0
    for command in stage.commands:
        print(f"    {shlex.join(command)}", flush=True)
        exit_code = _call(command, {**os.environ, **stage.environment})
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
            _call((*lab, "down"), os.environ)


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
    except OSError as exc:
        print(f"{command[0]} could not be started: {exc}", file=sys.stderr)
        return _NOT_FOUND
    try:
        return process.wait()
    except KeyboardInterrupt:
        # Ctrl-C has reached the command as well.
        raise
    except SystemExit:
        process.send_signal(signal.SIGINT)
        raise
    finally:
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
