"""`python -m tests.lab`."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from .cli import main


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End like after Ctrl-C, so that what was begun is undone on the way out."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main(sys.argv[1:]))
