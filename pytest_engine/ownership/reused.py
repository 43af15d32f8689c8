"""Containers that outlive their run, so that the next one finds them ready.

Each has a file in the state folder, which is locked as long as a run uses the container, and
says when that was last so and how long it may stay unused.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError, NotFound

from .folders import FORGOTTEN, endpoint_of, note_of
from .labels import REUSE_LABEL
from .locks import claim, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.endpoint import Endpoint

__all__ = ["Lease", "leases", "remove_expired", "remove_named"]


@dataclass
class Lease:
    """What is known of a container that is used again.

    Attributes:
        path: its file, which is locked while a run uses it.
        name: the container's name.
        fixture: the fixture that it is for.
        root: the root folder of the tests.
        engine: where it is, as `folders.note_of` writes it.
        used: when a run last used it, in seconds since the epoch.
        unused: for how many seconds it may stay unused.
        former: another name, under which the file still has it; see `take`.
    """

    path: Path
    name: str
    fixture: str
    root: str
    engine: dict[str, object]
    used: float
    unused: float
    former: str = ""

    @property
    def key(self) -> str:
        """What the container's label says."""
        return self.path.stem

    @property
    def endpoint(self) -> Endpoint:
        """The engine that it is on."""
        return endpoint_of(dict(self.engine))

    @property
    def expired(self) -> bool:
        """Whether it has been unused for too long."""
        return time.time() > self.used + self.unused

    @classmethod
    def take(cls, state: Path, key: str, **facts: object) -> tuple[Lease, int]:
        """Use a container from now on; returns the open lock as well.

        The file is written anew: with what is stated, and used now. Where it has the container
        under another name than the stated one, which is `former` then, it stays as it is, for
        nobody would find that container any more: `write` it once that is removed.
        """
        folder = state / "reuse"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{key}.json"
        while True:
            lock = share(path)
            # Whoever removed an expired container has removed the file that we had opened.
            if path.exists() and os.fstat(lock).st_ino == path.stat().st_ino:
                break
            os.close(lock)
        endpoint = facts.pop("endpoint")
        lease = cls(path, engine=note_of(endpoint), used=time.time(), **facts)  # type: ignore[arg-type]
        before = _read(path)
        if before is None or before.name == lease.name:
            lease.write()
        else:
            lease.former = before.name
        return lease, lock

    def write(self) -> None:
        """Write the file, in place: it is its lock, too."""
        told = asdict(self)
        del told["path"], told["former"]
        with self.path.open("r+", encoding="utf-8") as file:
            file.write(json.dumps(told))
            file.truncate()

    def touch(self) -> None:
        """Note that it is used now."""
        self.used = time.time()
        self.write()


def leases(state: Path) -> Iterator[Lease]:
    """List the containers that wait to be used again, or are."""
    found = map(_read, sorted((state / "reuse").glob("*.json")))
    yield from (lease for lease in found if lease is not None)


def _read(path: Path) -> Lease | None:
    try:
        return Lease(path, **json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # It is being written, or removed, at this moment.
        return None


def remove_expired(state: Path, *, also_fresh: bool = False) -> list[tuple[Lease, str]]:
    """Remove containers that were not used for too long, and are not in use.

    Args:
        state: the state folder.
        also_fresh: those whose time has not come as well.

    Returns:
        What was looked at, with what became of it: empty, if it was removed, or why not.
    """
    told = []
    for lease in leases(state):
        reason = _remove(lease, also_fresh=also_fresh)
        told.append((lease, reason))
    return told


def _remove(lease: Lease, *, also_fresh: bool) -> str:
    if not (lease.expired or also_fresh):
        minutes = (lease.used + lease.unused - time.time()) / 60
        return f"it may be used again for {minutes:.0f} more minutes"
    try:
        lock = claim(lease.path)
    except OSError as exc:
        return str(exc)
    if lock is None:
        return "a run uses it"
    try:
        now = _read(lease.path)
        if now is not None and now.used > lease.used and not also_fresh:
            return "a run has used it just now"
        return _remove_unused(now or lease)
    finally:
        os.close(lock)


def _remove_unused(lease: Lease) -> str:
    """Remove a container whose lock the caller holds alone."""
    problem = ""
    try:
        with Engine(lease.endpoint, timeout=15.0) as engine:
            remove_named(engine, lease.name, lease.key)
    except EngineError as exc:
        problem = str(exc)
        if time.time() < lease.used + lease.unused + FORGOTTEN:
            return problem
        # Its engine is gone for good, it seems.
        problem += f" It is given up, {FORGOTTEN / 86400:.0f} days after its time."
    lease.path.unlink(missing_ok=True)
    beside = lease.path.with_suffix(".lock")
    with suppress(FileNotFoundError):
        # Whoever holds this one is about to make the container anew.
        lock = claim(beside)
        if lock is not None:
            beside.unlink()
            os.close(lock)
    return problem


def remove_named(engine: Engine, name: str, key: str) -> None:
    """Remove the container of that name, if it is there and was made for that key.

    Raises:
        EngineError: the engine does not answer, or does not remove it.
    """
    with suppress(NotFound):
        found = engine.containers.inspect(name)
        labels = found.get("Config", {}).get("Labels") or {}
        if labels.get(REUSE_LABEL) == key:
            engine.containers.remove(found["Id"], force=True, volumes=True)
