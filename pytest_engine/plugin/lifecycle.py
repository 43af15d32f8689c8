"""From what a fixture asks for to something on the engine, and away again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Literal

import pytest

from pytest_engine.core.container import Container
from pytest_engine.core.errors import ApiError, EngineError, ImageNotFound, InvalidInput
from pytest_engine.core.spec.network import NetworkSpec
from pytest_engine.core.spec.volume import VolumeSpec
from pytest_engine.core.wait import all as all_of
from pytest_engine.core.wait import healthy, port, wait_for

from . import shared
from .handles import Image, Network, Volume

if TYPE_CHECKING:
    from pluggy import HookRelay

    from pytest_engine.core.buildcontext import Sources
    from pytest_engine.core.client import Engine
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.wait import Condition

    from .session import Resource, Session

__all__ = [
    "BuildPlan",
    "build_image",
    "explained",
    "find_image",
    "made_network",
    "made_volume",
    "started",
]


@dataclass(frozen=True)
class BuildPlan:
    """How an image is built.

    Attributes:
        context: a folder, or names in the context -> contents.
        dockerfile: the Dockerfile's path in it.
        args: values for its `ARG` instructions.
        target: the stage to build; None: the last.
    """

    context: Sources
    dockerfile: str = "Dockerfile"
    args: Mapping[str, str] | None = None
    target: str | None = None

    def __str__(self) -> str:
        """Say in short what is built."""
        if isinstance(self.context, Mapping):
            return f"a {self.dockerfile} of its own"
        return os.path.relpath(Path(self.context) / self.dockerfile)


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn errors of ours into a failed set-up that shows the message and no traceback."""
    try:
        yield
    except EngineError as exc:
        raise pytest.fail.Exception(f"{what}: {exc}", pytrace=False) from None


@contextmanager
def started(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    spec: ContainerSpec,
    *,
    wait: Condition | Literal[False] | None,
    timeout: float | None,
    build: BuildPlan | None = None,
    place: str | None = None,
    reuse: str | None = None,
) -> Iterator[Container]:
    """Create and start a container, wait until it is ready, and remove it afterwards.

    Args:
        session: the run.
        engine: where to create it.
        request: the request that it is for.
        spec: what is asked for; without a name it gets one, and labels in any case.
        wait: when it is ready. None: when its healthcheck succeeds, if the spec has one,
            else when its published TCP ports answer. False: at once.
        timeout: seconds until then; None: as configured.
        build: build this and use it as the image.
        place: where its fixture is defined, if the whole run is to share one container.
        reuse: the file in which its fixture is defined, if it may outlive the run.
    """
    fixture = request.fixturename or "container"
    hook = request.node.ihook
    if build is not None:
        spec = replace(spec, image=build_image(session, engine, build, fixture))
    elif spec.image:
        spec = replace(spec, image=_substituted(hook, spec.image))

    def start() -> Resource:
        return _start(session, engine, request, spec, wait, timeout, str(build or spec.image))

    if reuse is not None and session.settings.reuse:
        from .reuse import reused

        def make_ready(resource: Resource, spec: ContainerSpec, fresh: bool) -> None:  # noqa: FBT001  # of two callers, both here
            _make_ready(session, request, spec, resource, wait, timeout, str(spec.image), fresh)

        resource = reused(session, engine, request, spec, reuse, make_ready)
    else:
        facts = (place, fixture, spec.name, spec.to_engine(), repr(spec.networks))
        resource = _made(session, engine, "container", fixture, facts, start, apart=place is None)
    try:
        yield resource.container or Container(engine, str(resource.id))
    finally:
        session.remove(resource)


def _start(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    spec: ContainerSpec,
    wait: Condition | Literal[False] | None,
    timeout: float | None,
    what: str,
) -> Resource:
    """Create and start a container, and wait until it is ready."""
    fixture = request.fixturename or "container"
    hook = request.node.ihook
    spec = replace(
        spec,
        name=spec.name or session.owner.name(fixture),
        labels={**(spec.labels or {}), **session.owner.labels(fixture)},
    )
    spec = hook.pytest_engine_container_spec(spec=spec, request=request) or spec
    with session.making("container", spec.name or "", fixture, engine) as resource:
        container = _create(session, engine, spec, resource)
        container.start()
        _make_ready(session, request, spec, resource, wait, timeout, what)
    return resource


def _make_ready(
    session: Session,
    request: pytest.FixtureRequest,
    spec: ContainerSpec,
    resource: Resource,
    wait: Condition | Literal[False] | None,
    timeout: float | None,
    what: str,
    fresh: bool = True,  # noqa: FBT001, FBT002
) -> None:
    """Wait until a container is ready, and tell the hooks of it."""
    container = resource.container
    assert container is not None  # noqa: S101  # it has started
    try:
        condition = _readiness(spec) if wait is None else wait
        if condition:
            began = time.monotonic()
            wait_for(container, condition, timeout or session.settings.wait_timeout)
            session.speaker.detail(
                f"{resource.fixture} ({what}) ready after {time.monotonic() - began:.2f} s: "
                f"{condition}"
            )
        if fresh:
            hook = request.node.ihook
            hook.pytest_engine_container_ready(container=container, request=request)
    except Exception as exc:
        _remember(session, resource, container, getattr(exc, "log_tail", ""))
        raise


@contextmanager
def made_network(
    session: Session,
    engine: Engine,
    fixture: str,
    spec: NetworkSpec | None,
    place: str | None = None,
) -> Iterator[Network]:
    """Create a network, and remove it afterwards; `place` is that of `started`."""

    def make() -> Resource:
        wanted = spec or NetworkSpec(session.owner.name(fixture))
        labels = {**(wanted.labels or {}), **session.owner.labels(fixture)}
        with session.making("network", wanted.name, fixture, engine) as resource:
            with _nothing_made_on_refusal(session, resource):
                created = engine.networks.create(replace(wanted, labels=labels).to_engine())
            resource.id = created["Id"]
        return resource

    facts = (place, fixture, spec and spec.to_engine())
    resource = _made(session, engine, "network", fixture, facts, make, apart=place is None)
    try:
        yield Network(engine, str(resource.id), resource.name)
    finally:
        session.remove(resource)


@contextmanager
def made_volume(
    session: Session,
    engine: Engine,
    fixture: str,
    spec: VolumeSpec | None,
    place: str | None = None,
) -> Iterator[Volume]:
    """Create a volume, and remove it with its data afterwards; `place` likewise."""

    def make() -> Resource:
        wanted = spec or VolumeSpec(session.owner.name(fixture))
        labels = {**(wanted.labels or {}), **session.owner.labels(fixture)}
        with session.making("volume", wanted.name, fixture, engine) as resource:
            with _nothing_made_on_refusal(session, resource):
                engine.volumes.create(replace(wanted, labels=labels).to_engine())
            resource.id = wanted.name
        return resource

    facts = (place, fixture, spec and spec.to_engine())
    resource = _made(session, engine, "volume", fixture, facts, make, apart=place is None)
    try:
        yield Volume(engine, resource.name)
    finally:
        session.remove(resource)


def find_image(
    session: Session, engine: Engine, request: pytest.FixtureRequest, name: str
) -> Image:
    """Find an image in the engine's store, or pull it; it stays there."""
    name = _substituted(request.node.ihook, name)
    try:
        found = engine.images.inspect(name)
    except ImageNotFound:
        _pull(session, engine, name)
        found = engine.images.inspect(name)
    return Image(engine, found["Id"], name)


def build_image(session: Session, engine: Engine, plan: BuildPlan, fixture: str) -> str:
    """Build an image once in a run, which removes it at its end; returns its id."""

    def make() -> Resource:
        with session.making("image", str(plan), fixture, engine) as resource:
            with session.speaker.building(str(plan)) as progress:
                resource.id = engine.build.image(
                    plan.context,
                    dockerfile=plan.dockerfile,
                    args=plan.args,
                    target=plan.target,
                    labels=session.owner.labels(fixture),
                    progress=progress,
                )
            resource.name = resource.id
        return resource

    facts = (plan.context, plan.dockerfile, plan.args, plan.target)
    resource = _made(session, engine, "image", fixture, facts, make, apart=False)
    return str(resource.id)


def _made(
    session: Session,
    engine: Engine,
    kind: str,
    fixture: str,
    facts: tuple[object, ...],
    make: Callable[[], Resource],
    *,
    apart: bool,
) -> Resource:
    """Make something, or find what another worker of the run has made.

    Args:
        session: what this worker has.
        engine: where it is to be.
        kind: `container`, `network`, `volume` or `image`.
        fixture: the fixture that it is for.
        facts: what it is, in the same words in all workers.
        make: makes it.
        apart: each worker is to have its own. Images are never apart, and are kept to the
            end of the run also where there are no workers.

    Raises:
        EngineError: it could not be made, here or by another worker.
    """
    if apart or not (session.run.is_worker or kind == "image"):
        return make()
    key = shared.digest(kind, engine.endpoint.url, *facts)
    here: list[Resource] = []

    def record() -> dict[str, Any]:
        resource = make()
        resource.shared = session.run.is_worker
        resource.key = key
        here.append(resource)
        container = resource.container
        image = None if container is None else container.image
        return {"id": resource.id, "name": resource.name, "image": image}

    told = shared.once(session.run, key, record)
    return here[0] if here else session.adopt(kind, fixture, engine, told)


def _create(session: Session, engine: Engine, spec: ContainerSpec, resource: Resource) -> Container:
    body = spec.to_engine()
    with _nothing_made_on_refusal(session, resource):
        try:
            created = engine.containers.create(body, name=spec.name)
        except ImageNotFound:
            # Asking first would cost every container a request.
            _pull(session, engine, str(spec.image))
            created = engine.containers.create(body, name=spec.name)
    resource.id = created["Id"]
    container = Container(engine, created["Id"], name=spec.name, image=spec.image)
    resource.container = container
    for attachment in spec.attachments[1:]:
        engine.networks.connect(attachment.name, container.id, attachment.to_engine())
    return container


@contextmanager
def _nothing_made_on_refusal(session: Session, resource: Resource) -> Iterator[None]:
    try:
        yield
    except (ApiError, InvalidInput):
        # The engine said no, so there is nothing of ours under that name.
        session.forget(resource)
        raise


def _pull(session: Session, engine: Engine, name: str) -> None:
    def pull() -> None:
        with session.speaker.pulling(name) as progress:
            engine.images.pull(name, progress=progress)

    key = shared.digest("pull", engine.endpoint.url, name)
    shared.unless_meanwhile(session.run, key, pull)


def _substituted(hook: HookRelay, name: str) -> str:
    return str(hook.pytest_engine_image_name(name=name) or name)


def _readiness(spec: ContainerSpec) -> Condition | None:
    if spec.healthcheck is not None and spec.healthcheck.to_engine().get("Test") != ["NONE"]:
        return healthy()
    ports = dict.fromkeys(one.container_port for one in spec.published if one.protocol == "tcp")
    conditions = [port(number) for number in ports]
    if len(conditions) > 1:
        return all_of(*conditions)
    return conditions[0] if conditions else None


def _remember(session: Session, resource: Resource, container: Container, told: str) -> None:
    """Keep the log of a container that is about to be removed, for the test's report."""
    try:
        log = container.logs(tail=session.settings.log_lines or 1)
    except EngineError as exc:
        log = f"(the log cannot be read: {exc})"
    # A short log is in the message of the error as a whole.
    resource.last_log = "" if log.strip() == told.strip() else log
    session.fallen.append(resource)
