"""Removing what dead runs have left, and telling of everything what became of it and why."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.errors import EngineError, InvalidInput

from .burial import QUIET, clear
from .folders import Trace, runs
from .labels import (
    FIXTURE_LABEL,
    HOST_LABEL,
    LOCK_LABEL,
    MACHINE_LABEL,
    PID_LABEL,
    REUSE_LABEL,
    SESSION_LABEL,
    USER_LABEL,
    machine,
)
from .removal import find, remove_all
from .reused import leases, remove_expired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_engine.core.client import Engine

    from .removal import Thing

__all__ = ["Swept", "reach", "sweep"]


@dataclass(frozen=True)
class Swept:
    """What became of one thing.

    Attributes:
        what: the thing.
        gone: whether it was removed, or would be.
        why: the reason.
    """

    what: str
    gone: bool
    why: str


def reach(host: str | None, tell: Callable[[str], object]) -> Engine | None:
    """Make a client of the engine to look around on, if it answers.

    What dead runs have left on other engines can be removed all the same.

    Args:
        host: its address; None: what the environment says.
        tell: is told why there is none.

    Raises:
        EngineError: that is no address.
    """
    from pytest_engine.core.client import Engine

    engine = Engine(host)
    try:
        _ = engine.api_version
    except EngineError as exc:
        tell(str(exc))
        engine.close()
        return None
    return engine


def sweep(
    state: Path,
    engine: Engine | None,
    *,
    session: str | None = None,
    force: bool = False,
    reused: bool = False,
    dry_run: bool = False,
) -> list[Swept]:
    """Remove what is provably dead.

    That is, first, what the runs have left that this user has a folder of, on whichever
    engine; then what is found on one engine by its labels. Of a run that lives nothing is
    ever touched.

    Args:
        state: the state folder.
        engine: the engine to look around on; None: on none but those of dead runs.
        session: only what is of this run (its id, or the beginning of it), also if it is to
            outlive the run.
        force: with `session`: also if nothing proves that the run is over, but nothing says
            that it lives either.
        reused: also containers that wait to be used again.
        dry_run: only tell.

    Raises:
        InvalidInput: the session is empty, with which every id begins.
    """
    _refuse_empty(session)
    told: list[Swept] = []
    known: set[str] = set()
    elsewhere: dict[str, Trace] = {}
    for run in runs(state):
        if run.is_elsewhere:
            # What it made says so, too, and is judged by that.
            elsewhere[run.session] = run
        elif session is None or run.session.startswith(session):
            known.add(run.session)
            told += _of_run(run, engine, kept_too=session is not None, dry_run=dry_run)
    if engine is not None:
        things = find(engine, SESSION_LABEL)
        groups: dict[str, list[Thing]] = {}
        for thing in things:
            groups.setdefault(thing.labels.get(SESSION_LABEL, ""), []).append(thing)
        for id, group in groups.items():
            if id not in known and (session is None or id.startswith(session)):
                force_it = force and session is not None
                became = [*_of_group(engine, group, force=force_it, dry_run=dry_run)]
                told += became
                if id in elsewhere and not dry_run and all(one.gone for one in became):
                    elsewhere[id].remove()
    if session is None:
        told += _of_reused(state, engine, reused=reused, dry_run=dry_run)
    return told


def _refuse_empty(session: str | None) -> None:
    if session is not None and not session.strip():
        raise InvalidInput("session: it is empty. State the id of a run, or how it begins.")


def _of_run(run: Trace, engine: Engine | None, *, kept_too: bool, dry_run: bool) -> Iterator[Swept]:
    """Sweep after a run that this user has a folder of."""
    try:
        lock = run.claim_after_burial()
    except FileNotFoundError:
        return
    except OSError as exc:
        yield Swept(_named(run), gone=False, why=f"its lock cannot be tried: {exc.strerror}")
        return
    if lock is None:
        why = f"its run is alive ({_named(run)})"
        things = [] if engine is None else find(engine, f"{SESSION_LABEL}={run.session}")
        yield from (Swept(_described(one), gone=False, why=why) for one in things)
        return
    try:
        why = f"its run is over ({_named(run)})"
        if dry_run:
            yield from _would_go(run, why, kept_too=kept_too)
            return
        # It may have been killed just now, with its reaper.
        quiet = 0.0 if run.ended else QUIET
        burial = clear(run, quiet=quiet, keeps=not kept_too)
        yield from (Swept(_described(one), gone=True, why=why) for one in burial.removed)
        for thing, reason in burial.left.items():
            yield Swept(_described(thing), gone=False, why=reason)
        for one in burial.kept:
            yield Swept(f"{one.kind} {one.name}", gone=False, why=_kept_for(one.until, one.test))
        for problem in burial.problems:
            yield Swept(_named(run), gone=False, why=problem)
        if burial.complete and not burial.kept:
            run.remove()
    finally:
        os.close(lock)


def _would_go(run: Trace, why: str, *, kept_too: bool) -> Iterator[Swept]:
    from pytest_engine.core.client import Engine

    kept = (
        {}
        if kept_too
        else {one.id: one for one in run.kept(lasting=True) if one.until > time.time()}
    )
    for endpoint in run.engines():
        try:
            with Engine(endpoint, timeout=15.0) as engine:
                things = find(engine, f"{SESSION_LABEL}={run.session}")
        except EngineError as exc:
            yield Swept(_named(run), gone=False, why=str(exc))
            continue
        for thing in things:
            if thing.id in kept:
                one = kept[thing.id]
                yield Swept(_described(thing), gone=False, why=_kept_for(one.until, one.test))
            else:
                yield Swept(_described(thing), gone=True, why=why)
    if run.private.exists():
        root = run.private.read_text(encoding="utf-8")
        yield Swept(f"private engine in {root}", gone=True, why=why)


def _of_group(engine: Engine, group: list[Thing], *, force: bool, dry_run: bool) -> Iterator[Swept]:
    """Sweep after a run that is known by the labels of what it made alone."""
    labels = group[0].labels
    lock, doubt, alive = _proof(labels)
    try:
        if lock is None and (alive or not force):
            yield from (Swept(_described(one), gone=False, why=doubt) for one in group)
            return
        where = f"of {labels.get(USER_LABEL)} on {labels.get(HOST_LABEL)}"
        why = f"its run {where} is over" if lock is not None else f"you said so; {doubt}"
        left = {} if dry_run else remove_all(engine, group)
        for thing in group:
            yield Swept(_described(thing), gone=thing not in left, why=left.get(thing, why))
    finally:
        if lock is not None:
            os.close(lock)


def _proof(labels: object) -> tuple[int | None, str, bool]:
    """Try the lock that labels name; returns it, or why there is no proof, and if it is held."""
    told = labels if isinstance(labels, dict) else {}
    id = str(told.get(SESSION_LABEL))[:12]
    by_force = f"`python -m pytest_engine sweep --session {id} --force` removes it"
    host = told.get(HOST_LABEL)
    if host != socket.gethostname() or told.get(MACHINE_LABEL, "") != machine():
        return (
            None,
            f"it was made on the host {host}, where its run may be alive; {by_force}",
            False,
        )
    path = Path(told.get(LOCK_LABEL) or "/nowhere")
    try:
        lock = Trace(path.parent).claim_after_burial()
    except FileNotFoundError:
        return None, f"its lock {path} is not there, so nothing proves anything; {by_force}", False
    except OSError as exc:
        return None, f"its lock {path} is {told.get(USER_LABEL)}'s: {exc.strerror}", True
    if lock is None:
        pid = told.get(PID_LABEL)
        return None, f"its run is alive (process {pid} of {told.get(USER_LABEL)})", True
    return lock, "", False


def _of_reused(
    state: Path, engine: Engine | None, *, reused: bool, dry_run: bool
) -> Iterator[Swept]:
    if dry_run:
        for lease in leases(state):
            gone = reused or lease.expired
            why = "it was not used for long enough" if lease.expired else "it may be used again"
            yield Swept(f"container {lease.name} ({lease.fixture})", gone=gone, why=why)
        return
    known = {lease.key for lease in leases(state)}
    for lease, reason in remove_expired(state, also_fresh=reused):
        why = reason or ("you said so" if reused else "it was not used for long enough")
        yield Swept(f"container {lease.name} ({lease.fixture})", gone=not reason, why=why)
    if engine is not None:
        for thing in find(engine, REUSE_LABEL):
            if thing.labels.get(REUSE_LABEL) not in known:
                why = "it waits to be used again by runs that have another state folder"
                yield Swept(_described(thing), gone=False, why=why)


def _described(thing: Thing) -> str:
    fixture = thing.labels.get(FIXTURE_LABEL)
    return f"{thing}{f' ({fixture})' if fixture else ''}"


def _named(run: Trace) -> str:
    about = run.about()
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(about.get("began", 0)))
    return f"run {run.session[:12]}, process {about.get('pid')}, begun {began}"


def _kept_for(until: float, test: str) -> str:
    hours = (until - time.time()) / 3600
    return f"kept because of {test}, for {hours:.1f} more hours"
