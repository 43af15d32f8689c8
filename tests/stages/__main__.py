"""The command line: `python -m tests.stages GOAL`, as the Makefile calls it.

Every stage of a goal runs, whatever came before, so that one run shows everything that is wrong.
What failed then runs once more by itself, and the report tells what passed only so.
The counts of all tests are the last line; the exit code is 1 if anything failed. A stage that
leaves a JUnit report in build/reports is counted by its tests, any other one only when it fails.
However a run ends, the lab goes down, unless it was up before.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys

from .plan import GOALS, REPORTS, plan
from .run import clear, lab_down_at_the_end, report, run_again, run_lanes

# What a shell answers for a program that Ctrl-C ended.
_INTERRUPTED = 130


def main() -> int:
    """Run the stages of a goal and return the exit code."""
    options = _parser().parse_args()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))
    lanes = plan(options.goal)
    clear(REPORTS)
    try:
        with contextlib.ExitStack() as stack:
            if any(stage.starts_lab for lane in lanes for stage in lane):
                stack.enter_context(lab_down_at_the_end())
            ended = run_again(lanes, run_lanes(lanes, REPORTS), REPORTS)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return report(ended, REPORTS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    about = "; ".join(f"{name}: {text}" for name, text in GOALS.items())
    parser.add_argument("goal", choices=GOALS, metavar="GOAL", help=about)
    return parser


if __name__ == "__main__":
    sys.exit(main())
