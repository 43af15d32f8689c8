"""Calls in processes of their own."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.core.faults.child import Outcome
from tests.core.scripted import ALWAYS, PATIENCE, ScriptedServer, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.core.conftest import Serve

_ROOT = Path(__file__).parents[3]


class Try(Protocol):
    """Make a call in a process of its own."""

    def __call__(
        self, call: str, *scripts: Sequence[Step], interrupt_after: int | None = None
    ) -> Outcome:
        """Return what came of it.

        Args:
            call: a name in `CALLS`.
            scripts: what the connections that the call makes get; others get an engine.
            interrupt_after: send SIGINT when so many requests have arrived.
        """


@pytest.fixture
def attempt(serve: Serve) -> Iterator[Try]:
    """Make calls in processes that end with the test."""
    with contextlib.ExitStack() as stack:

        def run(call: str, *scripts: Sequence[Step], interrupt_after: int | None = None) -> Outcome:
            server: ScriptedServer = serve(ALWAYS, *scripts, ALWAYS)
            process = stack.enter_context(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-W",
                        "error",
                        # An interrupt may come between the instruction that opens a socket
                        # and the one that takes care of it; that none is left is counted.
                        *(() if interrupt_after is None else ("-W", "ignore::ResourceWarning")),
                        "-m",
                        "tests.core.faults.child",
                        call,
                        server.host,
                    ],
                    cwd=_ROOT,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            if interrupt_after is not None:
                # One for the call that comes before.
                server.wait_for_requests(1 + interrupt_after)
                process.send_signal(signal.SIGINT)
            output, complaints = process.communicate(timeout=PATIENCE)
            assert complaints == ""
            return Outcome(**json.loads(output))

        yield run
