"""An engine of a test's own, to be restarted and to run out of space; nothing else uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.launch import launch_dockerd
from pytest_engine.core.launch.processes import spawn_detached
from pytest_engine.core.launch.record import Record
from pytest_engine.core.launch.start import answers
from pytest_engine.core.launch.teardown import empty_through_api
from tests.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NEEDS_ROOT", "bring_back", "launched", "lose_everything", "restart", "take_away"]

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="an engine of a test's own needs root")


@contextmanager
def launched(root: Path, *, megabytes: int | None = None) -> Iterator[Engine]:
    """Launch an engine that pulls from the lab's registry, for a block.

    Args:
        root: its folder.
        megabytes: the size of its disk; None: that of this machine's.
    """
    if megabytes is not None:
        data = root / "data"
        data.mkdir()
        options = f"size={megabytes}m,mode=711"
        # What is mounted below its folder is unmounted when it stops.
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)], check=True)
    private = launch_dockerd(root, registry_mirrors=[f"http://{Lab.default().registry}"])
    try:
        with Engine(private.endpoint, environ={}) as engine:
            yield engine
    finally:
        private.stop()


def restart(root: Path) -> None:
    """Restart the dockerd of a private engine as a service manager does it.

    Its containers end with it, and are there again afterwards, exited.
    """
    bring_back(root, take_away(root))


def take_away(root: Path) -> list[str]:
    """Stop the dockerd of a private engine; returns how it was started."""
    record = Record.load(root)
    assert record is not None
    running = record.running()
    assert running is not None
    command = Path(f"/proc/{running.pid}/cmdline").read_bytes().decode()
    running.signal(signal.SIGTERM)
    assert running.wait_gone(60.0)
    return command.rstrip("\0").split("\0")


def bring_back(root: Path, command: list[str]) -> None:
    """Start it again, and wait until it answers."""
    record = Record.load(root)
    assert record is not None
    for _attempt in range(3):
        record = record.started(spawn_detached(command, record.log, os.environ))
        record.save()
        while record.running() is not None:
            if answers(record):
                return
            time.sleep(0.05)
        # One that starts at the same moment as another may fail over the firewall.
    raise AssertionError(record.log.read_text())


def lose_everything(root: Path) -> None:
    """Have a private engine restarted without its containers and networks."""
    record = Record.load(root)
    assert record is not None
    empty_through_api(record)
    restart(root)
