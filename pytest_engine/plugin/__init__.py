"""The pytest plugin. Every run of pytest imports this, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import SESSION, SETTINGS, _engine_requirements, engine, run_container
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
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "pytest_unconfigure",
    "run_container",
]

_LEFT_OUTPUT = "pytest_engine_left"
_LEFT: pytest.StashKey[list[str]] = pytest.StashKey()

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
    add_marks(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See which tests need something of the engine."""
    note_requirements(items)


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
    run.close()
    session.config.stash[_LEFT] += run.left
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_LEFT_OUTPUT] = list(run.left)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear what a worker of pytest-xdist could not remove."""
    left = getattr(node, "workeroutput", {}).get(_LEFT_OUTPUT, [])
    node.config.stash[_LEFT] += left


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what could not be removed."""
    summarize(terminalreporter, terminalreporter.config.stash[_LEFT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Forget the plugins of a run that has ended."""
    if config.pluginmanager in MANAGERS:
        MANAGERS.remove(config.pluginmanager)
