"""The command line: `python -m tests.benchmarks.collection`."""

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

from .cases import CASES, IMAGE
from .measuring import measure, measure_inventories, measure_many
from .page import PAGE, page, rows, rows_of_inventories, rows_of_many
from .playing import REQUIREMENTS, Stage

_DESCRIPTION = """\
Measure the modules of this collection beside those of community.docker, on the engine of the lab,
which is started if it does not run, and stopped afterwards if nothing of it ran before.
"""
_MANY = "containers"
_INVENTORY = "inventory"


def main() -> int:
    """Measure, print and write what was asked for."""
    options = _parser().parse_args()
    # So that what was made on the engine is removed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [case for case in CASES if not options.case or case.name in options.case]
    try:
        with tempfile.TemporaryDirectory() as folder, lab_engine(options.host, IMAGE) as host:
            facts = _surroundings(host)
            stage = Stage(Path(folder), host)
            results = [measure(case, stage, options.rounds, _say) for case in chosen]
            many = None
            if not options.case or _MANY in options.case:
                many = measure_many(stage, options.rounds, _say)
            inventories = []
            if not options.case or _INVENTORY in options.case:
                inventories = measure_inventories(stage, options.rounds, _say)
    except LabError as error:
        _say(f"failed: {error}")
        return 1
    facts.append(f"load average {os.getloadavg()[0]:.1f} at the end")
    print(plain(rows(results)))
    if many is not None:
        print(plain(rows_of_many(many)))
    if inventories:
        print(plain(rows_of_inventories(inventories)))
    if options.write:
        PAGE.write_text(page(results, many, inventories, options.rounds, facts), encoding="utf-8")
        _say(f"written: {PAGE}")
    return 0


def _surroundings(host: str) -> list[str]:
    with Engine(host, environ={}) as engine:
        version = engine.system.version()
        engine.images.pull(IMAGE)
    return [
        f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {', '.join(REQUIREMENTS)}",
        f"Docker Engine {version['Version']}, API {version['ApiVersion']}",
        f"load average {os.getloadavg()[0]:.1f} at the begin",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.collection", description=_DESCRIPTION
    )
    names = [*(case.name for case in CASES), _MANY, _INVENTORY]
    parser.add_argument(
        "--case",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"measure this alone; may be repeated ({', '.join(names)})",
    )
    parser.add_argument("--rounds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--host", help="an engine on a unix socket, instead of the lab's")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} in docs")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
