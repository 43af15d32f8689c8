"""From the start of a container to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import Timeout
from ..part import Part

if TYPE_CHECKING:
    from typing import Literal

    from ...types.engine import ContainerWaitResponse
    from ..call import Caller

__all__ = ["Life", "wait_for_end"]


class Life(Part):
    """Operations that start and stop containers, and wait for their end."""

    def start(
        self,
        container: str,
        *,
        detach_keys: str | None = None,
        checkpoint: str | None = None,
        checkpoint_dir: str | None = None,
    ) -> bool:
        """Start a container (`POST /containers/{id}/start`).

        Args:
            container: name or id.
            detach_keys: keys in its input that end a connection to it, like
                `ctrl-p,ctrl-q`.
            checkpoint: go on from this one, by its name.
            checkpoint_dir: the folder on the engine's host that the checkpoint is in, where
                it is not the container's own.

        Returns:
            Whether it was started; False: it ran already.

        Raises:
            PortInUse: a host port that it publishes is taken.
        """
        return self._caller.modifies(
            "ContainerStart",
            container,
            query={
                "detachKeys": detach_keys,
                "checkpoint": checkpoint,
                "checkpoint-dir": checkpoint_dir,
            },
            endless=True,
        )

    def stop(
        self, container: str, *, timeout: int | None = None, signal: str | None = None
    ) -> bool:
        """Stop a container (`POST /containers/{id}/stop`).

        Args:
            container: name or id.
            timeout: seconds until it is killed; None: the container's own stop timeout
                (10 where it has none); -1: never.
            signal: the signal that asks it to end (API 1.42); None: the container's own,
                TERM where it has none. With a restart policy, and a `StopSignal` that is
                another one, engine 28.5 starts the container again.

        Returns:
            Whether it was stopped; False: it did not run.
        """
        return self._caller.modifies(
            "ContainerStop", container, query={"t": timeout, "signal": signal}, endless=True
        )

    def restart(
        self, container: str, *, timeout: int | None = None, signal: str | None = None
    ) -> None:
        """Stop, then start a container (`POST /containers/{id}/restart`); see `stop`."""
        self._caller.call(
            "ContainerRestart", container, query={"t": timeout, "signal": signal}, endless=True
        )

    def kill(self, container: str, *, signal: str | None = None) -> None:
        """Send a signal to a container's process, KILL if none is named.

        `POST /containers/{id}/kill`.

        Raises:
            Conflict: the container does not run.
        """
        self._caller.call("ContainerKill", container, query={"signal": signal})

    def pause(self, container: str) -> None:
        """Freeze a container's processes (`POST /containers/{id}/pause`)."""
        self._caller.call("ContainerPause", container)

    def unpause(self, container: str) -> None:
        """Let a container's frozen processes go on (`POST /containers/{id}/unpause`)."""
        self._caller.call("ContainerUnpause", container)

    def wait(
        self,
        container: str,
        *,
        condition: Literal["not-running", "next-exit", "removed"] = "not-running",
        timeout: float | None = None,
    ) -> ContainerWaitResponse:
        """Wait until a container ends (`POST /containers/{id}/wait`).

        Args:
            container: name or id.
            condition: `not-running` (at once if it does not run), `next-exit` or `removed`.
            timeout: seconds to wait at most; None: for ever.

        Raises:
            Timeout: it did not end in time, or the engine's answer began and went no further.
        """
        return wait_for_end(self._caller, container, condition, timeout)


def wait_for_end(
    caller: Caller, container: str, condition: str, timeout: float | None
) -> ContainerWaitResponse:
    """Wait until a container ends; see `Life.wait`."""
    try:
        with caller.stream(
            "ContainerWait", container, query={"condition": condition}, timeout=timeout
        ) as stream:
            answer: ContainerWaitResponse = caller.check_json("ContainerWait", stream.read_json())
    except Timeout as exc:
        if timeout is None:
            # Not the container took too long, but an answer that had begun.
            raise
        raise Timeout(
            f"Container {container} did not reach {condition} within {timeout:g} s."
        ) from exc
    return answer
