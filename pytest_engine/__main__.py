"""The command line: `python -m pytest_engine watch`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code."""
    parser = argparse.ArgumentParser("python -m pytest_engine")
    commands = parser.add_subparsers(dest="command", required=True)
    watch = commands.add_parser(
        "watch",
        help="terminate and redeploy services as their autodestroy and autoredeploy say",
    )
    watch.add_argument("--engine-host", help="a manager's address; as `docker` finds it if unset")
    watch.add_argument("--interval", type=float, default=30.0, help="seconds between two looks")
    watch.add_argument("--once", action="store_true", help="look once and end")
    return _watch(parser.parse_args(arguments))


def _watch(options: argparse.Namespace) -> int:
    from .core.client import Engine
    from .core.errors import EngineError
    from .core.service.watch import watch

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    try:
        with Engine(options.engine_host) as engine:
            watch(engine, interval=options.interval, until=lambda: options.once, tell=tell)
    except EngineError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
