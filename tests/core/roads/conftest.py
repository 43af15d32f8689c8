"""Clients of the engine that listens on TCP with TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.lab import Lab
    from tests.roads import TlsEngine


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
