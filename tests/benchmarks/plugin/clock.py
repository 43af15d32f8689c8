"""A plugin that takes the time within a run: loaded with `-p tests.benchmarks.plugin.clock`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

__all__ = ["FILE", "pytest_runtest_setup", "pytest_runtestloop", "stop"]

# Where the times go.
FILE = "PYTEST_ENGINE_BENCH_FILE"
_BEGAN: dict[str, float] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Note when everything has been collected."""
    _BEGAN["loop"] = time.monotonic()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Note when a test begins, its set-up included."""
    _BEGAN["setup"] = time.monotonic()


def stop() -> None:
    """Write down the seconds since then."""
    now = time.monotonic()
    times = {name: now - began for name, began in _BEGAN.items()}
    Path(os.environ[FILE]).write_text(json.dumps(times), encoding="utf-8")
