"""A network that has to go with containers on it, and comes back with them if that fails."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from ..errors import (
    Conflict,
    ConnectionFailed,
    ConnectionLost,
    ContainerNotFound,
    EngineError,
    NotFound,
    Timeout,
)
from ..polling import poll
from .container_names import find_container

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import NetworkCreateBody

__all__ = ["ReplacedNetwork", "create_when_free", "member_id"]

_PATIENCE = 20.0
# What an inspected network and the body that makes one have in common.
_CONFIGURATION = (
    "Name",
    "Driver",
    "Options",
    "IPAM",
    "EnableIPv4",
    "EnableIPv6",
    "Internal",
    "Attachable",
    "Ingress",
    "Scope",
    "ConfigOnly",
    "Labels",
)


class ReplacedNetwork:
    """A network that is removed, mostly for another one of its name.

    If a step fails, that other one is removed, and this one is there with its containers again.

    Args:
        engine: the engine.
        network: the network as the engine shows it.
        endpoints: name of each container on it -> the settings with which it is there.
        kept: the same, without what does not fit on the other one.
        is_made: tells whether the other one is there although nobody was told so.
    """

    def __init__(
        self,
        engine: Engine,
        network: Mapping[str, Any],
        endpoints: Mapping[str, Mapping[str, Any]],
        kept: Mapping[str, Mapping[str, Any]],
        is_made: Callable[[], bool],
    ) -> None:
        """Remember what is there; nothing is changed yet."""
        self._engine = engine
        self._network = network
        self._id, self._name = str(network["Id"]), str(network["Name"])
        self._endpoints = endpoints
        self._kept = kept
        self._is_made = is_made
        # None: nobody knows.
        self._is_there: bool | None = True
        self._new_id = ""
        self._connected: list[str] = []

    def disconnect(self, name: str) -> None:
        """Take a container off it."""
        self._engine.networks.disconnect(self._id, name, force=True)

    def remove(self) -> None:
        """Remove it."""
        self._is_there = None
        with contextlib.suppress(NotFound):
            self._engine.networks.remove(self._id)
        self._is_there = False

    def create(self, config: NetworkCreateBody) -> None:
        """Create the other one."""
        self._new_id = create_when_free(self._engine, config, waits=self._is_swarms)

    def connect(self, name: str) -> None:
        """Put a container on the other one, as far as possible as it was on this one."""
        self._connected.append(name)
        self._engine.networks.connect(self._name, name, self._kept.get(name))  # type: ignore[arg-type]

    def undo(self) -> None:
        """Leave everything as it was before the first step, as far as that is possible.

        Where the other one stays, the containers go on that.

        Raises:
            EngineError: something could not be put back; names the containers that are off.
        """
        failures: list[EngineError] = []
        endpoints, off, unknown = self._endpoints, [], []
        try:
            self._bring_back()
        except EngineError as exc:
            failures.append(exc)
        if not self._is_there:
            endpoints = self._kept
        for name, endpoint in endpoints.items():
            if failures and _tells_of_silence(failures[-1]):
                # Each further question would take as long.
                unknown.append(name)
                continue
            try:
                self._put_back(name, endpoint)
            except EngineError as exc:
                failures.append(exc)
                off.append(name)
        if failures:
            hint = f" Not on network {self._name} any more: {', '.join(off)}." if off else ""
            if unknown:
                hint += f" Whether these still are, is not known: {', '.join(unknown)}."
            raise EngineError(f"{failures[0]}{hint}") from failures[0]

    @property
    def _is_swarms(self) -> bool:
        return self._network.get("Scope") == "swarm"

    def _bring_back(self) -> None:
        """See that the network is there; where another one is that nobody was told of, leave it."""
        if self._is_there is None:
            self._is_there = self._is_found()
        if self._is_there:
            return
        if self._new_id:
            self._remove_new()
        told = {key: self._network.get(key) for key in _CONFIGURATION}
        # False is not always what leaving it out means.
        config: Any = {key: value for key, value in told.items() if value or value is False}
        try:
            create_when_free(self._engine, config, waits=self._is_swarms)
        except (Conflict, Timeout):
            if not self._is_made():
                raise
        else:
            self._is_there = True

    def _is_found(self) -> bool:
        try:
            self._engine.networks.inspect(self._id)
        except NotFound:
            return False
        return True

    def _remove_new(self) -> None:
        for name in self._connected:
            if member_id(self._engine, self._name, name):
                self._engine.networks.disconnect(self._new_id, name, force=True)
        self._engine.networks.remove(self._new_id)

    def _put_back(self, name: str, endpoint: Mapping[str, Any]) -> None:
        if member_id(self._engine, self._name, name):
            return
        # One with auto-remove may have ended meanwhile.
        with contextlib.suppress(ContainerNotFound):
            self._engine.networks.connect(self._name, name, endpoint)  # type: ignore[arg-type]


def _tells_of_silence(failure: EngineError) -> bool:
    """Tell whether it is that of an engine that answers nobody."""
    is_lost = isinstance(failure, ConnectionLost)
    return isinstance(failure, (ConnectionFailed, Timeout)) and not is_lost


def create_when_free(engine: Engine, config: NetworkCreateBody, *, waits: bool = False) -> str:
    """Create a network and return its id.

    Args:
        engine: the engine.
        config: what it is to be.
        waits: wait until the name is free: a swarm takes a moment to let go of the name of one
            that is removed.
    """

    def create() -> str:
        try:
            return engine.networks.create(config)["Id"]
        except Conflict:
            if not waits:
                raise
            return ""

    return poll(
        create, timeout=_PATIENCE, what=f"The name of network {config['Name']} is to be free"
    )


def member_id(engine: Engine, network: str, name: str) -> str | None:
    """Return the id of a container that is on a network, whether or not it runs."""
    container = find_container(engine, name)
    if container is None:
        return None
    networks = container.get("NetworkSettings", {}).get("Networks") or {}
    if network not in networks or _was_refused(engine, container, networks[network]):
        return None
    return str(container["Id"])


def _was_refused(engine: Engine, container: Mapping[str, Any], endpoint: Mapping[str, Any]) -> bool:
    """Tell whether a network is told that a container could not be connected to.

    Docker tells it as it does the others, but without an endpoint; Podman tells none at all.
    """
    runs = container.get("State", {}).get("Status") == "running"
    return runs and not endpoint.get("EndpointID") and not engine.is_podman
