"""The command line: `python -m tests.benchmarks`."""

from __future__ import annotations

import argparse
import signal
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tests.lab import LabError

from . import table
from .cases import CASES
from .clients import CONTESTANTS
from .lab_engine import lab_engine
from .page import PAGE, Surroundings, write_page
from .rounds import measure
from .shares import time_shares
from .stage import IMAGE, Stage

if TYPE_CHECKING:
    from .rounds import Result

_DESCRIPTION = """\
Measure this client beside docker-py, aiodocker and a bare socket, on the engine of the lab, which
is started if it does not run, and stopped afterwards if nothing of it ran before. A whole run
takes some twenty minutes of a machine that should have little else to do.
"""
# Contestant -> the package that it needs.
_NEEDS = {"docker-py": "docker", "aiodocker": "aiodocker"}


def main() -> int:
    """Measure, print and write what was asked for."""
    options = _parser().parse_args()
    # So that what was made on the engine is removed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [case for case in CASES if not options.case or case.name in options.case]
    there = [name for name in CONTESTANTS if find_spec(_NEEDS.get(name, "tests")) is not None]
    for name in sorted(set(CONTESTANTS) - set(there)):
        _say(f"{name} is not installed and left out: pip install 'pytest-engine[bench]'")
    try:
        with lab_engine(options.host, IMAGE) as host, Stage(host, options.scale) as stage:
            surroundings = Surroundings(stage)
            results = [measure(case, stage, there, options.rounds, _say) for case in chosen]
            facts = surroundings.lines()
            shares = {
                result.case.name: time_shares(result.case, stage)
                for result in results
                if result.met is False or options.profile
            }
    except LabError as error:
        _say(f"failed: {error}")
        return 1
    _show(results, shares, facts)
    if options.write:
        write_page(PAGE, results, shares, options.rounds, facts)
        _say(f"written: {PAGE}")
    return 0


def _show(
    results: list[Result], shares: dict[str, list[tuple[str, float]]], facts: list[str]
) -> None:
    print()
    print(table.plain(table.rows(results)))
    print()
    print(table.plain(table.cpu_rows(results)))
    for name, functions in shares.items():
        print(f"\n{name}: where the time of our client goes")
        for function, share in functions:
            print(f"  {share:6.1%}  {function}")
    print()
    print("\n".join(facts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=_DESCRIPTION)
    parser.add_argument(
        "--case",
        action="append",
        choices=[case.name for case in CASES],
        metavar="NAME",
        help=f"measure this alone; may be repeated ({', '.join(case.name for case in CASES)})",
    )
    parser.add_argument("--rounds", type=int, default=9, help="how many (default: %(default)s)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="measure so much of everything (0.1: a tenth)"
    )
    parser.add_argument("--host", help="an engine on a unix socket, instead of the lab's")
    parser.add_argument("--profile", action="store_true", help="profile what meets its target, too")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} in docs")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
