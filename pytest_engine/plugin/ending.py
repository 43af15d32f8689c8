"""How a run is shared out to workers, and how it ends."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import EngineError

from .fixtures import AHEAD, ERRORS, KEPT, LEFT, RUNNING, SESSION, SETTINGS, TAKEN, run_of
from .run import WORKER_INPUT

if TYPE_CHECKING:
    from .run import Run

__all__ = ["end", "hear", "invite", "sweep_first"]

_LEFT_OUTPUT = "pytest_engine_left"
_ERRORS_OUTPUT = "pytest_engine_errors"
_TAKEN_OUTPUT = "pytest_engine_taken"
_DOUBTFUL_OUTPUT = "pytest_engine_doubtful"
# An engine that was restarted meanwhile is back soon.
_PATIENCE = 5.0


def invite(node: Any) -> None:
    """Tell a worker which run it is a part of, whose proof of life this process holds."""
    try:
        node.workerinput[WORKER_INPUT] = run_of(node.config).input()
    except (EngineError, OSError):
        # A worker that makes something tries by itself, and tells what is wrong.
        return


def hear(node: Any, error: object) -> None:
    """Note what a worker could not remove, what went wrong there, and how long things took.

    One that crashed may have asked for more, and one that got no answer to what it asked for.
    """
    config = node.config
    output = getattr(node, "workeroutput", {})
    config.stash[LEFT].extend(output.get(_LEFT_OUTPUT, []))
    config.stash[ERRORS].extend(output.get(_ERRORS_OUTPUT, []))
    worker = node.gateway.id
    config.stash[TAKEN].extend((*step, worker) for step in output.get(_TAKEN_OUTPUT, []))
    run = config.stash.get(RUNNING, None)
    if run is not None and (error or output.get(_DOUBTFUL_OUTPUT)):
        run.doubt()


def end(session: pytest.Session) -> None:
    """Remove what is still there, and let go of the run."""
    config = session.config
    run = run_of(config)
    mine = config.stash.get(SESSION, None)
    ahead = config.stash.get(AHEAD, None)
    if ahead is not None:
        ahead.close()
    if mine is not None:
        mine.close()
        config.stash[LEFT].extend(mine.left)
        config.stash[ERRORS].extend(mine.errors)
        config.stash[TAKEN].extend((*step, "") for step in mine.durations.packed())
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_LEFT_OUTPUT] = [*config.stash[LEFT]]
        output[_ERRORS_OUTPUT] = [*config.stash[ERRORS]]
        output[_TAKEN_OUTPUT] = [step[:3] for step in config.stash[TAKEN]]
        output[_DOUBTFUL_OUTPUT] = run.doubtful
    if run.is_worker or not run.has_begun:
        run.finish(clean=False)
        return
    wanted = run.folder.kept()
    kept = run.folder.kept(lasting=True)
    if wanted:
        config.stash[KEPT] = (run.owner.session, kept, kept != wanted)
    if mine is None:
        _clear(config, run, doubtful=_cut_short(session) or bool(config.stash[ERRORS]))
    else:
        _stop_private(config, run)
    left = config.stash[LEFT] or (mine and mine.errors)
    run.finish(clean=not left, kept=bool(kept))


def sweep_first(config: pytest.Config) -> None:
    """Remove what dead runs have left, and tell what became of everything that was found."""
    from pytest_engine.ownership.folders import state_folder
    from pytest_engine.ownership.sweep import reach, sweep

    reporter = config.pluginmanager.getplugin("terminalreporter")
    settings = config.stash[SETTINGS]
    said: list[str] = []
    try:
        state = state_folder(settings.state)
        with reach(settings.host, said.append) or nullcontext() as engine:
            told = sweep(state, engine)
        said += [f"{'removed' if one.gone else 'left'} {one.what}: {one.why}" for one in told]
    except EngineError as exc:
        said.append(f"not all was swept: {exc}")
    for line in said or ["nothing to sweep"]:
        if reporter is not None:
            reporter.write_line(f"engine: {line}")


def _cut_short(session: pytest.Session) -> bool:
    """Tell whether workers may have been stopped in the middle of something."""
    usual = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    return bool(session.shouldstop or session.shouldfail) or session.exitstatus not in usual


def _clear(config: pytest.Config, run: Run, *, doubtful: bool) -> None:
    """Remove what the workers have made for the whole run, and what crashed ones have left."""
    if not run.folder.engines() and not run.folder.private.exists():
        return
    from pytest_engine.ownership.burial import clear

    if doubtful or config.stash[LEFT]:
        run.doubt()
    # What a worker could not remove, its network's guest perhaps, may go now.
    burial = clear(run.folder, patience=_PATIENCE)
    left = [f"{thing}: {why}" for thing, why in burial.left.items()]
    config.stash[LEFT] = [*left, *burial.problems]


def _stop_private(config: pytest.Config, run: Run) -> None:
    from pytest_engine.ownership.burial import stop_private

    try:
        stop_private(run.folder)
    except EngineError as exc:
        config.stash[LEFT].append(str(exc))
