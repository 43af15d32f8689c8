"""A program that waits for others of its threads, and an interrupt that comes to one of those."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["interrupt"]

_LIMIT = 30
_PROGRAM = """
import signal, sys, threading

def interrupt():
    sys.stdin.readline()
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
print("begun", flush=True)
try:
{}
except KeyboardInterrupt:
    print("interrupted")
"""


def interrupt(program: str, is_waiting: Callable[[], bool]) -> str:
    """Run lines of Python, and interrupt them, in another thread than the main one.

    Args:
        program: the lines.
        is_waiting: whether it has got to where it is to be interrupted.

    Returns:
        What it has written. It has come to its end by then.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.format(indent(program, "    "))],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            assert child.stdout is not None
            child.stdout.readline()
            while not is_waiting():
                assert child.poll() is None
                time.sleep(0.01)
            return child.communicate("\n", timeout=_LIMIT)[0]
        finally:
            child.kill()
