"""Run the stages of `make test` one after the other and count what ran.

    python tests/summary.py clear
    python tests/summary.py run unit "the tests that need no engine" -- python -m pytest ...
    python tests/summary.py report

`run` ends with 0 even when its command fails, so that one run shows everything that is wrong;
`report` knows what failed, prints the counts as the last line and ends with 1 if anything did. A
stage that leaves a JUnit report in build/reports/<stage>.xml is counted by its tests, any other
one only when it fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

REPORTS = Path(__file__).resolve().parent.parent / "build" / "reports"

# What a shell answers for a command that Ctrl-C ended.
INTERRUPTED = 130


@dataclass(frozen=True)
class Stage:
    """One command that ran, with its exit code and how long it took in seconds."""

    name: str
    title: str
    exit_code: int
    seconds: float


class Counts(NamedTuple):
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count(stage: Stage, reports: Path) -> Counts:
    """Count the tests of one stage; a stage that failed otherwise counts as one failure."""
    report = reports / f"{stage.name}.xml"
    counts = read_junit(report) if report.exists() else Counts()
    if stage.exit_code and not counts.failed:
        # Lint, types, no tests found, an error before the first test: no test says so.
        return counts._replace(failed=1)
    return counts


def read_junit(report: Path) -> Counts:
    """Count the test cases in a JUnit report.

    A test that fails and whose teardown then breaks too is two entries there, and one test here.
    """
    outcomes: dict[tuple[str | None, str | None], str] = {}
    try:
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314  # our own pytest wrote it
    except ET.ParseError:
        return Counts(failed=1)
    for case in cases:
        test = (case.get("classname"), case.get("name"))
        tags = {child.tag for child in case}
        if tags & {"failure", "error"}:
            outcomes[test] = "failed"
        elif "skipped" in tags:
            outcomes.setdefault(test, "skipped")
        else:
            outcomes.setdefault(test, "passed")
    found = list(outcomes.values())
    return Counts(found.count("passed"), found.count("failed"), found.count("skipped"))


def load(reports: Path) -> list[Stage]:
    """Read what ran so far, in order."""
    record = reports / "stages.jsonl"
    if not record.exists():
        return []
    return [Stage(**json.loads(line)) for line in record.read_text().splitlines()]


def clear(reports: Path) -> None:
    """Forget the stages of the run before."""
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)


def run(name: str, title: str, command: list[str], reports: Path) -> int:
    """Run one stage and write down how it ended; the result is 0 unless it was interrupted."""
    print(f"\n==> {name}: {title}\n    {shlex.join(command)}", flush=True)
    begin = time.monotonic()
    try:
        exit_code = subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
    except OSError as exc:
        print(f"{name} could not be started: {exc}", file=sys.stderr)
        exit_code = 127
    stage = Stage(name, title, exit_code, round(time.monotonic() - begin, 1))
    with (reports / "stages.jsonl").open("a") as record:
        record.write(json.dumps(asdict(stage)) + "\n")
    return INTERRUPTED if exit_code == INTERRUPTED else 0


def report(reports: Path) -> int:
    """Print one line for each stage and the counts of all of them; 1 if anything failed."""
    stages = load(reports)
    counts = [count(stage, reports) for stage in stages]
    # Counts is a tuple, so that the columns add up by themselves.
    total = Counts(*map(sum, zip(*counts))) if counts else Counts(failed=1)
    print("\n==> what ran")
    for stage, its in zip(stages, counts):
        verdict = "FAILED" if stage.exit_code else "ok"
        tests = str(its) if (reports / f"{stage.name}.xml").exists() else ""
        print(f"    {stage.name:<14} {verdict:<7} {stage.seconds:>7.1f} s  {tests}".rstrip())
    if not stages:
        print("    nothing: no stage was started")
    (reports / "summary.txt").write_text(f"{total}\n")
    print(total, flush=True)
    return 1 if total.failed else 0


def main(arguments: list[str]) -> int:
    """Do what the command line says; the result is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("clear", help="forget the run before")
    verbs.add_parser("report", help="print the counts")
    runs = verbs.add_parser("run", help="run one stage")
    runs.add_argument("name")
    runs.add_argument("title")
    runs.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    if options.verb == "clear":
        clear(REPORTS)
        return 0
    if options.verb == "report":
        return report(REPORTS)
    return run(options.name, options.title, options.command, REPORTS)


if __name__ == "__main__":
    # Ctrl-C reaches the command and this program alike; the command ends first and is written down.
    sys.stdout.flush()
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main(sys.argv[1:]))
