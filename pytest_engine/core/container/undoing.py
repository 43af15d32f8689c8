"""What was done and has to be undone, whatever happens in between."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ..errors import EngineError, FaultNotUndone

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Callable

__all__ = ["Undoing"]


class Undoing:
    """Steps back, taken at the end of a block in reverse order, each whatever became of others.

    A step that fails does not hide what happened in the block: an exception that left it is
    the cause of the error that is raised, and one like KeyboardInterrupt goes on, with a warning.

    Args:
        fault: what was done, for the message.
    """

    def __init__(self, fault: str) -> None:
        """Start with no step."""
        self._fault = fault
        self._steps: list[tuple[str, Callable[[], object]]] = []

    def later(self, what: str, step: Callable[[], object]) -> None:
        """Take a step at the end of the block.

        Args:
            what: what it does, for the message if it cannot.
            step: does it; an `EngineError` says that it could not be done.
        """
        self._steps.append((what, step))

    def __enter__(self) -> Undoing:
        """Begin the block."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take all steps.

        Raises:
            FaultNotUndone: at least one could not be taken.
        """
        failures: list[str] = []
        self._take(failures)
        if not failures:
            return
        error = FaultNotUndone(
            f"{self._fault} could not be undone: {'; '.join(failures)}. The container is not as "
            "it was before: remove it and start another one."
        )
        if exc is None or isinstance(exc, Exception):
            raise error from exc
        try:
            warnings.warn(str(error), stacklevel=3)
        except UserWarning as warning:
            # Where warnings are errors, an interrupt goes on all the same.
            raise exc from warning

    def _take(self, failures: list[str]) -> None:
        if not self._steps:
            return
        what, step = self._steps.pop()
        try:
            step()
        except EngineError as error:
            failures.append(f"{what}: {error}")
        finally:
            self._take(failures)
