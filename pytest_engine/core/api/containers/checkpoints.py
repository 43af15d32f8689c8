"""Checkpoints: the state of a container's processes, put on disk to go on from.

Served by Docker engines that run with `--experimental`, and not in the API's description.
"""

from __future__ import annotations

from typing import TypedDict

from ..part import Part

__all__ = ["Checkpoint", "CheckpointCreateBody", "Checkpoints"]


class Checkpoint(TypedDict, total=False):
    """A checkpoint of a container."""

    Name: str


class CheckpointCreateBody(TypedDict, total=False):
    """What a checkpoint is made by.

    Attributes:
        CheckpointID: what to call it.
        CheckpointDir: a folder on the engine's host to put it in, instead of its own.
        Exit: end the container with it.
    """

    CheckpointID: str
    CheckpointDir: str
    Exit: bool


class Checkpoints(Part):
    """Operations on the checkpoints of containers."""

    def checkpoints(self, container: str, *, dir: str | None = None) -> list[Checkpoint]:
        """List a container's checkpoints (`GET /containers/{id}/checkpoints`).

        Args:
            container: name or id.
            dir: the folder on the engine's host that they are in; None: the engine's own.

        Raises:
            ApiError: the engine does not run with `--experimental` (HTTP 501 or 404).
        """
        checkpoints: list[Checkpoint] = self._caller.json(
            "CheckpointList", container, query={"dir": dir}
        )
        return checkpoints

    def create_checkpoint(self, container: str, config: CheckpointCreateBody) -> None:
        """Put the state of a container that runs on disk (`POST /containers/{id}/checkpoints`).

        `start` goes on from it. The engine needs the program `criu` for it.

        Raises:
            ServerError: `criu` is missing, or cannot do it with this container.
            ApiError: see `checkpoints`.
        """
        self._caller.call("CheckpointCreate", container, json_body=config, endless=True)

    def remove_checkpoint(self, container: str, checkpoint: str, *, dir: str | None = None) -> None:
        """Remove a checkpoint (`DELETE /containers/{id}/checkpoints/{checkpoint}`).

        Args:
            container: name or id.
            checkpoint: its name.
            dir: see `checkpoints`.

        Raises:
            ApiError: there is none of that name; see `checkpoints`.
        """
        self._caller.call("CheckpointDelete", container, checkpoint, query={"dir": dir})
