"""Runs that are killed, and how long their things may stay."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

__all__ = ["SECONDS", "begin", "end", "kill_reapers"]

# Where the machine has nothing else to do it takes one or two.
SECONDS = 30.0


def begin(project: Project, *arguments: str, host: str | None = None) -> subprocess.Popen[bytes]:
    """Start a run that can be killed with all of its workers, and nothing beside it."""
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *project.arguments(*arguments, host=host)],
        cwd=project.pytester.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(run: subprocess.Popen[bytes]) -> None:
    """Kill a run and all of its workers at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def kill_reapers(project: Project, but: set[str]) -> list[str]:
    """Kill the reapers of all runs but some; returns the runs."""
    killed = []
    for file in (project.state / "runs").glob("*/reaper.pid"):
        if file.parent.name not in but:
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(file.read_text()), signal.SIGKILL)
                killed.append(file.parent.name)
    return killed
