"""All operations of the Engine API: where each is served, since when, and what calls it.

The table is what `pytest_engine.core.api` calls operations by, so it cannot be out of date.
"""

from .model import Operation, Span
from .table import OPERATIONS

__all__ = ["OPERATIONS", "Operation", "Span"]
