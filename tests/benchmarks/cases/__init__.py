"""The cases, in the order of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import calls, events, imports, memory, streams

if TYPE_CHECKING:
    from tests.benchmarks.rounds import Case

__all__ = ["CASES"]

CASES: tuple[Case, ...] = (
    *calls.CASES,
    *streams.CASES,
    *memory.CASES,
    *events.CASES,
    *imports.CASES,
)
