"""What an inspect says about a container's life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..moment import encode_nanoseconds, parse_moment
from ..standpoint import Standpoint
from .standing import standpoint_of

if TYPE_CHECKING:
    from ..client import Engine
    from ..endpoint import Endpoint
    from ..types.engine import ContainerInspectResponse, ContainerState

__all__ = ["Facts", "facts_of", "stamp"]

_NOWHERE_ELSE = Standpoint()
# The engine's way to say "never".
_NEVER = "0001-01-01"


@dataclass(frozen=True)
class Facts:
    """A container as it was inspected, with the endpoint that it was inspected at.

    Attributes:
        inspected: the answer of `GET /containers/{id}/json`.
        endpoint: where the engine is.
        standpoint: where this process is.
    """

    inspected: ContainerInspectResponse
    endpoint: Endpoint
    standpoint: Standpoint = _NOWHERE_ELSE

    @property
    def name(self) -> str:
        """The container's name."""
        return self.inspected.get("Name", "").lstrip("/") or self.inspected.get("Id", "")[:12]

    @property
    def image(self) -> str:
        """The image that it was created from, as it was named then."""
        return (self.inspected.get("Config") or {}).get("Image", "")

    @property
    def title(self) -> str:
        """Name and image for messages; an image's id is shortened as people know it."""
        image = self.image
        return f"{self.name} ({image[7:19] if image.startswith('sha256:') else image})"

    @property
    def state(self) -> ContainerState:
        """Its state."""
        return self.inspected.get("State", {})

    @property
    def health(self) -> str:
        """What its healthcheck says: `starting`, `healthy`, `unhealthy`; empty: it has none."""
        return (self.state.get("Health") or {}).get("Status", "")

    @property
    def is_alive(self) -> bool:
        """Whether its process runs, or is about to be started again by the engine."""
        status = str(self.state.get("Status"))
        # So Podman calls what it has not cleaned up yet, and then may start again.
        if status == "stopped":
            host = self.inspected.get("HostConfig") or {}
            policy = (host.get("RestartPolicy") or {}).get("Name")
            return policy not in (None, "", "no")
        return status in ("running", "paused", "restarting")

    @property
    def is_running(self) -> bool:
        """Whether its process runs, so that its ports and addresses are those that count."""
        return self.state.get("Status") in ("running", "paused")

    @property
    def has_started(self) -> bool:
        """Whether it was ever started."""
        return not (self.state.get("StartedAt") or _NEVER).startswith(_NEVER)

    @property
    def tty(self) -> bool:
        """Whether it has a terminal, so that its log has no frames."""
        return bool((self.inspected.get("Config") or {}).get("Tty"))

    @property
    def since(self) -> str | None:
        """The moment after which log lines belong to this start; None: all of them do.

        That is the end of the start before: the engine notes the start itself a moment
        after the process may already have written its first lines. Of a container that
        has ended, the engine no longer tells when an earlier start ended.
        """
        finished = self.state.get("FinishedAt") or _NEVER
        if finished.startswith(_NEVER):
            return None
        if self.is_alive:
            return stamp(finished)
        return stamp(self.state.get("StartedAt") or _NEVER, earlier=1)


def facts_of(engine: Engine, inspected: ContainerInspectResponse) -> Facts:
    """Put what was inspected together with where the engine and this process are."""
    return Facts(inspected, engine.endpoint, standpoint_of(engine))


def stamp(moment: str, *, earlier: int = 0) -> str:
    """Turn the engine's RFC 3339 time into seconds since the epoch with nanoseconds.

    Args:
        moment: a time as the engine writes it, with up to nine digits of a second. Docker
            writes UTC, Podman its own time zone.
        earlier: whole seconds to go back.
    """
    return encode_nanoseconds(parse_moment(moment) - earlier * 1_000_000_000)
