"""A run of pytest that does not use the plugin hardly pays for it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SHOW = """
def test_it():
    import sys
    print("loaded:", *sys.modules)
"""


def loaded(pytester: pytest.Pytester, *arguments: str) -> set[str]:
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider", *arguments)
    return set(str(result.stdout).partition("loaded: ")[2].splitlines()[0].split())


def test_an_unused_plugin_loads_itself_and_nothing_else(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SHOW)
    # Of the standard library, too, it takes what pytest has loaded anyway.
    assert sorted(loaded(pytester) - loaded(pytester, "-p", "no:engine")) == [
        "pytest_engine",
        "pytest_engine.plugin",
        "pytest_engine.plugin.fixtures",
        "pytest_engine.plugin.hooks",
        "pytest_engine.plugin.marks",
        "pytest_engine.plugin.options",
        "pytest_engine.plugin.report",
    ]


def test_the_package_itself_imports_nothing_but_itself() -> None:
    program = (
        "import sys; before = set(sys.modules); import pytest_engine; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = done.stdout.split()
    assert [name for name in names if name.startswith("pytest_engine")] == ["pytest_engine"]
    libraries = {"filelock", "http", "pluggy", "pytest", "requests", "ssl", "urllib3"}
    assert libraries & {name.partition(".")[0] for name in names} == set()
