"""Tests reach the engine that they name, and no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed


@pytest.mark.pitfall(46)
def test_a_test_that_names_no_engine_finds_none() -> None:
    with Engine() as engine, pytest.raises(ConnectionFailed, match=r"name-the-engine\.sock"):
        engine.system.ping()


@pytest.mark.pitfall(46)
def test_a_test_sees_nothing_of_the_persons_own_configuration() -> None:
    assert not any(Path(os.environ["DOCKER_CONFIG"]).iterdir())
    assert "DOCKER_CONTEXT" not in os.environ
