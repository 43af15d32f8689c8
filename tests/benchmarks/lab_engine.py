"""The engine that benchmarks are measured on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lab_engine"]


@contextlib.contextmanager
def lab_engine(host: str | None, image: str) -> Iterator[str]:
    """Give the address of the engine: the one that is named, else the lab's with this image."""
    if host is not None:
        yield host
        return
    lab = Lab.default()
    before = lab.status()
    # Of a lab of which anything ran, its registry alone, somebody else has need: it stays up.
    is_ours = before.engine_pid is None and before.registry_pid is None
    lab.up([image])
    try:
        yield lab.host
    finally:
        if is_ours:
            lab.down()
