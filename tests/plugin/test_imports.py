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
    print("loaded:", *sorted(n for n in sys.modules if n.split(".")[0] in WANTED))
"""


def test_an_unused_plugin_loads_neither_the_core_nor_a_library(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        SHOW.replace("WANTED", "('pytest_engine', 'requests', 'urllib3', 'http', 'filelock')")
    )
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider")
    loaded = str(result.stdout).partition("loaded: ")[2].splitlines()[0].split()
    assert [name for name in loaded if name.startswith("pytest_engine")] == [
        "pytest_engine",
        "pytest_engine.plugin",
        "pytest_engine.plugin.fixtures",
        "pytest_engine.plugin.hooks",
        "pytest_engine.plugin.marks",
        "pytest_engine.plugin.options",
        "pytest_engine.plugin.report",
    ]
    assert not {"requests", "urllib3", "filelock"} & set(loaded)


def test_the_package_itself_imports_nothing_but_itself() -> None:
    program = (
        "import sys; before = set(sys.modules); import pytest_engine; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded - {"typing", "collections.abc", "contextlib", "re"} == {"pytest_engine"} | {
        name for name in loaded if not name.startswith("pytest")
    } - {"typing", "collections.abc", "contextlib", "re"}
