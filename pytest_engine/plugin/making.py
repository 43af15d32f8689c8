"""What is made by one worker of a run, and found by the others."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable

from pytest_engine.core.container import Container
from pytest_engine.core.errors import EngineError
from pytest_engine.ownership.labels import FIXTURE_LABEL, PID_LABEL, SESSION_LABEL

from . import shared
from .standing import stands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_engine.core.client import Engine

    from .session import Resource, Session

__all__ = ["made"]


def made(
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
        return {
            "id": resource.id,
            "name": resource.name,
            "image": image,
            "ends": resource.ends,
            "at": time.time(),
        }

    def is_there(told: Mapping[str, Any]) -> bool:
        if kind != "container" or told["ends"]:
            return True
        found = Container(engine, told["id"], name=told["name"])
        if stands(found, time.time() - told["at"]):
            return True
        with suppress(EngineError):
            # It may have a name that the next one is to have.
            engine.containers.remove(found.id, force=True, volumes=True)
        return False

    def clear(died: int) -> None:
        if kind == "container":
            _remove_orphans(session, engine, fixture, died)

    told = shared.once(session.run, key, record, is_there, clear)
    return here[0] if here else session.adopt(kind, fixture, engine, told)


def _remove_orphans(session: Session, engine: Engine, fixture: str, died: int) -> None:
    """Remove a fixture's containers that a worker had not yet told of when it died.

    They may have a name, or a port of the host, that the next one is to have.
    """
    labels = {
        SESSION_LABEL: session.owner.session,
        FIXTURE_LABEL: fixture,
        PID_LABEL: str(died),
    }
    wanted = {"label": [f"{name}={value}" for name, value in labels.items()]}
    # Where this fails, what is made next tells why.
    with suppress(EngineError):
        found = engine.containers.list(all=True, filters=wanted)
        known = shared.recorded(session.run)
        for one in found:
            if one["Id"] not in known:
                engine.containers.remove(one["Id"], force=True, volumes=True)
