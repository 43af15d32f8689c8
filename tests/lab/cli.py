"""The command line: `python -m tests.lab up|status|env|down`."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from pytest_engine.core.errors import EngineError

from .guests import GUESTS
from .lab import OWN_ENGINE, Lab
from .steps import LabError, say

__all__ = ["main"]

_DESCRIPTION = """\
A real container engine, a registry and images for the tests of this project.

On Debian or Ubuntu, as root, `up` needs nothing beforehand: it installs the packages that are
missing (docker.io, iptables, docker-registry; debootstrap once an image has to be built), starts
an engine and a registry of its own, and builds the images that it is asked for. `--engine` adds
engines of other versions, each in a container. Another engine on the machine is neither used nor
touched. Everything is kept in one folder: $PYTEST_ENGINE_LAB, else
$XDG_CACHE_HOME/pytest-engine/lab, else ~/.cache/pytest-engine/lab.
"""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code: 0, or 1 if it failed or the lab is not up."""
    options = _parser().parse_args(arguments)
    lab = Lab.default() if options.lab is None else Lab(options.lab)
    command: Callable[[Lab, argparse.Namespace], int] = options.command
    try:
        return command(lab, options)
    except (LabError, EngineError) as error:
        say(f"failed: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; `python -m tests.lab down` removes what was started")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--lab", type=Path, metavar="FOLDER", help="use the lab in this folder instead"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="install, start and build what is missing")
    known = ", ".join(sorted(name for recipe in Lab.recipes() for name in recipe.names))
    up.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="NAME",
        help=f"build this image if it is missing; may be repeated ({known})",
    )
    up.add_argument(
        "--images",
        action="append",
        default=[],
        metavar="NAMES",
        help="the same for several, separated by commas; `all` means every one but those of other "
        "releases of Debian and of engines",
    )
    engines = [OWN_ENGINE, *GUESTS]
    up.add_argument(
        "--engine",
        action="append",
        default=[],
        choices=engines,
        help="run this engine as well, in a container of the lab's own one; may be repeated",
    )
    up.add_argument(
        "--private-registry",
        action="store_true",
        help="run a second registry as well, with TLS, which asks for a login",
    )
    up.add_argument(
        "--sshd",
        action="store_true",
        help="run an SSH server as well, on the loopback address and with keys of its own",
    )
    up.set_defaults(command=_up)

    status = commands.add_parser("status", help="say what runs; exit code 1 if not everything")
    status.set_defaults(command=_status)

    env = commands.add_parser(
        "env", help='print variables for a shell: eval "$(python -m tests.lab env)"'
    )
    env.add_argument(
        "--engine", default=OWN_ENGINE, choices=engines, help="with the address of this engine"
    )
    env.set_defaults(command=_env)

    down = commands.add_parser("down", help="stop and remove everything but the cached images")
    down.add_argument("--purge", action="store_true", help="remove the cached images, too")
    down.set_defaults(command=_down)
    return parser


def _up(lab: Lab, options: argparse.Namespace) -> int:
    several = [name.strip() for names in options.images for name in names.split(",")]
    lab.up(
        [*options.image, *(name for name in several if name)],
        options.engine,
        private_registry=options.private_registry,
        sshd=options.sshd,
    )
    return 0


def _status(lab: Lab, _options: argparse.Namespace) -> int:
    status = lab.status()
    print(f"folder    {lab.folder}")
    print(f"engine    {status.engine or 'does not run'}{_process(status.engine_pid)}")
    for name, guest in status.guests.items():
        print(f"{'':<10}{name:<20}{guest.host}, what it publishes is at {guest.address}")
    print(f"registry  {status.registry or 'does not run'}{_process(status.registry_pid)}")
    if status.private_registry is not None:
        login = f"{lab.private_registry.username}, {lab.private_registry.password}"
        print(f"{'':<10}{status.private_registry} with TLS, login: {login}")
    if status.ssh_port is not None:
        print(f"ssh       ssh -F {lab.sshd.client_config} lab")
    for number, (name, about) in enumerate(status.images.items()):
        print(f"{'images' if number == 0 else '':<10}{name:<20}{about}")
    if not status.images:
        print("images    none")
    return 0 if status.is_up else 1


def _process(pid: object) -> str:
    return "" if pid is None else f" (process {pid})"


def _env(lab: Lab, options: argparse.Namespace) -> int:
    for name, value in lab.environment(options.engine).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _down(lab: Lab, options: argparse.Namespace) -> int:
    lab.down(purge=options.purge)
    if not options.purge and lab.folder.exists():
        say(f"the cache stays in {lab.folder} (down --purge removes it)")
    return 0
