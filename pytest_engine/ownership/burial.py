"""What happens when a run is over: whatever it left on engines goes, and then its folder."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError

from .labels import SESSION_LABEL
from .removal import find, remove_all

if TYPE_CHECKING:
    from pytest_engine.core.endpoint import Endpoint

    from .folders import Kept, Trace
    from .removal import Thing

__all__ = ["QUIET", "Burial", "bury", "clear", "stop_private"]

# What was asked of the engine before the run was killed may still be made: a container takes
# an engine up to a second, more on a machine that is busy.
QUIET = 2.0
_PAUSE = 0.2


@dataclass
class Burial:
    """What came of it.

    Attributes:
        removed: what was removed.
        left: what was not -> why.
        kept: what its run wanted to outlive it, and whose time has not come.
        problems: what else did not work.
    """

    removed: list[Thing] = field(default_factory=list)
    left: dict[Thing, str] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing is left that should have gone."""
        return not self.left and not self.problems


def bury(run: Trace, *, quiet: float = 0.0, patience: float = 0.0) -> Burial:
    """Remove what a run that is over has left, and its folder. The caller holds its lock.

    Args:
        run: the run.
        quiet: seconds in which nothing new of the run may turn up before that is enough.
        patience: seconds in which what does not work is tried again, as with an engine that
            is being restarted.
    """
    burial = clear(run, quiet=quiet, patience=patience)
    if burial.complete and not burial.kept:
        run.remove()
    return burial


def clear(run: Trace, *, quiet: float = 0.0, patience: float = 0.0, keeps: bool = True) -> Burial:
    """Remove what a run has on engines; arguments as those of `bury`.

    Args:
        run: the run.
        quiet: likewise.
        patience: likewise.
        keeps: leave what is to outlive the run, until its time has come.
    """
    burial = Burial()
    if keeps:
        burial.kept = [one for one in run.kept(lasting=True) if one.until > time.time()]
    kept = {one.id for one in burial.kept}
    give_up = time.monotonic() + patience
    for endpoint in run.engines():
        if not run.owns(endpoint):
            _clear(run.session, endpoint, kept, burial, quiet, give_up)
    try:
        stop_private(run)
    except EngineError as exc:
        burial.problems.append(str(exc))
    return burial


def stop_private(run: Trace) -> None:
    """Stop the engine of the run's own, if it has one, with all that is on it.

    Raises:
        EngineError: not all of it could be removed.
    """
    try:
        root = run.private.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    from pytest_engine.core.launch import PrivateEngine

    engine = PrivateEngine.find(Path(root))
    if engine is not None:
        engine.stop()
    run.private.unlink(missing_ok=True)


def _clear(
    session: str,
    endpoint: Endpoint,
    kept: set[str],
    burial: Burial,
    quiet: float,
    give_up: float,
) -> None:
    """Remove what is on one engine, until nothing new turns up."""
    seen = time.monotonic()
    with Engine(endpoint, timeout=15.0) as engine:
        while True:
            try:
                found = find(engine, f"{SESSION_LABEL}={session}")
                things = [one for one in found if one.id not in kept]
                left = remove_all(engine, things)
                problem = ""
            except EngineError as exc:
                things, left, problem = [], {}, str(exc)
            burial.removed += [one for one in things if one not in left]
            now = time.monotonic()
            if things and not left:
                seen = now
            settled = not left and not problem and now - seen >= quiet
            if settled or ((left or problem) and now >= give_up):
                burial.left.update(left)
                burial.problems += [problem] if problem else []
                return
            if problem:
                # The engine is away, and what it was asked for may come after it is back.
                seen = now
            time.sleep(_PAUSE)
