"""The pytest plugin. Every run of pytest imports this, so it imports next to nothing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

# pytest looks at every name here in search of fixtures, so the others stay in their modules.
from . import fixtures, marks, options, report
from .fixtures import _engine_requirements, engine, run_container

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "MANAGERS",
    "_engine_requirements",
    "engine",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
    "run_container",
]

# Whatever makes fixtures does so by it.
_FUNCTIONS = f"{__name__}.functions"

MANAGERS: list[pytest.PytestPluginManager] = []
"""The plugins of the runs in this process, the innermost last: a run may run another one.

Modules that are imported have nothing else to find plugins by.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that this plugin calls."""
    from . import hooks

    pluginmanager.add_hookspecs(hooks)
    MANAGERS.append(pluginmanager)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, so that a wrong one is told before anything runs."""
    config.stash[fixtures.SETTINGS] = options.read_settings(config)
    config.stash[fixtures.PROCESS] = os.getpid()
    config.stash[fixtures.LEFT] = []
    config.stash[fixtures.ERRORS] = []
    config.stash[fixtures.TAKEN] = []
    marks.add_marks(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See which tests need something of the engine."""
    marks.note_requirements(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Begin what this test and those after it will need."""
    # Without a factory's fixture there is nothing to begin, nor is there with pytest-forked, whose
    # children have nothing of it.
    idle = any(item.config.getoption(one, default=False) for one in ("setupplan", "forked"))
    if _FUNCTIONS in sys.modules and not idle:
        try:
            ahead = fixtures.ahead_of(item.config)
        except pytest.fail.Exception:
            # The run cannot have containers, which the fixtures of the test will say.
            return
        ahead.look(item, nextitem)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note when the test began."""
    report.note_begin(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the containers' logs to the report of a test that failed."""
    outcome = yield
    report.add_logs(item, outcome)
    report.explain_clash(item, outcome)
    report.keep_what_failed(item, outcome)
    return outcome


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Remove what dead runs have left, if that is asked for."""
    config = session.config
    if config.stash[fixtures.SETTINGS].sweep and not hasattr(config, "workerinput"):
        from .ending import sweep_first

        sweep_first(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist which run it is a part of, before it starts."""
    from .ending import invite

    invite(node)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Hear what a worker of pytest-xdist could not remove, and that one has crashed."""
    from .ending import hear

    hear(node, error)


# Around the others, so that pytest-xdist has stopped its workers when the run is taken down.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, Any]:
    """Remove what is still there; of a run with workers, the controller does."""
    try:
        result = yield
    except BaseException:
        # After Ctrl-C, what fails at the end of a fixture comes out here, and pytest does not
        # get to its summary.
        _end(session)
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            pytest_terminal_summary(reporter)
        raise
    _end(session)
    return result


def _end(session: pytest.Session) -> None:
    if fixtures.SESSION in session.config.stash or fixtures.RUNNING in session.config.stash:
        from .ending import end

        end(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what could not be removed or went wrong, what was kept, and how long things took."""
    stash = terminalreporter.config.stash
    report.summarize(terminalreporter, stash[fixtures.LEFT], stash[fixtures.ERRORS])
    kept = stash.get(fixtures.KEPT, None)
    if kept:
        from .keep import show_kept

        session, outlives, is_lost = kept
        show_kept(terminalreporter, session, outlives, lost=is_lost)
    count = terminalreporter.config.stash[fixtures.SETTINGS].durations
    if count is not None:
        from .durations import show_durations

        taken = terminalreporter.config.stash[fixtures.TAKEN]
        show_durations(terminalreporter, taken, count)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forget the plugins of a run that has ended."""
    if config.pluginmanager in MANAGERS:
        MANAGERS.remove(config.pluginmanager)
