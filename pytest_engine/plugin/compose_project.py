"""A Compose project that runs: what a test holds, how it comes and how it goes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Callable

from pytest_engine.core.compose.projects import Services, ensure_services
from pytest_engine.core.container import Address, Container
from pytest_engine.core.errors import EngineError, InvalidInput
from pytest_engine.core.wait import all as all_of
from pytest_engine.core.wait import exit as has_ended
from pytest_engine.core.wait import healthy, port, wait_for
from pytest_engine.core.wait.reach import published_ports
from pytest_engine.ownership.labels import SESSION_LABEL
from pytest_engine.ownership.removal import Thing, remove_all

from .foreign import PROJECT_LABEL, refuse_foreign_project
from .lifecycle import remember
from .session import FAILURES, Resource
from .shared import once
from .standing import stands

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.compose.cli import Compose
    from pytest_engine.core.wait import Condition, Ready

    from .foreign import Claims
    from .session import Session

__all__ = ["ComposeProject", "brought_up", "lent", "wait_until_ready"]

_SERVICE = "com.docker.compose.service"
_NUMBER = "com.docker.compose.container-number"


@dataclass(frozen=True)
class ComposeProject:
    """A Compose project that a fixture started.

    `project["web"]` is the container of a service.

    Attributes:
        engine: the engine that it is on.
        name: its name.
    """

    engine: Engine
    name: str
    _containers: Mapping[str, tuple[Container, ...]] = field(repr=False)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that have containers."""
        return tuple(self._containers)

    def containers(self, service: str) -> tuple[Container, ...]:
        """All containers of a service, by their number.

        Raises:
            InvalidInput: there is no such service, or it was not started.
        """
        try:
            return self._containers[service]
        except KeyError:
            raise InvalidInput(
                f"Compose project {self.name} has no container of a service {service!r}. It has "
                f"some of {', '.join(self.services) or 'none'}."
            ) from None

    def __getitem__(self, service: str) -> Container:
        """The container of a service that has one.

        Raises:
            InvalidInput: it has several, or none.
        """
        containers = self.containers(service)
        if len(containers) > 1:
            raise InvalidInput(
                f"Service {service} of Compose project {self.name} has {len(containers)} "
                f"containers; take one of containers({service!r})."
            )
        return containers[0]

    def address(self, service: str, port: int, protocol: str = "tcp") -> Address:
        """Find where a published port of a service is reached from here.

        Raises:
            InvalidInput: see `Container.address`.
        """
        return self[service].address(port, protocol)

    def logs(self, service: str | None = None, *, tail: int | None = None) -> str:
        """Read what containers have logged, the name of each in front of its lines.

        Args:
            service: only those of this service; None: all.
            tail: only so many last lines of each.
        """
        names = self.services if service is None else (service,)
        lines = []
        for container in (one for name in names for one in self.containers(name)):
            lines += [
                f"{container.name}: {line}" for line in container.logs(tail=tail).splitlines()
            ]
        return "".join(f"{line}\n" for line in lines)


@contextmanager
def brought_up(
    session: Session,
    engine: Engine,
    fixture: str,
    cli: Compose,
    claims: Claims,
    wanted: Services,
    *,
    stays: bool = False,
) -> Iterator[ComposeProject]:
    """Start a project, and take it down afterwards with all that is its own.

    Args:
        session: the run.
        engine: where to start it.
        fixture: the fixture that it is for.
        cli: runs Compose for it.
        claims: what it takes for its own.
        wanted: what is wanted of it.
        stays: take it down only if something goes wrong: it is the whole run's, which
            removes it at its end.

    Raises:
        ComposeFailed: it does not start.
        NotOurs: it would take over what is not of this run; nothing is touched.
    """
    name = str(cli.project.name)
    noted: list[Resource] = []
    refuse_foreign_project(engine, claims, session.owner.session)
    began = time.monotonic()
    is_well = False
    try:
        try:
            ensure_services(cli, wanted)
        finally:
            # Also where it failed: the logs of those that did start may tell why.
            containers = _containers(engine, name)
            noted = _note(session, engine, fixture, containers, shared=False)
        session.speaker.detail(f"{fixture} ({name}) up after {time.monotonic() - began:.2f} s")
        yield ComposeProject(engine, name, containers)
        is_well = True
    except FAILURES as exc:
        for resource in noted:
            if resource.container is not None:
                remember(session, resource, resource.container, getattr(exc, "log_tail", ""))
        raise
    finally:
        if stays and is_well:
            for resource in noted:
                session.forget(resource)
        else:
            _take_down(session, engine, cli, wanted, noted)


@contextmanager
def lent(
    session: Session,
    engine: Engine,
    fixture: str,
    key: str | None,
    up: Callable[[], AbstractContextManager[ComposeProject]],
) -> Iterator[ComposeProject]:
    """Use a project: one of this fixture's own, or the whole run's, which is left as it is.

    Args:
        session: the run.
        engine: where it is.
        fixture: the fixture that it is for.
        key: what the run knows it by; None: it is the fixture's own. Where one of its containers
            does not stand any more, it is brought up again.
        up: brings it up, and if it is the fixture's own, takes it down.
    """
    if key is None:
        with up() as project:
            yield project
        return

    def start() -> dict[str, Any]:
        with up() as project:
            ids = [one.id for name in project.services for one in project.containers(name)]
            return {"project": project.name, "containers": ids, "at": time.time()}

    def is_there(told: Mapping[str, Any]) -> bool:
        age = time.time() - told["at"]
        return all(stands(Container(engine, one), age) for one in told["containers"])

    name = once(session.run, key, start, is_there)["project"]
    containers = _containers(engine, name)
    noted = _note(session, engine, fixture, containers, shared=True)
    try:
        yield ComposeProject(engine, name, containers)
    finally:
        for resource in noted:
            session.forget(resource)


def _note(
    session: Session,
    engine: Engine,
    fixture: str,
    containers: Mapping[str, tuple[Container, ...]],
    *,
    shared: bool,
) -> list[Resource]:
    """Keep book of a project's containers, for the reports."""
    noted = []
    for container in (one for several in containers.values() for one in several):
        resource = Resource("container", container.name, fixture, engine, container.id)
        resource.container = container
        resource.shared = shared
        session.note(resource)
        noted.append(resource)
    return noted


def wait_until_ready(
    project: ComposeProject, conditions: Mapping[str, Ready], timeout: float
) -> None:
    """Wait until all containers of a project are ready.

    Args:
        project: the project.
        conditions: service -> when each of its containers is ready. Others go by their
            healthcheck, or their published TCP ports, or are ready where they ended well.
        timeout: seconds until all are.

    Raises:
        WaitTimeout: one is not.
        ContainerDied: one ended, and not with exit code 0.
    """
    end = time.monotonic() + timeout
    for service in project.services:
        for container in project.containers(service):
            condition = conditions.get(service) or _readiness(container)
            if condition is not None:
                wait_for(container, condition, max(end - time.monotonic(), 0.001))


def _containers(engine: Engine, project: str) -> dict[str, tuple[Container, ...]]:
    """Find the containers of a project: service -> containers, by their number."""
    labels = [f"{PROJECT_LABEL}={project}", "com.docker.compose.oneoff=False"]
    listed = engine.containers.list(all=True, filters={"label": labels})
    found: dict[str, list[tuple[int, Container]]] = {}
    for one in listed:
        container = Container(engine, one["Id"], name=one["Names"][0].lstrip("/"))
        number = int(one["Labels"].get(_NUMBER, "1"))
        found.setdefault(one["Labels"][_SERVICE], []).append((number, container))
    return {
        service: tuple(one for _number, one in sorted(several, key=lambda pair: pair[0]))
        for service, several in sorted(found.items())
    }


def _readiness(container: Container) -> Condition | None:
    inspected = container.inspect()
    if inspected.get("State", {}).get("Status") == "exited":
        return has_ended(0)
    check = inspected.get("Config", {}).get("Healthcheck") or {}
    if check.get("Test", ["NONE"]) not in ([], ["NONE"]):
        return healthy()
    published = [key.partition("/") for key in published_ports(inspected)]
    answers = [port(int(number)) for number, _slash, protocol in published if protocol == "tcp"]
    return all_of(*answers) if len(answers) > 1 else next(iter(answers), None)


def _take_down(
    session: Session, engine: Engine, cli: Compose, wanted: Services, noted: list[Resource]
) -> None:
    project, owner = f"{PROJECT_LABEL}={cli.project.name}", session.owner.session
    filters = {"label": [project, f"{SESSION_LABEL}={owner}"]}
    try:
        # Its data goes with it, so nothing has to end in good order.
        ensure_services(cli, replace(wanted, names=(), timeout=0), "absent")
        # Compose takes a network that somebody else is still on for no failure.
        networks = engine.networks.list(filters=filters)
        # Of an image with several names it takes but one.
        images = [
            Thing("image", one["Id"], one["Id"][:19]) for one in engine.images.list(filters=filters)
        ]
    except EngineError as exc:
        # Its containers are removed one by one at the end of the run.
        session.left.append(f"Compose project {cli.project.name}: {exc}")
        return
    session.left += [f"network {one['Name']}: something else is on it" for one in networks]
    left = remove_all(engine, images, session.patience)
    session.left += [f"{one}: {why}" for one, why in left.items()]
    for resource in noted:
        if resource in session.live:
            session.live.remove(resource)
