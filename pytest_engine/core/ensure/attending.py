"""Stay with a container that was started: until it ends, or until it is healthy."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from ..errors import (
    ConnectionFailed,
    ConnectionLost,
    ContainerDied,
    NotFound,
    ServerError,
    Timeout,
    WaitTimeout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.events import EventStream
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["Foreground", "wait_until_healthy"]

# What can be read again of what it wrote.
_READABLE = ("journald", "json-file", "local")
# What Docker calls it, and what Podman does, which asks for its own words.
_ENDS = ("die", "died")
_REMOVALS = ("destroy", "remove")
# Seconds between two attempts to listen again, and for which the engine may stay away meanwhile.
_PAUSE = 1.0
_PATIENCE = 60.0


class Foreground:
    """Starts a container and stays until it ends. To be closed.

    Attributes:
        container: the id or name of the container that was started; empty: none was.
        status: its exit code; None: nobody can tell.
        output: what it wrote, or why nobody can tell.
        readable: whether that is what it wrote.
    """

    def __init__(self) -> None:
        """Nothing is started yet."""
        self.container = ""
        self.status: int | None = None
        self.output = ""
        self.readable = False
        self._host: Mapping[str, Any] = {}
        self._events: EventStream | None = None

    def start(self, engine: Engine, container: str) -> None:
        """Start a container; `ContainerKind.start`."""
        self._host = engine.containers.inspect(container).get("HostConfig") or {}
        # Listened to before the start: what vanishes at its end tells nothing afterwards.
        self._events = _events(engine, container, *_ENDS, *_REMOVALS)
        engine.containers.start(container)
        self.container = container

    def stay(self, engine: Engine) -> None:
        """Wait for the end of the container that was started, and read what it wrote.

        Raises:
            ConnectionLost: the connection was lost meanwhile, and the engine stayed away.
        """
        while not self._hears_the_end() and not self._missed_the_end(engine):
            pass
        driver = str((self._host.get("LogConfig") or {}).get("Type"))
        if self._vanishes and self.status is None:
            self.output = "The container was removed while the connection was lost: how it ended "
            self.output += "nobody can tell."
        elif self._vanishes:
            self.output = "The container was removed at its end, and its output with it."
        elif driver not in _READABLE:
            self.output = f"The output went to the log driver {driver}."
        else:
            self.readable = True
            with engine.containers.logs(self.container) as output:
                self.output = b"".join(data for _stream, data in output).decode(errors="replace")

    @property
    def _vanishes(self) -> bool:
        return bool(self._host.get("AutoRemove"))

    def _hears_the_end(self) -> bool:
        """Listen until the container ends, or until the connection does."""
        with contextlib.suppress(ConnectionFailed):
            for event in self._events or ():
                if event.get("Action") in _ENDS:
                    attributes = (event.get("Actor") or {}).get("Attributes") or {}
                    code = attributes.get("exitCode", attributes.get("containerExitCode", 0))
                    self.status = int(code)
                if event.get("Action") in _REMOVALS or not self._vanishes:
                    return True
        return False

    def _missed_the_end(self, engine: Engine) -> bool:
        """Listen again, after the connection was lost, and look what became of the container."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.close()
            time.sleep(_PAUSE)
            try:
                # Before as well, for an engine that hangs is not to be listened to without end.
                if not self._has_ended(engine):
                    self._events = _events(engine, self.container, *_ENDS, *_REMOVALS)
                return self._has_ended(engine)
            except NotFound:
                return True
            except (ConnectionFailed, ServerError, Timeout) as exc:
                if time.monotonic() < deadline:
                    continue
                raise ConnectionLost(
                    f"Container {self.container} was started, and may still run: the connection "
                    "on which its end is told was lost, and the engine stayed away for "
                    f"{_PATIENCE:g} s: {exc}",
                    endpoint=engine.endpoint.url,
                ) from exc

    def _has_ended(self, engine: Engine) -> bool:
        state = engine.containers.inspect(self.container)["State"]
        if state.get("Running") or state.get("Restarting"):
            return False
        self.status = int(state["ExitCode"])
        return True

    def close(self) -> None:
        """Listen no longer; the container is left as it is."""
        if self._events is not None:
            self._events.close()

    def clean_up(self, engine: Engine, *, keep_volumes: bool) -> None:
        """Remove the container that was started."""
        with contextlib.suppress(NotFound):
            engine.containers.remove(self.container, force=True, volumes=not keep_volumes)


def wait_until_healthy(engine: Engine, container: str, timeout: float | None) -> Mapping[str, Any]:
    """Wait until a container's healthcheck has succeeded; one without a check is healthy.

    Args:
        engine: the engine.
        container: its name or id.
        timeout: seconds to wait at most; None: for ever.

    Returns:
        The container as the engine shows it then.

    Raises:
        WaitTimeout: it was not healthy in time.
        ContainerDied: it ended while it was waited for.
    """
    with _events(engine, container, "health_status", *_ENDS) as events:
        clock = threading.Timer(timeout or 0, events.close)
        clock.daemon = True
        if timeout is not None:
            clock.start()
        try:
            there: Mapping[str, Any] = engine.containers.inspect(container)
            if _is_healthy(there):
                return there
            for _event in events:
                there = engine.containers.inspect(container)
                if _is_healthy(there):
                    return there
        finally:
            clock.cancel()
        if not events.was_closed():
            raise ConnectionLost(
                f"The events of container {_name(there)} ended before it was healthy. Look whether "
                "the engine still runs.",
                endpoint=engine.endpoint.url,
            )
    raise WaitTimeout(
        f"Container {_name(there)} was not healthy within {timeout:g} s: {_last_words(there)}"
    )


def _events(engine: Engine, container: str, *kinds: str) -> EventStream:
    filters = {"type": "container", "container": container, "event": list(kinds)}
    return engine.system.events(filters=filters)


def _is_healthy(container: Mapping[str, Any]) -> bool:
    state = container.get("State") or {}
    if not state.get("Running") and not state.get("Restarting"):
        raise ContainerDied(
            f"Container {_name(container)} ended with exit code "
            f"{state.get('ExitCode')} before it was healthy: {_last_words(container)}"
        )
    return (state.get("Health") or {}).get("Status") in (None, "", "none", "healthy")


def _name(container: Mapping[str, Any]) -> str:
    return str(container.get("Name")).lstrip("/")


def _last_words(container: Mapping[str, Any]) -> str:
    """Say what the last check said."""
    health = (container.get("State") or {}).get("Health") or {}
    if not health.get("Log"):
        return "its check has not run yet."
    last = health["Log"][-1]
    said = str(last.get("Output") or "").strip() or "nothing"
    return f"it is {health.get('Status')}; its check ended with {last.get('ExitCode')}: {said}"
