"""Locks that several hold at once, by flock(2): the kernel lets go of them when a holder dies.

A run's lock is held by the controller of pytest-xdist and its workers, and who wants it alone
learns that the last of them is gone. The library filelock, which does for everything else, has
no such locks.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["claim", "downgrade", "is_claimed", "share", "upgrade"]


def share(path: Path) -> int:
    """Take a lock together with others; returns its open file, whose closing lets go of it.

    The file is made if it is missing, for this user alone. It is not handed to programs that
    are started, as no file of Python's is.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
    except BaseException:
        os.close(file)
        raise
    return file


def claim(path: Path, *, wait: bool = False) -> int | None:
    """Take a lock alone; returns its open file, or None if somebody has it.

    Args:
        path: the file, which is not made.
        wait: wait until the others are gone.

    Raises:
        OSError: there is no such file (`FileNotFoundError`), or it cannot be opened.
    """
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    return file


def is_claimed(path: Path) -> bool:
    """Tell whether somebody has the lock alone.

    Raises:
        OSError: as with `claim`.
    """
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def upgrade(file: int) -> bool:
    """Have a lock that was taken together with others alone, if there are no others now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # flock(2): the lock that was held is lost by the attempt.
        fcntl.flock(file, fcntl.LOCK_SH)
        return False
    return True


def downgrade(file: int) -> None:
    """Have a lock together with others again."""
    fcntl.flock(file, fcntl.LOCK_SH)
