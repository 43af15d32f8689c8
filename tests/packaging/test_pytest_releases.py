"""The plugin from its wheel, on the releases of pytest and of Python that it is made for."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.environments import find_python, make_environment

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine

pytestmark = [pytest.mark.engine, pytest.mark.releases, pytest.mark.slow]

PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
# Requirement of pytest -> the oldest Python that it takes.
PYTESTS = {"pytest==8.0.*": (3, 9), "pytest==8.*": (3, 9), "pytest==9.*": (3, 10)}

CONFTEST = """
from pytest_engine import container, network, wait

backend = network(scope="session")
box = container(
    "busybox", command=["sh", "-c", "echo ready; exec httpd -f -p 80"], ports=[80],
    network=backend, wait=wait.log("ready") & wait.port(80), scope="session",
)
"""
TESTS = """
import sys

import pytest

from pytest_engine import container

ready = container("busybox", command="sleep 1000", prestart=1)

class TestInside:
    own = container("busybox", command="sleep 1000", scope="class")

    def test_class(self, own):
        assert own.exec("echo hello").text == "hello\\n"

@pytest.mark.parametrize("n", [1, 2])
def test_shared(box, ready, n):
    assert box.address(80).port
    assert ready.exec("true").ok

def test_fails(box):
    print("on", sys.version.split()[0], "with", pytest.__version__)
    box.exec(["sh", "-c", "echo for the report > /proc/1/fd/1"])
    assert box.logs().endswith("for the report\\n") is None
"""


@pytest.mark.parametrize("requirement", PYTESTS)
@pytest.mark.parametrize("version", PYTHONS)
def test_fixtures_work_on(
    version: str,
    requirement: str,
    wheel: Path,
    engine: Engine,
    busybox: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del busybox
    if tuple(map(int, version.split("."))) < PYTESTS[requirement]:
        pytest.skip(f"{requirement} is not made for Python {version}")
    found = find_python(version)
    if found is None:
        pytest.skip(f"Python {version} is not found")
    owner = f"user-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("LOGNAME", owner)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    programs = make_environment(
        tmp_path / "env", f"{wheel}[pytest]", requirement, "pytest-xdist>=3.5", python=found
    )
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "conftest.py").write_text(CONFTEST)
    (suite / "test_it.py").write_text(TESTS)
    options = (f"--engine-host={engine.endpoint.url}", f"--engine-state={tmp_path / 'state'}")
    for workers in ("-n0", "-n2"):
        command = [programs / "python", "-m", "pytest", "-W", "error", workers, *options]
        done = subprocess.run(
            [str(word) for word in command], cwd=suite, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        outcome = re.search(r"^=+ (.*) in [\d.]+s", done.stdout, re.MULTILINE)
        assert outcome is not None, done.stdout
        assert outcome[1] == "1 failed, 3 passed", done.stdout
        ran = re.search(rf"^on ({re.escape(version)}\.\d+) with (\S+)$", done.stdout, re.MULTILINE)
        assert ran is not None, done.stdout
        assert requirement.startswith(f"pytest=={ran[2].split('.')[0]}.")
        assert re.search(r"^-+ Container log: box ", done.stdout, re.MULTILINE)
        assert "left behind" not in done.stdout
        filters = {"label": f"io.pytest-engine.user={owner}"}
        assert engine.containers.list(all=True, filters=filters) == []
        assert engine.networks.list(filters=filters) == []
        with capsys.disabled():
            sys.stdout.write(f"\nPython {ran[1]}, pytest {ran[2]}, {workers}: as expected\n")
