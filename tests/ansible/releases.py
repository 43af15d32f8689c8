"""Other releases of ansible-core, and Pythons that targets may have, as far as they are found."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.environments import find_python, make_environment

from .targets import TARGETS, write_play

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .conftest import Playbooks, Run

__all__ = ["ITSELF", "MODULES", "RELEASES", "controller", "play", "ran_on", "target"]

# Release -> the Pythons that it runs on, the best first, and those of the targets to try it with:
# all that it knows with the second one, the oldest and the newest with the others.
RELEASES = {
    "2.17": (("3.12", "3.11", "3.10"), ("3.9", "3.12")),
    "2.18": (("3.12", "3.13", "3.11"), ("3.9", "3.10", "3.11", "3.12", "3.13")),
    "2.19": (("3.13", "3.12", "3.11"), ("3.9", "3.13")),
    "2.20": (("3.13", "3.12"), ("3.9", "3.13")),
    "2.21": (("3.13", "3.12"), ("3.9", "3.13")),
}
MODULES = ("container", "container_copy_into", "container_exec", "image_tag", "network", "volume")
# The Python that Ansible runs with, and so the process as well.
ITSELF = "itself"
_LIBRARIES = ("requests", "requests-unixsocket")


def controller(release: str) -> str | None:
    """Return a Python with that release of ansible-core; None: there is no Python for it."""
    major, minor = release.split(".")
    wanted = f"ansible-core>={release},<{major}.{int(minor) + 1}"
    found = (find_python(version) for version in RELEASES[release][0])
    python = next(filter(None, found), None)
    return python and _environment(f"ansible-{release}", python, wanted, *_LIBRARIES)


@functools.cache
def target(version: str) -> str | None:
    """Return a Python of that version with the two libraries; None: it is not found."""
    python = find_python(version)
    return python and _environment(f"target-{version}", python, *_LIBRARIES)


def _environment(name: str, python: str, *requirements: str) -> str:
    """Make an environment that stays for the next run, and say where its Python is."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "pytest-engine" / name
    return str(make_environment(folder, *requirements, python=python) / "python")


def play(
    playbooks: Playbooks, pythons: Mapping[str, str], prefix: str, modules: Iterable[str] = MODULES
) -> Run:
    """Play the integration targets of some modules, each on a host for each Python.

    Args:
        playbooks: run them.
        pythons: name -> the Python.
        prefix: of what they make on the engine, which has the image.
        modules: which.
    """
    hosts: dict[str, dict[str, Any]] = {
        f"{module}{_ending(name)}": {
            "ansible_python_interpreter": python,
            "role_of_host": module,
        }
        for name, python in pythons.items()
        for module in modules
    }
    playbook, *arguments = write_play(playbooks.folder, hosts, playbooks.engine_host)
    variables = {
        "ansible_python_interpreter": None,
        "output_dir": str(playbooks.folder),
        # Both ways, whatever this run of the tests has for all its tasks: whether a release can.
        "pytest_engine_in_place": None,
        "resource_prefix": prefix,
        "setup_engine_image_is_there": True,
    }
    roles = {"ANSIBLE_ROLES_PATH": str(TARGETS)}
    return playbooks.run(Path(playbook), "-vvv", *arguments, variables=variables, environment=roles)


def ran_on(run: Run, python: str) -> tuple[set[str], dict[str, Any]]:
    """Say which modules a Python came to, and what those said that failed."""
    ending = _ending(python)
    told = [line for line in run.told if line["host"].endswith(ending)]
    failed = {line["host"]: line["result"] for line in told if line["result"]["failed"]}
    return {line["host"].removesuffix(ending) for line in told}, failed


def _ending(python: str) -> str:
    return f"-{python.replace('.', '-')}"
