"""Containers that outlive the run, and that the next run finds: `reuse=True`."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from pytest_engine.core.container import Container
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import EngineError, InvalidInput, NotOurs
from pytest_engine.ownership.labels import (
    FIXTURE_LABEL,
    HOST_LABEL,
    LOCK_LABEL,
    MACHINE_LABEL,
    REUSE_LABEL,
    SPEC_LABEL,
    USER_LABEL,
    machine,
    readable,
    user,
)
from pytest_engine.ownership.locks import downgrade, upgrade
from pytest_engine.ownership.reused import Lease, remove_named

from .early import hooks_in_turn
from .files import put_files
from .images import Demand
from .shared import digest, once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Callable

    import pytest
    from pluggy import HookRelay

    from pytest_engine.core.client import Engine
    from pytest_engine.core.ensure.compare import Difference
    from pytest_engine.core.ensure.reconcile import Outcome
    from pytest_engine.core.spec.container import ContainerSpec

    from .files import Placed
    from .images import PullPolicy
    from .session import Resource, Session

__all__ = ["reused"]


def reused(
    session: Session,
    engine: Engine,
    request: pytest.FixtureRequest,
    hook: HookRelay,
    spec: ContainerSpec,
    place: str,
    demanded: tuple[PullPolicy | None, Sequence[Placed]],
    make_ready: Callable[[Resource, ContainerSpec, bool], None],
) -> Resource:
    """Find the container that an earlier run left for this fixture, or make it.

    What differs from what is wanted is made anew, but not while another run uses it.

    Args:
        session: the run.
        engine: where it is.
        request: the request that it is for.
        hook: the hooks that take part.
        spec: what is asked for; without a name it gets one that the next run finds.
        place: the file in which its fixture is defined.
        demanded: when its image is pulled, None being as configured, and what is put into it
            before it starts for the first time.
        make_ready: waits until it is ready, given its record, what it was made from, and
            whether it was started just now.

    Raises:
        InvalidInput: it depends on something that ends with the run, or a hook writes what no
            spec has.
        NotOurs: somebody else's container has its name.
        EngineError: it cannot be made, or another run uses it with other properties.
    """
    fixture = request.fixturename or "container"
    root = str(_root(request, Path(place)))
    facts = (engine.endpoint.url, root, place, fixture, getattr(request, "param", None))
    # The same file of two working copies has two paths, and so two containers.
    key = digest("reuse", *facts)[:16]
    _refuse_what_ends(session, spec, fixture)
    name = spec.name or f"pytest-engine-reuse-{readable(fixture)}-{key[:8]}"
    folder = session.run.state / "reuse"
    folder.mkdir(mode=0o700, exist_ok=True)
    labels = {
        REUSE_LABEL: key,
        HOST_LABEL: socket.gethostname(),
        MACHINE_LABEL: machine(),
        USER_LABEL: user(),
        LOCK_LABEL: str(folder / f"{key}.json"),
        FIXTURE_LABEL: fixture,
    }
    spec = replace(spec, name=name, labels={**(spec.labels or {}), **labels})
    spec = _seen_by_hooks(spec, request, hook, fixture)
    pull, files = demanded
    asked = (spec.name, spec.platform, spec.to_engine())
    wanted = digest(*asked, *(one.facts() for one in files))
    spec = replace(spec, labels={**(spec.labels or {}), SPEC_LABEL: wanted})
    session.run.begin(engine.endpoint)
    demand = Demand.of(session, engine, request, str(spec.image), pull, spec.platform)

    def find() -> dict[str, str]:
        return {"image": session.pulls.find(demand)["Id"]}

    # What a tag names may change during a run, whose workers share the container.
    once(session.run, digest("reuse", key, *demand.key), find)
    with FileLock(folder / f"{key}.lock"):
        lease, lock = Lease.take(
            session.run.state,
            key,
            name=str(spec.name),
            fixture=fixture,
            root=root,
            endpoint=engine.endpoint,
            unused=session.settings.reuse_for,
        )
        try:
            if lease.former:
                _have_alone(lock, lease.former, "name")
                remove_named(engine, lease.former, key)
                lease.write()
            # What is there may be for another platform, which is missing then.
            kind = ContainerKind(
                pull="never" if demand.policy == "never" else "missing",
                force_kill=True,
                keep_volumes=False,
            )
            outcome = _brought_about(engine, kind, spec, files, key, lock)
            found = outcome.resource or {}
            downgrade(lock)
            told = {"id": found.get("Id"), "name": spec.name, "image": spec.image}
            resource = session.adopt("container", fixture, engine, told)
            try:
                make_ready(resource, spec, outcome.changed)
            except BaseException:
                session.forget(resource)
                if upgrade(lock):
                    _discard(engine, str(resource.id))
                raise
        except BaseException:
            os.close(lock)
            raise
    session.leases.append((lease, lock))
    return resource


def _root(request: pytest.FixtureRequest, file: Path) -> Path:
    """Tell the folder of the project that a fixture is of.

    Where there is no ini file, pytest's own depends on where it is started, and on what is to run.

    Args:
        request: the request of the fixture.
        file: the file in which it is defined.
    """
    if request.config.inipath is None:
        modules = {item.path for item in request.session.items}
        is_above = any(file.parent in module.parents for module in modules)
        if file in modules or (file.name == "conftest.py" and is_above):
            return file.parent
    # Of other modules, several projects may make use.
    return request.config.rootpath


def _seen_by_hooks(
    spec: ContainerSpec, request: pytest.FixtureRequest, hook: HookRelay, fixture: str
) -> ContainerSpec:
    """Let hooks change what is asked for, as far as what is there can be compared with it."""
    with hooks_in_turn(request):
        spec = hook.pytest_engine_container_spec(spec=spec, request=request) or spec
        body = spec.to_engine()
        hook.pytest_engine_create_body(body=body, spec=spec, request=request)
    if body != spec.to_engine():
        raise InvalidInput(
            f"{fixture}: a container that is used again is compared with its spec, so "
            "pytest_engine_create_body cannot change it. Use pytest_engine_container_spec, leave "
            "this fixture out in the hook, or leave out reuse=True."
        )
    return spec


def _brought_about(
    engine: Engine,
    kind: ContainerKind,
    spec: ContainerSpec,
    files: Sequence[Placed],
    key: str,
    lock: int,
) -> Outcome:
    """Have a container run as it is wanted, with its files if it never ran before."""
    asked = reconcile(engine, kind, spec, state="started", check=True)
    found = asked.resource
    if found is not None:
        _refuse_foreign(found, str(spec.name), key)
        # Also for another image of the same name, which somebody has pulled meanwhile.
        if any(action.verb == "create" for action in asked.actions):
            _have_alone(lock, str(spec.name), *_fields(asked.differences))
    if not asked.changed:
        return asked
    kind = replace(kind, start=_starting(files, spec, found))
    return reconcile(engine, kind, spec, state="started")


def _refuse_what_ends(session: Session, spec: ContainerSpec, fixture: str) -> None:
    mine = {one.name: one.kind for one in [*session.live] if one.kind in ("network", "volume")}
    names = [one.name for one in spec.attachments]
    host = spec.to_engine().get("HostConfig", {})
    names += [str(one).partition(":")[0] for one in host.get("Binds") or []]
    names += [str(one.get("Source")) for one in host.get("Mounts") or []]
    for name in names:
        if name in mine:
            raise InvalidInput(
                f"{fixture}: a container that is used again cannot use the {mine[name]} {name}, "
                "which ends with this run. Name one that is there anyway."
            )
    if str(spec.image).startswith("sha256:"):
        raise InvalidInput(
            f"{fixture}: a container that is used again cannot have an image that is built for "
            "this run. Name an image that is there anyway."
        )


def _refuse_foreign(found: Mapping[str, Any], name: str, key: str) -> None:
    labels = found.get("Config", {}).get("Labels") or {}
    if labels.get(REUSE_LABEL) != key:
        raise NotOurs(
            f"Container {name} is there already, and was not made for this fixture. Give the "
            "fixture another name=, or remove that container."
        )


def _have_alone(lock: int, name: str, *differing: str) -> None:
    """See to it that no other run uses a container that is about to go."""
    if not upgrade(lock):
        told = ", ".join(differing)
        raise EngineError(
            f"Container {name} is in use by another run, with other properties than this one asks "
            f"for{told and f' ({told})'}. Wait for its end, or run without --engine-reuse."
        )


def _fields(differences: Sequence[Difference]) -> list[str]:
    fields = [one.field for one in differences]
    # What it was made from is in a label, which differs whenever anything does.
    return [one for one in fields if one != "labels"] or fields


def _starting(
    files: Sequence[Placed], spec: ContainerSpec, before: Mapping[str, Any] | None
) -> Callable[[Engine, str], None]:
    """Say how a container is started: one that never was, with its files.

    Args:
        files: what is put into it.
        spec: what it is made from.
        before: the container that is there already; None: there is none.
    """
    found = before or {}
    # A run that was killed may have left it like that.
    has_begun = found.get("State", {}).get("Status") != "created"

    def start(engine: Engine, container: str) -> None:
        if files and not (has_begun and container == found.get("Id")):
            put_files(engine, container, files, spec)
        engine.containers.start(container)

    return start


def _discard(engine: Engine, id: str) -> None:
    container = Container(engine, id)
    try:
        container.remove()
    except EngineError:
        # The error that led here is told; the container expires.
        return
