"""The pytest plugin. Every run of pytest imports this, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import KEPT, LEFT, RUNNING, SESSION, SETTINGS, engine, run_container
from .options import add_options, read_settings
from .report import add_logs, keep_what_failed, note_begin, summarize

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "engine",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_runtest_makereport",
    "pytest_runtest_setup",
    "pytest_sessionfinish",
    "pytest_sessionstart",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "run_container",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that this plugin calls."""
    from . import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, so that a wrong one is told before anything runs."""
    config.stash[SETTINGS] = read_settings(config)
    config.stash[LEFT] = []


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
    keep_what_failed(item, report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Remove what dead runs have left, if that is asked for."""
    config = session.config
    if config.stash[SETTINGS].sweep and not hasattr(config, "workerinput"):
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
    result = yield
    if SESSION in session.config.stash or RUNNING in session.config.stash:
        from .ending import end

        end(session)
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what could not be removed, and what was kept."""
    summarize(terminalreporter, terminalreporter.config.stash[LEFT])
    kept = terminalreporter.config.stash.get(KEPT, None)
    if kept:
        from .keep import show_kept

        show_kept(terminalreporter, *kept)
