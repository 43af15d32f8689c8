"""A function for the projects of tests: it looks for containers without a fixture."""

from __future__ import annotations

__all__ = ["LOOKING"]

LOOKING = """
import os, time

def there(fixture, pytestconfig, count=1, patience=30):
    "Wait until so many containers of a fixture have been created; tell how many there are."
    filters = {"label": [f"io.pytest-engine.fixture={fixture}",
                         f"io.pytest-engine.user={os.environ['LOGNAME']}"]}
    until = time.monotonic() + patience
    with Engine(pytestconfig.getoption("engine_host")) as client:
        while True:
            found = len(client.containers.list(all=True, filters=filters))
            if found >= count or time.monotonic() > until:
                return found
            time.sleep(0.02)
"""
