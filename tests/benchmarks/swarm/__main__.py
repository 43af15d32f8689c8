"""The command line: `python -m tests.benchmarks.swarm`."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

from pytest_engine.core.client import Engine
from tests.benchmarks.collection.measuring import measure
from tests.benchmarks.collection.page import rows
from tests.benchmarks.collection.playing import REQUIREMENTS, Stage
from tests.benchmarks.lab_engine import lab_engine
from tests.benchmarks.table import plain
from tests.lab import Lab, LabError

from .measuring import ONE, measure_uses
from .nodes import IMAGE, NODE_IMAGE, socket_of, swarm
from .page import PAGE, page, rows_of_uses

_DESCRIPTION = """\
Measure the modules for a swarm on three nodes, which are containers of the lab's engine. It is
started if it does not run, and stopped afterwards if nothing of it ran before. This takes root.
"""
_SIZES = [10, 100, 300]
_RUNNING = 100
# The modules of community.docker for a swarm need a library besides.
_REQUIREMENTS = (*REQUIREMENTS, "docker")


def main() -> int:
    """Measure, print and write what was asked for."""
    options = _parser().parse_args()
    # So that what was made on the engine is removed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    one, uses = None, []
    try:
        with tempfile.TemporaryDirectory() as folder, lab_engine(options.host, IMAGE) as host:
            if options.host is None:
                Lab.default().up([NODE_IMAGE])
            with swarm(host) as cluster:
                manager = socket_of(cluster.managers[0])
                facts = _surroundings(manager)
                stage = Stage(Path(folder), manager, name="swarm-bench", requirements=_REQUIREMENTS)
                if not options.scale_alone:
                    one = measure(ONE, stage, options.rounds, _say)
                sizes = options.services or _SIZES
                uses = measure_uses(stage, sizes, options.rounds, _say, running=options.running)
    except LabError as error:
        _say(f"failed: {error}")
        return 1
    facts.append(f"load average {os.getloadavg()[0]:.1f} at the end")
    if one is not None:
        print(plain(rows([one])))
    print(plain(rows_of_uses(uses)))
    if options.write:
        text = page(one, uses, options.rounds, facts, running=options.running)
        PAGE.write_text(text, encoding="utf-8")
        _say(f"written: {PAGE}")
    return 0


def _surroundings(host: str) -> list[str]:
    with Engine(host, environ={}) as engine:
        version = engine.system.version()
    return [
        f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {', '.join(_REQUIREMENTS)}",
        f"nodes of Docker Engine {version['Version']}, API {version['ApiVersion']}",
        f"load average {os.getloadavg()[0]:.1f} at the begin",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.swarm", description=_DESCRIPTION
    )
    parser.add_argument(
        "--services",
        action="append",
        type=int,
        metavar="NUMBER",
        help=f"measure with so many; may be repeated (default: {', '.join(map(str, _SIZES))})",
    )
    parser.add_argument(
        "--running",
        type=int,
        default=_RUNNING,
        metavar="NUMBER",
        help="run the tasks of so many services, which takes some 10 MB of memory for each; those "
        "of the others wait for a node (default: %(default)s)",
    )
    parser.add_argument(
        "--scale-alone", action="store_true", help="leave the comparison for one service out"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--host", help="an engine on a unix socket, instead of the lab's")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} in docs")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
