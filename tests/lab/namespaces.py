"""Go where an engine in a container has its network."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["current_network", "inside"]

_CLONE_NEWNET = 0x40000000


def current_network() -> int:
    """Open the network namespace of this thread, as a file descriptor to be closed."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextmanager
def inside(network: Path | int) -> Iterator[None]:
    """Move this thread into a network namespace, and what it starts meanwhile.

    Sockets that are open stay where they were made. Unix sockets with a path are reached from
    everywhere.

    Args:
        network: the file that stands for it (`/proc/PID/ns/net`), or a descriptor of it.

    Raises:
        OSError: there is none, or this is not root.
    """
    before = current_network()
    try:
        if isinstance(network, int):
            _enter(network)
        else:
            wanted = os.open(network, os.O_RDONLY | os.O_CLOEXEC)
            try:
                _enter(wanted)
            finally:
                os.close(wanted)
        try:
            yield
        finally:
            _enter(before)
    finally:
        os.close(before)


def _enter(descriptor: int) -> None:
    # os.setns is there from Python 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"setns: {os.strerror(number)}")
