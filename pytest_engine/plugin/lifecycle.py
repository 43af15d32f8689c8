"""From what a fixture asks for to something on the engine, and away again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Callable, Literal, TypeVar

import pytest

from pytest_engine.core.container import Container
from pytest_engine.core.errors import (
    ApiError,
    EngineError,
    ImageNotFound,
    InvalidInput,
    NotOurs,
    ServerError,
)
from pytest_engine.core.spec.network import NetworkSpec
from pytest_engine.core.spec.volume import VolumeSpec
from pytest_engine.core.wait import all as all_of
from pytest_engine.core.wait import healthy, port, wait_for
from pytest_engine.core.wait.condition import Condition
from pytest_engine.core.wait.ending import Exit

from .builds import build_image
from .early import check_wanted, hooks_in_turn, note_early, wait_for_names
from .files import put_files
from .foreign import refuse_foreign_volume
from .handles import Image, Network, Volume
from .images import Demand, resolve_name
from .making import made
from .participants import hooks_of
from .retries import start_patiently, states_host_port
from .session import FAILURES
from .wording import explanation

if TYPE_CHECKING:
    from pathlib import Path

    from pluggy import HookRelay

    from pytest_engine.core.client import Engine
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.types.engine import ContainerCreateBody
    from pytest_engine.core.wait import Ready

    from .builds import BuildPlan
    from .files import Placed
    from .images import PullPolicy
    from .session import Resource, Session

__all__ = [
    "ANY_NAME",
    "explained",
    "find_image",
    "made_network",
    "made_volume",
    "remember",
    "started",
]

ANY_NAME = "any-name-that-nobody-else-has"
"""Stands for a name that the run makes up."""

_Spec = TypeVar("_Spec", NetworkSpec, VolumeSpec)


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
    wait: Ready | Literal[False] | None,
    timeout: float | None,
    build: BuildPlan | None = None,
    files: Sequence[Placed] = (),
    pull: PullPolicy | None = None,
    home: Path | None = None,
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
        files: what is put into it before it starts.
        pull: when its image is pulled; None: as configured.
        home: the folder of the file in which its fixture is defined, if it has one of its own.
        place: where its fixture is defined, if the whole run is to share one container.
        reuse: the file in which its fixture is defined, if it may outlive the run.
    """
    fixture = request.fixturename or "container"
    hook = hooks_of(request, home)
    if build is not None:
        spec = replace(spec, image=build_image(session, engine, build, request))
    elif spec.image:
        with hooks_in_turn(request):
            spec = replace(spec, image=resolve_name(hook, session.settings.mirror, spec.image))
    spec_asked = spec
    what = str(build or spec.image)
    demand = (pull, files)
    is_mine = False

    def start() -> Resource:
        nonlocal is_mine
        is_mine = True
        return _start(session, engine, request, hook, spec_asked, demand, wait, timeout, what)

    if reuse is not None and session.reuses(engine):
        from .reuse import reused

        def make_ready(resource: Resource, spec: ContainerSpec, fresh: bool) -> None:  # noqa: FBT001  # of two callers, both here
            _make_ready(session, request, hook, spec, resource, wait, timeout, what, fresh)

        resource = reused(session, engine, request, hook, spec, reuse, demand, make_ready)
    else:
        asked = (spec.name, spec.platform, spec.to_engine(), repr(spec.networks), repr(files))
        facts = (place, fixture, *asked)
        resource = made(session, engine, "container", fixture, facts, start, apart=place is None)
    container = resource.container or Container(engine, str(resource.id))
    try:
        yield container
    finally:
        try:
            # One that the whole run shares stays; other workers may use it still.
            if is_mine and not resource.shared:
                with hooks_in_turn(request):
                    hook.pytest_engine_container_remove(container=container, request=request)
        finally:
            session.remove(resource)


def _start(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    hook: HookRelay,
    spec: ContainerSpec,
    demanded: tuple[PullPolicy | None, Sequence[Placed]],
    wait: Ready | Literal[False] | None,
    timeout: float | None,
    what: str,
) -> Resource:
    """Create and start a container, and wait until it is ready."""
    fixture = request.fixturename or "container"
    pull, files = demanded
    name = session.owner.name(fixture)
    spec = replace(
        spec,
        name=spec.name or name,
        labels={**(spec.labels or {}), **session.owner.labels(fixture)},
    )
    with hooks_in_turn(request):
        spec = hook.pytest_engine_container_spec(spec=spec, request=request) or spec
    if spec.name != name or states_host_port(spec):
        # What is being removed may have it still.
        wait_for_names(session.removals, request)
    check_wanted(request)
    with session.making("container", spec.name or "", fixture, engine) as resource:
        note_early(request, resource)
        demand = Demand.of(session, engine, request, str(spec.image), pull, spec.platform)
        body = spec.to_engine()
        with hooks_in_turn(request):
            hook.pytest_engine_create_body(body=body, spec=spec, request=request)
        container = _create(session, demand, spec, body, resource)
        try:
            if files:
                put_files(engine, container.id, files, spec)
            with session.durations.step(fixture, "start"):
                start_patiently(container, spec, session.speaker)
        except FAILURES as exc:
            remember(session, resource, container, getattr(exc, "log_tail", ""))
            raise
        _make_ready(session, request, hook, spec, resource, wait, timeout, what)
    return resource


def _make_ready(
    session: Session,
    request: pytest.FixtureRequest,
    hook: HookRelay,
    spec: ContainerSpec,
    resource: Resource,
    wait: Ready | Literal[False] | None,
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
            resource.ends = isinstance(condition, Condition) and any(
                isinstance(leaf, Exit) for leaf in condition.leaves()
            )
            began = time.monotonic()
            with session.durations.step(resource.fixture, "wait"):
                wait_for(container, condition, timeout or session.settings.wait_timeout)
            session.speaker.detail(
                f"{resource.fixture} ({what}) ready after {time.monotonic() - began:.2f} s: "
                f"{condition}"
            )
        if fresh:
            with hooks_in_turn(request):
                hook.pytest_engine_container_ready(container=container, request=request)
    except FAILURES as exc:
        remember(session, resource, container, getattr(exc, "log_tail", ""))
        raise


@contextmanager
def made_network(
    session: Session,
    engine: Engine,
    fixture: str,
    spec: NetworkSpec,
    place: str | None = None,
) -> Iterator[Network]:
    """Create a network, and remove it afterwards.

    `ANY_NAME` stands for one that nobody else has; `place` is that of `started`.
    """

    def make() -> Resource:
        wanted = _named(spec, session, fixture)
        labels = {**(wanted.labels or {}), **session.owner.labels(fixture)}
        with session.making("network", wanted.name, fixture, engine) as resource:
            timed = session.durations.step(fixture, "create")
            with _nothing_made_on_refusal(session, resource), timed:
                created = engine.networks.create(replace(wanted, labels=labels).to_engine())
            resource.id = created["Id"]
        return resource

    facts = (place, fixture, spec.to_engine())
    resource = made(session, engine, "network", fixture, facts, make, apart=place is None)
    try:
        yield Network(engine, str(resource.id), resource.name)
    finally:
        session.remove(resource)


@contextmanager
def made_volume(
    session: Session,
    engine: Engine,
    fixture: str,
    spec: VolumeSpec,
    place: str | None = None,
    fill: Callable[[str], None] | None = None,
) -> Iterator[Volume]:
    """Create a volume, fill it by its name, and remove it with its data afterwards.

    `ANY_NAME` stands for one that nobody else has; `place` is that of `started`.

    Raises:
        NotOurs: it was there before, or is another run's or worker's.
    """

    def make() -> Resource:
        wanted = _named(spec, session, fixture)
        labels = {**(wanted.labels or {}), **session.owner.labels(fixture)}
        with session.making("volume", wanted.name, fixture, engine) as resource:
            timed = session.durations.step(fixture, "create")
            with _nothing_made_on_refusal(session, resource), timed:
                created = engine.volumes.create(replace(wanted, labels=labels).to_engine())
                refuse_foreign_volume(created, session.owner, apart=place is None)
            resource.id = wanted.name
            if fill is not None:
                fill(wanted.name)
        return resource

    facts = (place, fixture, spec.to_engine())
    resource = made(session, engine, "volume", fixture, facts, make, apart=place is None)
    try:
        yield Volume(engine, resource.name)
    finally:
        session.remove(resource)


def _named(spec: _Spec, session: Session, fixture: str) -> _Spec:
    return replace(spec, name=session.owner.name(fixture)) if spec.name == ANY_NAME else spec


def find_image(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    name: str,
    pull: PullPolicy | None,
    platform: str | None,
    home: Path,
) -> Image:
    """Find an image in the engine's store, or pull it; it stays there."""
    with hooks_in_turn(request):
        name = resolve_name(hooks_of(request, home), session.settings.mirror, name)
    found = session.pulls.find(Demand.of(session, engine, request, name, pull, platform))
    return Image(engine, found["Id"], name)


def _create(
    session: Session,
    demand: Demand,
    spec: ContainerSpec,
    body: ContainerCreateBody,
    resource: Resource,
) -> Container:
    engine = demand.engine

    def create() -> str:
        # Pulling takes its time.
        demand.check_wanted()
        with session.durations.step(resource.fixture, "create"):
            created = engine.containers.create(body, name=spec.name, platform=spec.platform)
        return created["Id"]

    with _nothing_made_on_refusal(session, resource):
        session.pulls.freshen(demand)
        look = session.pulls.look(demand)
        try:
            created = create()
        except ImageNotFound as exc:
            # Asking first would cost every container a request.
            demand.refuse(exc)
            session.pulls.pull(demand, look)
            created = create()
    resource.id = created
    container = Container(engine, created, name=spec.name, image=spec.image)
    resource.container = container
    for attachment in spec.later_attachments:
        engine.networks.connect(attachment.name, container.id, attachment.to_engine())
    return container


@contextmanager
def _nothing_made_on_refusal(session: Session, resource: Resource) -> Iterator[None]:
    try:
        yield
    except (ApiError, InvalidInput, NotOurs) as exc:
        # The engine said no, or has it already: there is nothing of ours under that name. A
        # failure may be that of a proxy whose patience was at an end, while the engine goes on.
        if not isinstance(exc, ServerError):
            session.forget(resource)
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
        patience = container.engine.timeout
        log = container.logs(tail=session.settings.log_lines or 1, timeout=patience)
    except EngineError as exc:
        log = f"(the log cannot be read: {exc})"
    # A short log is in the message of the error as a whole.
    resource.last_log = "" if log.strip() == told.strip() else log
    session.fallen.append(resource)
