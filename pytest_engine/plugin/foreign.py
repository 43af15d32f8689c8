"""What was on the engine before, or is another run's: a run neither takes nor removes it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_engine.core.errors import NotFound, NotOurs
from pytest_engine.ownership.labels import SESSION_LABEL, WORKER_LABEL
from pytest_engine.ownership.removal import Thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import Volume
    from pytest_engine.ownership.labels import Owner

__all__ = ["PROJECT_LABEL", "Claims", "refuse_foreign_project", "refuse_foreign_volume"]

PROJECT_LABEL = "com.docker.compose.project"

# So many are named: a project may have dozens.
_NAMED = 6


@dataclass(frozen=True)
class Claims:
    """What a Compose project takes for its own, and removes when it is taken down.

    Attributes:
        project: its name; whatever has that in Compose's label is claimed as well.
        networks: the names of the networks that its files describe, but for external ones.
        volumes: likewise of its volumes.
        images: the names that its files give to images which it builds even if they are there.
    """

    project: str
    networks: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()


def refuse_foreign_volume(created: Volume, mine: Owner, *, apart: bool) -> None:
    """Refuse a volume that was there already, though it was to be made.

    The engine hands it back as if it were new, but with the labels that it has.

    Args:
        created: what `POST /volumes/create` has answered.
        mine: the run, or the worker of it, that has asked for it.
        apart: whether each worker is to have its own.

    Raises:
        NotOurs: it is not of this run, or not of this worker.
    """
    labels = created.get("Labels") or {}
    owner, worker = labels.get(SESSION_LABEL), labels.get(WORKER_LABEL, "")
    name = created["Name"]
    if owner == mine.session:
        if apart and worker != mine.worker:
            raise NotOurs(
                f"Volume {name} is in use by another worker of this run ({worker}), and each makes "
                "its own, of which there can be one at a time. Give the fixture scope='session', "
                "with which all workers share one, or its volume no name."
            )
        return
    whose = f"is another run's ({owner[:12]})" if owner else "was there before this run"
    raise NotOurs(
        f"Volume {name} {whose}, and what this fixture makes is removed with its data. "
        "Give the fixture's volume another name, or none; or use the one that is there, without "
        f"a fixture: container(..., volumes={{'/path': '{name}'}}).{_sweeping(owner)}"
    )


def refuse_foreign_project(engine: Engine, claims: Claims, session: str) -> None:
    """Refuse a Compose project that would take over what is there already.

    Compose goes by names and by a label of its own, whoever has made what has them: at most it
    warns, and when the project is taken down, that goes as well.

    Args:
        engine: where the project is to be started; four requests tell, and one for each image.
        claims: what it would take for its own.
        session: the id of the run; what has its label is no obstacle.

    Raises:
        NotOurs: something is there that is not of this run.
    """
    others = [one for one in _claimed(engine, claims) if one.labels.get(SESSION_LABEL) != session]
    if not others:
        return
    named = ", ".join(_named(one) for one in others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    owner = next(filter(None, (one.labels.get(SESSION_LABEL) for one in others)), None)
    raise NotOurs(
        f"Compose project {claims.project} would take over what was there before this run, and "
        f"remove it with its data: {named}{more}. State another project_name, or none; and in the "
        "file, give images that are built other names; networks and volumes as well, or "
        f"external: true, with which they are used and stay.{_sweeping(owner)}"
    )


def _claimed(engine: Engine, claims: Claims) -> Iterator[Thing]:
    """Find what is there of what a project would take for its own."""
    filters = {"label": f"{PROJECT_LABEL}={claims.project}"}
    for container in engine.containers.list(all=True, filters=filters):
        # One that is being removed has no name any more.
        name = next(iter(container.get("Names") or []), container["Id"][:12]).lstrip("/")
        yield Thing("container", container["Id"], name, container.get("Labels") or {})
    for network in engine.networks.list():
        labels = network.get("Labels") or {}
        if network["Name"] in claims.networks or _is_of_project(labels, claims):
            yield Thing("network", network["Id"], network["Name"], labels)
    for volume in engine.volumes.list().get("Volumes") or []:
        labels = volume.get("Labels") or {}
        if volume["Name"] in claims.volumes or _is_of_project(labels, claims):
            yield Thing("volume", volume["Name"], volume["Name"], labels)
    # Whatever they are called: `down --rmi local` goes by the label. Of those without a name, it
    # removes none.
    images = engine.images.list(filters={**filters, "dangling": False})
    for image in images:
        name = next(iter(image.get("RepoTags") or []), image["Id"][:19])
        yield Thing("image", image["Id"], name, image.get("Labels") or {})
    # A build moves the name to an image with the label.
    for name in sorted(claims.images):
        with suppress(NotFound):
            found = engine.images.inspect(name)
            if found["Id"] not in {image["Id"] for image in images}:
                labels = (found.get("Config") or {}).get("Labels") or {}
                yield Thing("image", found["Id"], name, labels)


def _is_of_project(labels: Mapping[str, str], claims: Claims) -> bool:
    return labels.get(PROJECT_LABEL) == claims.project


def _named(thing: Thing) -> str:
    owner = thing.labels.get(SESSION_LABEL)
    return f"{thing} (another run's, {owner[:12]})" if owner else str(thing)


def _sweeping(owner: str | None) -> str:
    """Say how to be rid of what another run has; empty if it is no run's."""
    if not owner:
        return ""
    command = f"python -m pytest_engine sweep --session {owner[:12]}"
    return f" `{command}` removes what that run has left, if it is over."
