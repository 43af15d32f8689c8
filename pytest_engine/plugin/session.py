"""One run of pytest and what it has on the engine."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError, NotFound

from .images import Pulls
from .ownership import SESSION_LABEL, Owner
from .progress import Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.container import Container

    from .options import Settings

__all__ = ["Resource", "Session"]


@dataclass(eq=False)
class Resource:
    """Something that the run made on the engine, or is about to make.

    Attributes:
        kind: `container`, `network`, `volume` or `image`.
        name: its name (of an image: its id).
        fixture: the fixture that made it.
        engine: the engine that it is on.
        id: its id; None: it is not certain that it was made.
        container: the handle, of a container that has started.
        born: when it was made, in seconds since the epoch.
        last_log: what a container had logged when it was removed because it did not become
            ready.
    """

    kind: str
    name: str
    fixture: str
    engine: Engine
    id: str | None = None
    container: Container | None = None
    born: float = field(default_factory=time.time)
    last_log: str | None = None


class Session:
    """What one run of pytest, or one worker of it, shares between its fixtures.

    Attributes:
        settings: the values of the options.
        owner: labels and names of this run.
        speaker: says what is going on.
        live: what exists on the engine because of this run, the oldest first.
        fallen: containers that did not become ready; they are removed already.
        left: what could not be removed, as lines of text.
        built: the images that were built -> their ids, by what they were built from.
        pulls: the images that were pulled.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        """Start with nothing; nothing is connected."""
        self.settings = settings
        self.owner = Owner()
        self.speaker = Speaker(config)
        self.live: list[Resource] = []
        self.fallen: list[Resource] = []
        self.left: list[str] = []
        self.built: dict[object, str] = {}
        self.pulls = Pulls(self.speaker)

    def connect(self) -> Engine:
        """Connect to the engine, or fail or skip, as configured, with the reason."""
        try:
            engine = Engine(self.settings.host)
            # The first look at the version asks the engine.
            _ = engine.api_version
        except EngineError as exc:
            reason = str(exc)
        else:
            return engine
        # Out here, so that the report does not tell the story of the exception as well.
        if self.settings.missing == "skip":
            pytest.skip(f"no container engine: {reason}")
        pytest.fail(
            f"No container engine: {reason}\n"
            "Name one with --engine-host or DOCKER_HOST, or skip the tests that need one "
            "with --engine-missing=skip.",
            pytrace=False,
        )

    @contextmanager
    def making(self, kind: str, name: str, fixture: str, engine: Engine) -> Iterator[Resource]:
        """Keep book of something while it is made; remove it if that fails.

        Yields:
            Its record, whose `id` is to be set as soon as the engine has told it.
        """
        resource = Resource(kind, name, fixture, engine)
        self.live.append(resource)
        try:
            yield resource
        except BaseException:
            # Also when the person presses Ctrl-C in between; not if the engine has refused.
            if resource in self.live:
                self.remove(resource)
            raise

    def remove(self, resource: Resource) -> None:
        """Remove something from the engine; what fails is noted for the end of the run."""
        try:
            _REMOVE[resource.kind](resource, self.owner.session)
        except NotFound:
            pass
        except EngineError as exc:
            self.left.append(f"{resource.kind} {resource.name}: {exc}")
        if resource in self.live:
            self.live.remove(resource)

    def close(self) -> None:
        """Remove whatever is left, the youngest first."""
        while self.live:
            self.remove(self.live[-1])
        self.built.clear()


def _remove_container(resource: Resource, session: str) -> None:
    containers = resource.engine.containers
    if resource.id is None:
        # The engine may have made it though its answer never came; somebody else's
        # container of that name is none of our business.
        found = containers.inspect(resource.name)
        labels = found.get("Config", {}).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    containers.remove(resource.id or resource.name, force=True, volumes=True)


def _remove_network(resource: Resource, session: str) -> None:
    networks = resource.engine.networks
    if resource.id is None:
        labels = networks.inspect(resource.name).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    networks.remove(resource.id or resource.name)


def _remove_volume(resource: Resource, session: str) -> None:
    volumes = resource.engine.volumes
    if resource.id is None:
        labels = volumes.inspect(resource.name).get("Labels") or {}
        if labels.get(SESSION_LABEL) != session:
            return
    volumes.remove(resource.name)


def _remove_image(resource: Resource, session: str) -> None:
    del session
    if resource.id is not None:
        resource.engine.images.remove(resource.id, force=True)


_REMOVE: dict[str, Callable[[Resource, str], None]] = {
    "container": _remove_container,
    "image": _remove_image,
    "network": _remove_network,
    "volume": _remove_volume,
}
