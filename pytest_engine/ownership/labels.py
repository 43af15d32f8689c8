"""Labels and names by which a run knows what is its own."""

from __future__ import annotations

import getpass
import hashlib
import itertools
import os
import re
import socket
from pathlib import Path

__all__ = [
    "FIXTURE_LABEL",
    "HOST_LABEL",
    "LABEL_PREFIX",
    "LOCK_LABEL",
    "MACHINE_LABEL",
    "PID_LABEL",
    "REUSE_LABEL",
    "SESSION_LABEL",
    "SPEC_LABEL",
    "USER_LABEL",
    "WORKER_LABEL",
    "Owner",
    "machine",
    "readable",
    "user",
]

LABEL_PREFIX = "io.pytest-engine."
SESSION_LABEL = f"{LABEL_PREFIX}session"
HOST_LABEL = f"{LABEL_PREFIX}host"
MACHINE_LABEL = f"{LABEL_PREFIX}machine"
USER_LABEL = f"{LABEL_PREFIX}user"
PID_LABEL = f"{LABEL_PREFIX}pid"
LOCK_LABEL = f"{LABEL_PREFIX}lock"
FIXTURE_LABEL = f"{LABEL_PREFIX}fixture"
WORKER_LABEL = f"{LABEL_PREFIX}worker"
REUSE_LABEL = f"{LABEL_PREFIX}reuse"
SPEC_LABEL = f"{LABEL_PREFIX}spec"

# The engine takes more, but names are also host names, of at most 63 characters.
_LONGEST_FIXTURE = 30


class Owner:
    """One run of pytest, or one worker of it.

    Attributes:
        session: an id that no other run has; all workers of a run have the same.
        lock: the file that is locked as long as the run lives.
        worker: the name of the worker of pytest-xdist; empty where there is none.
    """

    def __init__(self, session: str, lock: Path, worker: str = "") -> None:
        """Remember them."""
        self.session = session
        self.lock = lock
        self.worker = worker
        # next() of it is one step, whatever the number of threads.
        self._numbers = itertools.count(1)

    def labels(self, fixture: str) -> dict[str, str]:
        """Return the labels of what a fixture makes: whose it is, and where that runs."""
        labels = {
            SESSION_LABEL: self.session,
            HOST_LABEL: socket.gethostname(),
            MACHINE_LABEL: machine(),
            PID_LABEL: str(os.getpid()),
            USER_LABEL: user(),
            LOCK_LABEL: str(self.lock),
            FIXTURE_LABEL: fixture,
        }
        if self.worker:
            labels[WORKER_LABEL] = self.worker
        return labels

    def name(self, fixture: str) -> str:
        """Make up a name for something that a fixture makes; no other has it."""
        worker = f"{self.worker}-" if self.worker else ""
        return f"pytest-engine-{self.session[:8]}-{worker}{readable(fixture)}-{next(self._numbers)}"


def readable(fixture: str) -> str:
    """Turn a fixture's name into a part of a host's name."""
    return re.sub(r"[^a-z0-9]+", "-", fixture.lower()).strip("-")[:_LONGEST_FIXTURE] or "x"


def machine() -> str:
    """Name this installation of an operating system; empty where it has no name.

    Hosts of the same name are told apart by it. machine-id(5) asks that the id itself is not
    shown to others.
    """
    try:
        text = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return hashlib.sha256(f"{LABEL_PREFIX}{text}".encode()).hexdigest()[:16] if text else ""


def user() -> str:
    """Name the user of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user id without a name, as in many containers.
        return str(os.getuid())
