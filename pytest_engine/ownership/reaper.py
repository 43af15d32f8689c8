"""A small process of its own that waits for the end of a run, and removes what it left.

It is no child of the run and no member of its terminal's session, so that what ends the run
does not end it. It waits for the run's lock, of which the kernel tells it, whether the run
came to its end, was interrupted or was killed. A run that came to its end has removed all by
itself, and its folder, too; then there is nothing to do.

Nothing of the client is imported before it is needed: most runs end well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from .folders import FORGOTTEN, RunFolder, Trace, runs

__all__ = ["main", "start"]

# Where tools end, with all their processes, a job that was stopped, this one has some time to
# finish what it does.
_AFTER_SIGTERM = 15
# An engine that is restarted takes that long at most, with some containers on it.
_PATIENCE = 60.0

_PROGRAM = """\
import sys
sys.path.extend(sys.argv[2:])
from pytest_engine.ownership.reaper import main
main(sys.argv[1])
"""


def start(run: RunFolder) -> subprocess.Popen[bytes] | None:
    """Start the reaper of a run, unless one of the run's processes has done so before.

    Returns:
        A process that ends at once, for the caller to collect; None if there is none.

    Raises:
        OSError: it cannot be started.
    """
    try:
        marker = os.open(run.path / "reaper", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    # Our own folder first: pytest may have found this package in a way of its own.
    home = str(Path(__file__).resolve().parents[2])
    paths = [home, *(path for path in sys.path if os.path.isabs(path))]  # noqa: PTH117  # texts
    try:
        if not sys.executable:
            raise FileNotFoundError("this Python does not know its own program (sys.executable)")
        # -I and -S: neither the environment nor files of the site have a say in what it
        # imports, and it starts in a few milliseconds.
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(run.path), *paths],
            stdin=subprocess.DEVNULL,
            stdout=marker,
            stderr=marker,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        # The next who makes something tries again.
        (run.path / "reaper").unlink()
        raise
    finally:
        os.close(marker)


def main(folder: str) -> None:
    """Be the reaper of the run that has this folder."""
    # Not the run's child any more: nobody there collects it, and nobody's `wait` waits for it.
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # The alarm ends the process.
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(_AFTER_SIGTERM))
    run = Trace(Path(folder))
    _write_pid(run)
    others = threading.Thread(target=_bury_others, args=(run,), daemon=True)
    others.start()
    _wait_and_bury(run)
    # Also after a run that ended well and at once: others may have no time for them either.
    others.join(_PATIENCE)


def _wait_and_bury(run: Trace) -> None:
    """Wait for the end of the run, and remove what it left."""
    try:
        lock = run.claim(wait=True)
    except OSError:
        # The run ended well before this began.
        return
    if lock is None or not run.path.is_dir():
        return
    from .burial import QUIET, bury

    burial = bury(run, quiet=0.0 if run.ended else QUIET, patience=_PATIENCE)
    for line in [*(f"{one}: {why}" for one, why in burial.left.items()), *burial.problems]:
        sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")


def _write_pid(run: Trace) -> None:
    """Write down which process it is."""
    try:
        (run.path / "reaper.pid").write_text(str(os.getpid()), encoding="ascii")
    except OSError:
        # The run is over already.
        return


def _bury_others(run: Trace) -> None:
    """Remove what earlier runs left whose reaper was killed, too, as by a power cut."""
    state = run.path.parent.parent
    for other in runs(state):
        if other.session == run.session:
            continue
        is_forgotten = time.time() - other.about().get("began", 0) > FORGOTTEN
        if other.is_elsewhere and is_forgotten:
            other.remove()
            continue
        try:
            lock = other.claim()
        except OSError:
            # It came to its end just now.
            continue
        if lock is None:
            continue
        try:
            from .burial import QUIET, bury

            # It may have been killed just now, with its reaper.
            burial = bury(other, quiet=0.0 if other.ended else QUIET)
            if not burial.complete and is_forgotten:
                # Its engine is gone for good, it seems.
                other.remove()
        finally:
            os.close(lock)
    if any((state / "reuse").glob("*.json")):
        from .reused import remove_expired

        remove_expired(state)
