"""The command line: `python -m pytest_engine COMMAND`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pytest_engine", description="Look after what pytest-engine has made."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_sweep(commands.add_parser("sweep", help="remove what runs that are over have left"))
    _add_watch(commands.add_parser("watch", help="end and renew services as they ask for it"))
    return parser


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Remove what runs that are provably over have left on engines, and tell what, and why, "
        "and what was left alone. Nothing of a run that is alive is ever touched."
    )
    parser.add_argument(
        "--host", help="the engine to look around on; by default what DOCKER_HOST and so on say"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only tell what would be removed, and why"
    )
    parser.add_argument(
        "--session",
        metavar="ID",
        help="only what is of this run (or one whose id begins so), also what it has kept",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="with --session: also if nothing proves that the run is over, as with one of another "
        "host; never if it is known to be alive",
    )
    parser.add_argument(
        "--reused", action="store_true", help="also containers that wait to be used again"
    )
    parser.add_argument(
        "--state",
        metavar="FOLDER",
        help="the folder with the proofs; by default PYTEST_ENGINE_STATE, or one of the user's own",
    )
    parser.set_defaults(command=_sweep)


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Terminate and redeploy services as their autodestroy and autoredeploy say."
    )
    parser.add_argument(
        "--host", help="a manager of the swarm; by default what DOCKER_HOST and so on say"
    )
    parser.add_argument(
        "--interval", type=_seconds, default=30.0, help="seconds between two looks (default: 30)"
    )
    parser.add_argument("--once", action="store_true", help="look once and end")
    parser.set_defaults(command=_watch)


def _seconds(text: str) -> float:
    """Read a time that can be waited, as argparse reads arguments."""
    from pytest_engine.core.api.asked import LONGEST_WAIT, check_seconds

    try:
        seconds = float(text)
        check_seconds(seconds)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r:.80} is not a number of seconds from 0 to {LONGEST_WAIT}"
        ) from exc
    return seconds


def _sweep(options: argparse.Namespace) -> int:
    from pytest_engine.core.errors import EngineError
    from pytest_engine.ownership.folders import state_folder
    from pytest_engine.ownership.sweep import reach, sweep

    if options.force and not options.session:
        sys.stderr.write("--force needs --session ID: it is for one run whose end you know of.\n")
        return 2
    try:
        state = state_folder(options.state)
        engine = reach(options.host, lambda text: sys.stderr.write(f"{text}\n"))
        told = sweep(
            state,
            engine,
            session=options.session,
            force=options.force,
            reused=options.reused,
            dry_run=options.dry_run,
        )
    except EngineError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    verb = "would remove" if options.dry_run else "removed"
    for one in told:
        sys.stdout.write(f"{verb if one.gone else 'left'} {one.what}: {one.why}\n")
    if not told:
        sys.stdout.write("nothing found\n")
    return int(engine is None)


def _watch(options: argparse.Namespace) -> int:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.errors import EngineError
    from pytest_engine.core.service.watch import watch

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    try:
        with Engine(options.host) as engine:
            watch(engine, interval=options.interval, until=lambda: options.once, tell=tell)
    except EngineError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
