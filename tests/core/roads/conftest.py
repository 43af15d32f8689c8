"""The roads to the engine: ssh with a configuration of its own, and TCP with TLS."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.roads import use_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.lab import Lab
    from tests.lab.sshd import Sshd
    from tests.roads import TlsEngine


@pytest.fixture
def config(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration, which may be added to; it knows `lab` and `behind`."""
    own = tmp_path / "config"
    shutil.copy(sshd.client_config, own)
    use_config(own, tmp_path / "bin", monkeypatch)
    return own


@pytest.fixture(scope="session")
def over_tls(tls_engine: TlsEngine) -> Iterator[Engine]:
    """A client of that engine."""
    with tls_engine.connect() as engine:
        yield engine


@pytest.fixture(scope="session")
def box(over_tls: Engine, lab_below: Lab) -> Iterator[str]:
    """A container on that engine that waits for commands."""
    lab_below.up(["busybox"])
    over_tls.images.pull("busybox")
    made = over_tls.containers.create(
        {"Image": "busybox", "Cmd": ["sleep", "3600"], "HostConfig": {"Init": True}}
    )["Id"]
    over_tls.containers.start(made)
    yield made
    over_tls.containers.remove(made, force=True)
