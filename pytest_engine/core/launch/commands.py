"""Run the few system programs that a private engine needs, with errors that can be read."""

from __future__ import annotations

import os
import shutil
import subprocess

from ..errors import EngineError, LaunchFailed

__all__ = ["find_program", "run", "search_path"]

# Where administrators' programs live; the PATH of an ordinary shell may lack them.
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def search_path(path: str | None = None) -> str:
    """Give the search path with the administrators' folders at its end.

    Args:
        path: the search path to widen; None means the environment's.
    """
    given = os.environ.get("PATH", os.defpath) if path is None else path
    folders = [folder for folder in given.split(os.pathsep) if folder]
    return os.pathsep.join(folders + [f for f in _SYSTEM_FOLDERS if f not in folders])


def find_program(name: str, package: str, path: str | None = None) -> str:
    """Find a program, or say which Debian package brings it.

    Raises:
        LaunchFailed: it is not there.
    """
    folders = search_path() if path is None else path
    found = shutil.which(name, path=folders)
    if found is None:
        raise LaunchFailed(
            f"A private engine needs the program {name!r}, which is not in any of the folders "
            f"{folders or '(none)'}. Install it (on Debian or Ubuntu: apt-get install {package})."
        )
    return found


def run(command: list[str], stdin: str | None = None) -> str:
    """Run a program to its end and return what it printed.

    Raises:
        EngineError: it is missing or ended with another code than 0.
    """
    program = shutil.which(command[0], path=search_path())
    if program is None:
        raise EngineError(f"The program {command[0]!r} is needed and not on the PATH.")
    done = subprocess.run(
        [program, *command[1:]], input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise EngineError(f"{' '.join(command)} ended with code {done.returncode}: {said}")
    return done.stdout
