"""Labels and names by which a run knows what is its own."""

from __future__ import annotations

import getpass
import itertools
import os
import re
import socket
import uuid

__all__ = ["LABEL_PREFIX", "SESSION_LABEL", "Owner"]

LABEL_PREFIX = "io.pytest-engine."
SESSION_LABEL = f"{LABEL_PREFIX}session"
# The engine takes more, but names are also host names, of at most 63 characters.
_LONGEST_FIXTURE = 30


class Owner:
    """One run of pytest, or one worker of it.

    Attributes:
        session: an id that no other run has.
    """

    def __init__(self) -> None:
        """Make up the id."""
        self.session = uuid.uuid4().hex
        # next() of it is one step, whatever the number of threads.
        self._numbers = itertools.count(1)
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "")

    def labels(self, fixture: str) -> dict[str, str]:
        """Return the labels of what a fixture makes: whose it is, and where that runs."""
        labels = {
            SESSION_LABEL: self.session,
            f"{LABEL_PREFIX}host": socket.gethostname(),
            f"{LABEL_PREFIX}pid": str(os.getpid()),
            f"{LABEL_PREFIX}user": _user(),
            f"{LABEL_PREFIX}fixture": fixture,
        }
        if self._worker:
            labels[f"{LABEL_PREFIX}worker"] = self._worker
        return labels

    def name(self, fixture: str) -> str:
        """Make up a name for something that a fixture makes; no other has it."""
        readable = re.sub(r"[^a-z0-9]+", "-", fixture.lower()).strip("-")[:_LONGEST_FIXTURE]
        return f"pytest-engine-{self.session[:8]}-{readable or 'x'}-{next(self._numbers)}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user id without a name, as in many containers.
        return str(os.getuid())
