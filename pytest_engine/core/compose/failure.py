"""The error for a Compose CLI that failed."""

from __future__ import annotations

from typing import Any

from ..errors import EngineError

__all__ = ["ComposeFailed"]


class ComposeFailed(EngineError):
    """The Compose CLI failed.

    Attributes:
        command: what was run, as for a shell.
        exit_code: with which code it ended.
        stdout: what it wrote.
        stderr: what it said meanwhile.
        actions: what had been done by then, each with `what`, `id` and `status`.
        changed: whether that changed anything.
        containers: those of the project afterwards; None where that could not be learnt.
        images: their images, likewise.
    """

    def __init__(
        self,
        message: str,
        *,
        command: str = "",
        exit_code: int | None = None,
        stdout: str = "",
        stderr: str = "",
    ) -> None:
        """Keep what was run and what it said; whoever ran it adds what had been done."""
        super().__init__(message)
        self.command = command
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        self.actions: list[dict[str, str]] = []
        self.changed = False
        self.containers: list[dict[str, Any]] | None = None
        self.images: list[dict[str, Any]] | None = None
