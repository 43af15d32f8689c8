"""Runs that are killed while they use an engine behind TLS or SSH, as then their reapers do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.polling import poll
from tests.plugin.killing import begin, end
from tests.plugin.own_engine import NEEDS_ROOT
from tests.roads import use_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.sshd import Sshd
    from tests.plugin.conftest import Project
    from tests.roads import TlsEngine

pytestmark = [pytest.mark.engine, pytest.mark.slow, NEEDS_ROOT]

CONFTEST = """
backend = network()
data = volume()
box = container("busybox", command="sleep 1000", network=backend, volumes={"/d": data})
"""
TEST = """
import time

def test_it(box):
    time.sleep(600)
"""


def nothing_is_left(project: Project, host: str) -> None:
    project.write(conftest=CONFTEST, test_it=TEST)
    run = begin(project, host=host)
    try:
        poll(lambda: len(project.left()) == 3, timeout=60.0, what="What the run makes")
    finally:
        end(run)
    assert project.await_no_runs() == []
    assert project.left() == set()


def test_over_tls(project: Project, tls_engine: TlsEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tls_engine.client))
    with tls_engine.connect() as engine:
        engine.images.pull("busybox")
        project.engine = engine
        nothing_is_left(project, tls_engine.host)


def test_over_ssh(
    project: Project, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_config(sshd.client_config, tmp_path / "bin", monkeypatch)
    nothing_is_left(project, "ssh://lab")
