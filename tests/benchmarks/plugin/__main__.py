"""The command line: `python -m tests.benchmarks.plugin`."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

from pytest_engine.core.client import Engine
from tests.benchmarks.lab_engine import lab_engine
from tests.benchmarks.table import plain
from tests.lab import LabError

from .cases import CASES, TIMES
from .measuring import measure
from .page import PAGE, ROUNDS, page, rows
from .running import Stage

_IMAGE = "busybox:latest"
_DESCRIPTION = """\
Measure this pytest plugin beside testcontainers and pytest-docker-tools, on the engine of the lab,
which is started if it does not run, and stopped afterwards if nothing of it ran before.
"""


def main() -> int:
    """Measure, print and write what was asked for."""
    options = _parser().parse_args()
    # So that what was begun is ended then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [case for case in CASES if not options.case or case.name in options.case]
    try:
        with tempfile.TemporaryDirectory() as folder, lab_engine(options.host, _IMAGE) as host:
            stage = Stage(Path(folder), host)
            facts = _surroundings(host, stage)
            results = [measure(case, stage, options.rounds, options.times, _say) for case in chosen]
    except LabError as error:
        _say(f"failed: {error}")
        return 1
    facts.append(f"load average {os.getloadavg()[0]:.1f} at the end")
    print(plain(rows(results)))
    if options.write:
        PAGE.write_text(page(results, options.rounds, facts), encoding="utf-8")
        _say(f"written: {PAGE}")
    return 0


def _surroundings(host: str, stage: Stage) -> list[str]:
    with Engine(host, environ={}) as engine:
        version = engine.system.version()
        engine.images.pull(_IMAGE)
    return [
        f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {stage.versions()}",
        f"Docker Engine {version['Version']}, API {version['ApiVersion']}",
        f"load average {os.getloadavg()[0]:.1f} at the begin",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.plugin", description=_DESCRIPTION
    )
    names = [case.name for case in CASES]
    parser.add_argument(
        "--case",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"measure this alone; may be repeated ({', '.join(names)})",
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how many (default: %(default)s)"
    )
    parser.add_argument(
        "--times",
        type=int,
        default=TIMES,
        help="how many tests have a container of their own (default: %(default)s)",
    )
    parser.add_argument("--host", help="an engine on a unix socket, instead of the lab's")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} in docs")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
