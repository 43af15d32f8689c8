"""A new container in the place of an old one, which comes back if the new one fails."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from ..errors import (
    ApiError,
    ConnectionFailed,
    ConnectionLost,
    EngineError,
    NotFound,
    ServerError,
    Timeout,
)
from .reconcile import engine_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.attachment import NetworkAttachment
    from ..types.engine import ContainerCreateBody

__all__ = ["NewContainer"]

# In seconds. An engine goes on making a container when nobody waits for the answer any more, and
# does not show it before it is made. That takes a moment, and as long as it likes where there is
# much to copy into a volume.
_LATE = 5.0
_PAUSE = 0.1
# What stands before an engine answers so where it has waited for it in vain; engines never do.
_GATEWAY = (502, 504)


class NewContainer:
    """A container that is being made under a name, which another one may have.

    The other one is stopped and renamed, and removed only when the new one stands; if a
    step fails, the new one is removed and the old one is put back as it was.

    Args:
        engine: the engine.
        name: the name.
        old: the container that has the name now, as the engine shows it.
        keep_volumes: keep the anonymous volumes of the old one.
    """

    def __init__(
        self, engine: Engine, name: str, old: Mapping[str, Any] | None, *, keep_volumes: bool
    ) -> None:
        """Remember what is there; nothing is changed yet."""
        self._engine = engine
        self._name = name
        self._keep_volumes = keep_volumes
        self._old_name = str(old["Name"]).lstrip("/") if old is not None else ""
        self._old_ran = old is not None and bool(old["State"]["Running"])
        self._old_was_frozen = old is not None and bool(old["State"].get("Paused"))
        # Whether the old one may be about to stop, and have the other name; and what the new one
        # is to be, while nobody knows whether it is there.
        self._stopping = False
        self._stop_timeout: int | None = None
        self._set_aside = False
        self._unanswered: ContainerCreateBody | None = None
        self.old_id = str(old["Id"]) if old is not None else ""
        self.new_id = ""

    def stop_old(self, stop: Callable[[], None], timeout: int | None) -> None:
        """Stop the old container, as `stop` does it, which gives it so many seconds."""
        self._stopping, self._stop_timeout = True, timeout
        try:
            stop()
        except EngineError as exc:
            self._stopping = _leaves_open(exc)
            raise
        self._stopping = False

    def create(self, config: ContainerCreateBody, platform: str | None = None) -> list[str]:
        """Set the old container aside and create the new one; return what the engine warns of."""
        if self.old_id:
            self._set_aside = True
            try:
                self._engine.containers.rename(self.old_id, f"{self._name}.{self.old_id[:12]}")
            except NotFound:
                # One with auto-remove is gone as soon as it has stopped.
                self._set_aside = False
        self._unanswered = config
        try:
            made = self._engine.containers.create(config, name=self._name, platform=platform)
        except EngineError as exc:
            if not _leaves_open(exc):
                self._unanswered = None
            raise
        self.new_id = str(made["Id"])
        self._unanswered = None
        return engine_warnings(made)

    def connect(self, attachment: NetworkAttachment) -> None:
        """Put the new container on a further network."""
        self._engine.networks.connect(attachment.name, self.new_id, attachment.to_engine())

    def discard_old(self) -> None:
        """Remove the old container.

        Raises:
            EngineError: it may stay; says what it is called.
        """
        try:
            self._engine.containers.remove(self.old_id, force=True, volumes=not self._keep_volumes)
        except NotFound:
            pass
        except EngineError as exc:
            aside = f"{self._name}.{self.old_id[:12]}"
            raise EngineError(f"{exc} The replaced container was set aside as {aside}.") from exc

    def undo(self) -> None:
        """Leave everything as it was before the first step, each thing whatever became of others.

        Raises:
            EngineError: the old container cannot be put back; says where it is.
        """
        failures: list[EngineError] = []
        _take((self._remove_new, self._take_name_back, self._start_old), failures)
        if failures:
            where = (self._old_name, f"{self._name}.{self.old_id[:12]}")
            hint = [f"Look for {' or '.join(where)}."] if self.old_id else []
            raise EngineError(" ".join([*map(str, failures), *hint])) from failures[0]

    def _remove_new(self) -> None:
        # One that was only found to look like it, and which somebody starts, is not ours to kill.
        is_ours = bool(self.new_id)
        if not is_ours and self._unanswered is not None:
            self.new_id = self._wait_for_unanswered(self._unanswered)
        if self.new_id:
            with contextlib.suppress(NotFound):
                self._engine.containers.remove(self.new_id, force=is_ours, volumes=True)

    def _wait_for_unanswered(self, config: ContainerCreateBody) -> str:
        """Find the container that the engine has made without having told its id; else ""."""
        deadline = time.monotonic() + _LATE
        while True:
            # An engine that does not answer may be about to come back.
            with contextlib.suppress(NotFound, ConnectionFailed, ServerError):
                found = self._engine.containers.inspect(self._name)
                if found["Id"] != self.old_id and _is_made_of(found, self._name, config):
                    image = self._engine.images.inspect(str(config["Image"]))
                    if found["Image"] == image["Id"]:
                        return str(found["Id"])
            if time.monotonic() >= deadline:
                return ""
            time.sleep(_PAUSE)

    def _take_name_back(self) -> None:
        if not self._set_aside:
            return
        containers = self._engine.containers
        if containers.inspect(self.old_id)["Name"] != f"/{self._old_name}":
            containers.rename(self.old_id, self._old_name)

    def _start_old(self) -> None:
        containers = self._engine.containers
        if self._stopping:
            # It may run yet, and then be stopped by what the engine goes on to do. In two steps, as
            # Podman refuses to restart one that it was about to stop.
            containers.stop(self.old_id, timeout=self._stop_timeout)
        if self._old_ran:
            containers.start(self.old_id)
        if self._old_was_frozen:
            containers.pause(self.old_id)


def _leaves_open(exc: EngineError) -> bool:
    """Tell whether an engine may do yet what was asked for, as when somebody interrupts."""
    by_gateway = isinstance(exc, ApiError) and exc.status in _GATEWAY
    return by_gateway or isinstance(exc, (ConnectionLost, Timeout))


def _is_made_of(container: Mapping[str, Any], name: str, config: ContainerCreateBody) -> bool:
    """Tell whether a container is one that was just made of a configuration.

    Images add variables and labels of theirs; a variable without a value takes one of them away.
    """
    there = container["Config"]
    env = {variable for variable in config.get("Env") or () if "=" in variable}
    return (
        container["Name"] == f"/{name}"
        and container["State"]["Status"] == "created"
        and env <= set(there.get("Env") or ())
        and (config.get("Labels") or {}).items() <= (there.get("Labels") or {}).items()
    )


def _take(steps: Sequence[Callable[[], None]], failures: list[EngineError]) -> None:
    """Take steps, also those after one that fails, or that somebody interrupts."""
    if not steps:
        return
    try:
        steps[0]()
    except EngineError as exc:
        failures.append(exc)
    finally:
        _take(steps[1:], failures)
