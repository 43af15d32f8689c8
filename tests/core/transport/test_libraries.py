"""What happens where the libraries of the transport are missing, as on a bare Ansible target."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import MissingLibrary

with Engine("unix:///nowhere", environ={{}}) as engine:
    try:
        engine.system.info()
    except MissingLibrary as exc:
        print(exc)
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("blocked", "library"),
    [
        (["requests"], "requests"),
        (["urllib3"], "requests"),
        (["requests_unixsocket"], "requests-unixsocket"),
        (["requests", "requests_unixsocket", "urllib3"], "requests"),
    ],
)
def test_a_missing_library_is_an_error_that_says_how_to_install_it(
    blocked: list[str], library: str
) -> None:
    result = _run(_PROGRAM.format(blocked=blocked))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"The Python library {library} is missing or broken (")
    assert result.stdout.endswith(f"python -m pip install {library}\n")


def test_making_an_engine_imports_no_library() -> None:
    program = (
        "import sys; from pytest_engine.core.client import Engine; "
        "Engine('unix:///nowhere', environ={}); "
        "print(sorted({'requests', 'urllib3', 'requests_unixsocket'} & set(sys.modules)))"
    )
    assert _run(program).stdout == "[]\n"
