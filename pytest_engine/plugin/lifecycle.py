"""From what a fixture asks for to something on the engine, and away again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest

from pytest_engine.core.container import Container
from pytest_engine.core.errors import ApiError, EngineError, ImageNotFound, InvalidInput
from pytest_engine.core.spec.network import NetworkSpec
from pytest_engine.core.spec.volume import VolumeSpec
from pytest_engine.core.wait import all as all_of
from pytest_engine.core.wait import healthy, port, wait_for

from .files import put_files
from .handles import Image, Network, Volume
from .images import Demand, resolve_name
from .wording import explanation

if TYPE_CHECKING:
    from pytest_engine.core.api.build_options import BuildOptions
    from pytest_engine.core.client import Engine
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.types.engine import ContainerCreateBody
    from pytest_engine.core.wait import Condition

    from .builds import BuildPlan
    from .files import Placed
    from .images import PullPolicy
    from .session import Resource, Session

__all__ = [
    "build_image",
    "explained",
    "find_image",
    "made_network",
    "made_volume",
    "remember",
    "started",
]


@contextmanager
def explained(what: str, where: str) -> Iterator[None]:
    """Turn errors of ours into a failed set-up that shows the message and no traceback.

    Args:
        what: what was to be made.
        where: the line that says so.
    """
    try:
        yield
    except EngineError as exc:
        message = f"{what}: {explanation(exc)}\n(defined at {where})"
        raise pytest.fail.Exception(message, pytrace=False) from None


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
    files: Sequence[Placed] = (),
    pull: PullPolicy | None = None,
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
        files: what is put into it before it starts.
        pull: when its image is pulled; None: as configured.
    """
    fixture = request.fixturename or "container"
    hook = request.node.ihook
    if build is not None:
        spec = replace(spec, image=build_image(session, engine, build, fixture))
    elif spec.image:
        spec = replace(spec, image=resolve_name(hook, session.settings.mirror, spec.image))
    spec = replace(
        spec,
        name=spec.name or session.owner.name(fixture),
        labels={**(spec.labels or {}), **session.owner.labels(fixture)},
    )
    spec = hook.pytest_engine_container_spec(spec=spec, request=request) or spec
    with session.making("container", spec.name or "", fixture, engine) as resource:
        demand = _demand(session, engine, str(spec.image), pull, spec.platform)
        body = spec.to_engine()
        hook.pytest_engine_create_body(body=body, spec=spec, request=request)
        container = _create(session, demand, spec, body, resource)
        try:
            if files:
                put_files(engine, container.id, files, spec)
            container.start()
            condition = _readiness(spec) if wait is None else wait
            if condition:
                began = time.monotonic()
                wait_for(container, condition, timeout or session.settings.wait_timeout)
                session.speaker.detail(
                    f"{fixture} ({build or spec.image}) ready after "
                    f"{time.monotonic() - began:.2f} s: {condition}"
                )
            hook.pytest_engine_container_ready(container=container, request=request)
        except Exception as exc:
            remember(session, resource, container, getattr(exc, "log_tail", ""))
            raise
    try:
        yield container
    finally:
        try:
            hook.pytest_engine_container_remove(container=container, request=request)
        finally:
            session.remove(resource)


@contextmanager
def made_network(
    session: Session, engine: Engine, fixture: str, spec: NetworkSpec | None
) -> Iterator[Network]:
    """Create a network, and remove it afterwards."""
    spec = spec or NetworkSpec(session.owner.name(fixture))
    labels = {**(spec.labels or {}), **session.owner.labels(fixture)}
    with session.making("network", spec.name, fixture, engine) as resource:
        with _nothing_made_on_refusal(session, resource):
            created = engine.networks.create(replace(spec, labels=labels).to_engine())
        resource.id = created["Id"]
    try:
        yield Network(engine, resource.id, spec.name)
    finally:
        session.remove(resource)


@contextmanager
def made_volume(
    session: Session, engine: Engine, fixture: str, spec: VolumeSpec | None
) -> Iterator[Volume]:
    """Create a volume, and remove it with its data afterwards."""
    spec = spec or VolumeSpec(session.owner.name(fixture))
    labels = {**(spec.labels or {}), **session.owner.labels(fixture)}
    with session.making("volume", spec.name, fixture, engine) as resource:
        with _nothing_made_on_refusal(session, resource):
            engine.volumes.create(replace(spec, labels=labels).to_engine())
        resource.id = spec.name
    try:
        yield Volume(engine, spec.name)
    finally:
        session.remove(resource)


def find_image(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    name: str,
    pull: PullPolicy | None,
    platform: str | None,
) -> Image:
    """Find an image in the engine's store, or pull it; it stays there."""
    name = resolve_name(request.node.ihook, session.settings.mirror, name)
    found = session.pulls.find(_demand(session, engine, name, pull, platform))
    return Image(engine, found["Id"], name)


def build_image(session: Session, engine: Engine, plan: BuildPlan, fixture: str) -> str:
    """Build an image once in a run, which removes it at its end; returns its id."""
    key = id(plan)
    if key not in session.built:
        labels = {**(plan.options.get("labels") or {}), **session.owner.labels(fixture)}
        options: BuildOptions = {**plan.options, "labels": labels}
        with session.making("image", str(plan), fixture, engine) as resource:
            with session.speaker.building(str(plan)) as progress:
                resource.id = engine.build.image(plan.context, progress=progress, **options)
            resource.name = resource.id
        session.built[key] = resource.id
    return session.built[key]


def _demand(
    session: Session, engine: Engine, name: str, pull: PullPolicy | None, platform: str | None
) -> Demand:
    return Demand(engine, name, pull or session.settings.pull, platform)


def _create(
    session: Session,
    demand: Demand,
    spec: ContainerSpec,
    body: ContainerCreateBody,
    resource: Resource,
) -> Container:
    engine = demand.engine
    with _nothing_made_on_refusal(session, resource):
        session.pulls.freshen(demand)
        seen = session.pulls.count(demand)
        try:
            created = engine.containers.create(body, name=spec.name, platform=spec.platform)
        except ImageNotFound as exc:
            # Asking first would cost every container a request.
            demand.refuse(exc)
            session.pulls.pull(demand, seen)
            created = engine.containers.create(body, name=spec.name, platform=spec.platform)
    resource.id = created["Id"]
    container = Container(engine, created["Id"], name=spec.name, image=spec.image)
    resource.container = container
    for attachment in spec.later_attachments:
        engine.networks.connect(attachment.name, container.id, attachment.to_engine())
    return container


@contextmanager
def _nothing_made_on_refusal(session: Session, resource: Resource) -> Iterator[None]:
    try:
        yield
    except (ApiError, InvalidInput):
        # The engine said no, so there is nothing of ours under that name.
        session.live.remove(resource)
        raise


def _readiness(spec: ContainerSpec) -> Condition | None:
    if spec.healthcheck is not None and spec.healthcheck.to_engine().get("Test") != ["NONE"]:
        return healthy()
    ports = dict.fromkeys(one.container_port for one in spec.published if one.protocol == "tcp")
    conditions = [port(number) for number in ports]
    if len(conditions) > 1:
        return all_of(*conditions)
    return conditions[0] if conditions else None


def remember(session: Session, resource: Resource, container: Container, told: str) -> None:
    """Keep the log of a container that is about to be removed, for the test's report."""
    try:
        log = container.logs(tail=session.settings.log_lines or 1)
    except EngineError as exc:
        log = f"(the log cannot be read: {exc})"
    # A short log is in the message of the error as a whole.
    resource.last_log = "" if log.strip() == told.strip() else log
    session.fallen.append(resource)
