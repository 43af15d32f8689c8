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
@pytest.mark.pitfall(22)
def test_a_missing_library_is_an_error_that_says_how_to_install_it(
    blocked: list[str], library: str
) -> None:
    result = _run(_PROGRAM.format(blocked=blocked))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"The Python library {library} is missing or broken (")
    assert result.stdout.endswith(f"python -m pip install {library}\n")


_OLD = """
import sys, types
from http.client import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
import urllib3

urllib3.__version__ = {urllib3!r}
old = types.ModuleType("requests_unixsocket.adapters")
old.UnixHTTPConnection = type("UnixHTTPConnection", (HTTPConnection,), {{}})
old.UnixHTTPConnectionPool = type("UnixHTTPConnectionPool", (HTTPConnectionPool,), {{}})
sys.modules["requests_unixsocket"] = types.ModuleType("requests_unixsocket")
sys.modules["requests_unixsocket.adapters"] = old
from pytest_engine.core.errors import MissingLibrary
from pytest_engine.core.transport.pool import require_libraries

try:
    require_libraries()
except MissingLibrary as exc:
    print(exc)
"""


@pytest.mark.pitfall(22)
def test_a_pair_of_libraries_that_does_not_fit_is_named() -> None:
    result = _run(_OLD.format(urllib3="2.0.0"))
    assert (result.returncode, result.stderr) == (0, "")
    assert "The installed requests-unixsocket is too old for requests" in result.stdout
    assert result.stdout.endswith("python -m pip install 'requests-unixsocket>=0.4'\n")


@pytest.mark.pitfall(22)
def test_a_pair_of_older_libraries_fits() -> None:
    result = _run(_OLD.format(urllib3="1.26.18"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_making_an_engine_imports_no_library() -> None:
    program = (
        "import sys; from pytest_engine.core.client import Engine; "
        "Engine('unix:///nowhere', environ={}); "
        "print(sorted({'requests', 'urllib3', 'requests_unixsocket'} & set(sys.modules)))"
    )
    assert _run(program).stdout == "[]\n"
