"""What a failing test's report and the end of the run say about containers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from .fixtures import CLASH, SESSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_engine.core.client import Engine

    from .finding import Finder
    from .session import Resource, Session

__all__ = ["add_logs", "explain_clash", "keep_what_failed", "note_begin", "summarize"]

_BEGAN: pytest.StashKey[float] = pytest.StashKey()


def note_begin(item: pytest.Item) -> None:
    """Note when a test began, its set-up included."""
    item.stash[_BEGAN] = time.time()


def add_logs(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add what the containers of a failed test logged while it ran."""
    session = item.config.stash.get(SESSION, None)
    if session is None or not report.failed or not session.settings.log_lines:
        return
    for resource in _used(item, [*session.live, *session.fallen]):
        if resource.kind == "container":
            _add(report, session, resource, item.stash.get(_BEGAN, 0.0))


def explain_clash(item: pytest.Item, report: pytest.TestReport) -> None:
    """Say what is behind a circle of fixtures that a user's own `engine` has closed."""
    if not report.failed or "recursive dependency involving fixture" not in report.longreprtext:
        return
    from .finding import Finder

    if Finder(item.config).has_own_engine(item):
        report.sections.append(("pytest-engine", f"Perhaps {CLASH}"))


def keep_what_failed(item: pytest.Item, report: pytest.TestReport) -> None:
    """Keep what a failed test used, if that is what is wanted."""
    session = item.config.stash.get(SESSION, None)
    if session is None or not report.failed or session.settings.keep != "failed":
        return
    from .keep import keep_used

    keep_used(session, _used(item, [*session.live]), item.nodeid)


def _used(item: pytest.Item, among: list[Resource]) -> list[Resource]:
    """Pick what a test used: that of its fixtures, and what was made while it ran."""
    began = item.stash.get(_BEGAN, 0.0)
    # Those that it has asked for while it ran are among those of its request alone.
    names = {*getattr(item, "fixturenames", ()), *_asked(item)}
    # What is still there of the test before may have the same fixture.
    there = [one for one in among if not (one.early or one.going)]
    used = [one for one in there if one.fixture in names or one.born >= began]
    from .finding import Finder

    finder = Finder(item.config)
    return [one for one in used if one.born >= began or not _is_of_another(finder, item, one)]


def _is_of_another(finder: Finder, item: pytest.Item, resource: Resource) -> bool:
    """Tell whether something is of a fixture that only has the name of one that a test uses."""
    recipe = resource.recipe
    # One that is defined above may be what the other is made with.
    if recipe is None or recipe.folder in item.path.parents:
        return False
    found = finder.find(item, resource.fixture)
    return found is not None and found.recipe is not recipe


def _asked(item: pytest.Item) -> Iterable[str]:
    names: Iterable[str] = getattr(getattr(item, "_request", None), "fixturenames", ())
    return names


def summarize(reporter: pytest.TerminalReporter, left: list[str], errors: list[str]) -> None:
    """Say at the end of the run what could not be removed, and what went wrong meanwhile."""
    for title, lines in (("left behind", left), ("errors in the background", errors)):
        if lines:
            reporter.section(f"containers: {title}", yellow=True)
        for line in lines:
            reporter.write_line(line)


def _add(report: pytest.TestReport, session: Session, resource: Resource, began: float) -> None:
    if resource.last_log is not None:
        # It did not become ready, and is removed by now.
        if resource.born < began:
            return
        text = resource.last_log
    elif resource.container is not None:
        text = _read(resource, session.settings.log_lines, began)
    else:
        return
    title = f"Container log: {resource.fixture} ({resource.name})"
    if text.strip() and title not in dict(report.sections):
        report.sections.append((title, text.rstrip("\n")))


def _read(resource: Resource, lines: int, began: float) -> str:
    from pytest_engine.core.errors import EngineError, NotFound

    from .standing import ending_of

    assert resource.container is not None  # noqa: S101  # the caller has looked
    since = None if resource.born >= began else began
    try:
        if since is not None:
            since = _on_the_engine(resource.engine, since)
        log = resource.container.logs(tail=lines, since=since, timeout=resource.engine.timeout)
        return f"{log.rstrip()}\n{ending_of(resource.container)}".strip("\n")
    except NotFound:
        return ending_of(resource.container)
    except EngineError as exc:
        return f"(it cannot be read: {exc})"


def _on_the_engine(engine: Engine, moment: float) -> float:
    """Turn a moment of this host's clock into one of the engine's."""
    if engine.endpoint.is_local:
        return moment
    from pytest_engine.core.wait.facts import stamp

    now = float(stamp(engine.system.info()["SystemTime"]))
    return moment + now - time.time()
