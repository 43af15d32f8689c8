"""Steps that say what they do, how long it took, and what went wrong."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pytest_engine.core.errors import EngineError

__all__ = ["LabError", "run_logged", "say", "step"]

_TAIL_LINES = 20


class LabError(Exception):
    """A step of the lab failed; the message says which, why, and what to try."""


def say(text: str) -> None:
    """Tell the person who watches."""
    # On stderr, because `env` prints something for a shell to read.
    print(f"lab: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str, advice: str = "") -> Iterator[None]:
    """Announce a step, say how long it took, and name it in errors.

    Args:
        title: what is done, as in "start the registry".
        advice: what to try when it fails.

    Raises:
        LabError: the step raised one, or an error of the core or the system.
    """
    say(f"{title} ...")
    start = time.monotonic()
    try:
        yield
    except (LabError, EngineError, OSError) as error:
        text = f"could not {title}: {error}"
        raise LabError(f"{text}\n{advice}" if advice else text) from error
    say(f"{title}: done in {time.monotonic() - start:.1f} s")


def _end_group(leader: subprocess.Popen[bytes]) -> None:
    """End a program and what it started; it gets ten seconds to do so in good order (dpkg)."""
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        leader.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def run_logged(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program, with its output in a file.

    Raises:
        LabError: it ended with another code than 0; with the last lines of its output.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            # A group of its own, which can be ended with all that it started.
            start_new_session=True,
        )
        try:
            code = program.wait()
        except BaseException:
            _end_group(program)
            raise
    if code != 0:
        lines = log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        raise LabError(
            f"`{shlex.join(command)}` ended with code {code}. Its last lines "
            f"(all of them: {log}):\n" + "\n".join(f"    {line}" for line in lines)
        )
