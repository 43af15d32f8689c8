"""The pytest plugin. Every run of pytest imports this, so it imports next to nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import (
    AHEAD,
    SESSION,
    SETTINGS,
    _engine_requirements,
    ahead_of,
    engine,
    run_container,
)
from .marks import add_marks, note_requirements
from .options import add_options, read_settings
from .report import add_logs, note_begin, summarize

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
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
    "run_container",
]

_FACTORIES = f"{__name__}.factories"
_LEFT_OUTPUT = "pytest_engine_left"
_DURATIONS_OUTPUT = "pytest_engine_durations"
_LEFT: pytest.StashKey[list[str]] = pytest.StashKey()
# Of the workers of pytest-xdist: fixture, step, seconds and worker of each.
_DURATIONS: pytest.StashKey[list[tuple[str, str, float, str]]] = pytest.StashKey()

MANAGERS: list[pytest.PytestPluginManager] = []
"""The plugins of the runs in this process, the innermost last: a run may run another one.

Modules that are imported have nothing else to find plugins by.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that this plugin calls."""
    from . import hooks

    pluginmanager.add_hookspecs(hooks)
    MANAGERS.append(pluginmanager)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, so that a wrong one is told before anything runs."""
    config.stash[SETTINGS] = read_settings(config)
    config.stash[_LEFT] = []
    config.stash[_DURATIONS] = []
    add_marks(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See which tests need something of the engine."""
    note_requirements(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Begin what this test and those after it will need."""
    # Without a factory's fixture there is nothing to begin.
    if _FACTORIES in sys.modules and not item.config.getoption("setupplan", default=False):
        ahead_of(item.config).look(item, nextitem)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note when the test began."""
    note_begin(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the containers' logs to the report of a test that failed."""
    report = yield
    add_logs(item, report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what is still there, and tell the controller of this worker what would not go."""
    run = session.config.stash.get(SESSION, None)
    if run is None:
        return
    ahead = session.config.stash.get(AHEAD, None)
    if ahead is not None:
        ahead.close()
    run.close()
    session.config.stash[_LEFT] += run.left
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_LEFT_OUTPUT] = list(run.left)
        output[_DURATIONS_OUTPUT] = run.durations.packed()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear what a worker of pytest-xdist could not remove, and how long things took there."""
    output = getattr(node, "workeroutput", {})
    node.config.stash[_LEFT] += output.get(_LEFT_OUTPUT, [])
    worker = node.gateway.id
    node.config.stash[_DURATIONS] += [
        (*taken, worker) for taken in output.get(_DURATIONS_OUTPUT, [])
    ]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what could not be removed, and how long things took, if that is wanted."""
    config = terminalreporter.config
    summarize(terminalreporter, config.stash[_LEFT])
    count = config.stash[SETTINGS].durations
    if count is not None:
        from .durations import show_durations

        run = config.stash.get(SESSION, None)
        here = [] if run is None else [(*taken, "") for taken in run.durations.packed()]
        show_durations(terminalreporter, [*here, *config.stash[_DURATIONS]], count)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forget the plugins of a run that has ended."""
    if config.pluginmanager in MANAGERS:
        MANAGERS.remove(config.pluginmanager)
