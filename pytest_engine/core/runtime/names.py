"""Strings that have a name: restart policies, wait conditions, and what events tell."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from ..errors import InvalidInput

__all__ = ["EventAction", "EventType", "RestartPolicy", "WaitCondition"]


class _Choice(str, Enum):
    """One of a few strings that an engine takes, and no other."""

    def __str__(self) -> str:
        """Return the string itself; Python's versions differ in what they would show."""
        return str(self.value)

    @classmethod
    def is_valid(cls, value: object) -> bool:
        """Tell whether a value is one of them, as a member or as a plain string."""
        return value in [member.value for member in cls]

    @classmethod
    def _missing_(cls, value: object) -> None:
        choices = ", ".join(member.value for member in cls)
        raise InvalidInput(f"{value!r:.80} is none of {choices}.")


class RestartPolicy(_Choice):
    """What the engine does when a container ends.

    Members are strings: `RestartPolicy("always") is RestartPolicy.ALWAYS`. Any other string
    is an `InvalidInput`.
    """

    DISABLE = "no"
    ALWAYS = "always"
    ON_FAILURE = "on-failure"
    UNLESS_STOPPED = "unless-stopped"


class WaitCondition(_Choice):
    """What of a container is waited for: that it does not run, ends next, or is removed.

    Members are strings, as those of `RestartPolicy` are.
    """

    NOT_RUNNING = "not-running"
    NEXT_EXIT = "next-exit"
    REMOVED = "removed"


class EventType(str):
    """The sort of resource that an event is about.

    A string, because engines tell of more than has a constant here (`daemon`, `builder`,
    `plugin`, ...); it equals the plain string.
    """

    __slots__ = ()

    CONTAINER: ClassVar[EventType]
    IMAGE: ClassVar[EventType]
    VOLUME: ClassVar[EventType]
    NETWORK: ClassVar[EventType]


EventType.CONTAINER = EventType("container")
EventType.IMAGE = EventType("image")
EventType.VOLUME = EventType("volume")
EventType.NETWORK = EventType("network")


class EventAction(str):
    """What happened to a resource.

    A string, because engines tell of more than has a constant here (`attach`, `pull`,
    `exec_start: sh`, `health_status: healthy`, ...); it equals the plain string. A container
    that is removed is `DESTROY` on Docker and `REMOVE` on Podman.
    """

    __slots__ = ()

    CREATE: ClassVar[EventAction]
    START: ClassVar[EventAction]
    RESTART: ClassVar[EventAction]
    STOP: ClassVar[EventAction]
    PAUSE: ClassVar[EventAction]
    UNPAUSE: ClassVar[EventAction]
    KILL: ClassVar[EventAction]
    DIE: ClassVar[EventAction]
    OOM: ClassVar[EventAction]
    DESTROY: ClassVar[EventAction]
    REMOVE: ClassVar[EventAction]
    DELETE: ClassVar[EventAction]


EventAction.CREATE = EventAction("create")
EventAction.START = EventAction("start")
EventAction.RESTART = EventAction("restart")
EventAction.STOP = EventAction("stop")
EventAction.PAUSE = EventAction("pause")
EventAction.UNPAUSE = EventAction("unpause")
EventAction.KILL = EventAction("kill")
EventAction.DIE = EventAction("die")
EventAction.OOM = EventAction("oom")
EventAction.DESTROY = EventAction("destroy")
EventAction.REMOVE = EventAction("remove")
EventAction.DELETE = EventAction("delete")
