"""What a runtime tells of itself, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed, PermissionDenied, ServerError
from pytest_engine.core.runtime import AuthConfig, EngineRuntime, Runtime

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.runtime.conftest import Make


@pytest.mark.engine
@pytest.mark.smoke
def test_the_engine_and_its_host_are_told(runtime: Runtime, engine: Engine, run: Make) -> None:
    run()
    told = runtime.info()
    raw: Any = engine.system.info()
    for name, key in (
        ("containers", "Containers"),
        ("containers_running", "ContainersRunning"),
        ("containers_paused", "ContainersPaused"),
        ("containers_stopped", "ContainersStopped"),
        ("images", "Images"),
        ("driver", "Driver"),
        ("memory_limit", "MemoryLimit"),
        ("swap_limit", "SwapLimit"),
        ("kernel_version", "KernelVersion"),
        ("operating_system", "OperatingSystem"),
        ("os_version", "OSVersion"),
        ("os_type", "OSType"),
        ("architecture", "Architecture"),
        ("ncpu", "NCPU"),
        ("mem_total", "MemTotal"),
        ("name", "Name"),
        ("server_version", "ServerVersion"),
    ):
        assert getattr(told, name) == raw[key], name
    assert told.warnings == tuple(raw["Warnings"] or ())
    # Podman makes a new one up for every answer.
    assert told.id
    assert told.containers_running >= 1
    assert told.os_type == "linux"
    assert told.system_time is not None
    assert abs(told.system_time - datetime.now(timezone.utc)) < timedelta(minutes=5)


@pytest.mark.engine
def test_a_registry_that_is_down_lets_nobody_in(runtime: Runtime) -> None:
    with pytest.raises(ServerError) as caught:
        runtime.login(AuthConfig("anna", "s3cret", server_address="127.0.0.1:1"))
    assert not isinstance(caught.value, PermissionDenied)
    assert "s3cret" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.engine
def test_after_its_end_a_call_connects_anew(engine_host: str) -> None:
    with EngineRuntime(Engine(engine_host, environ={})) as own:
        checked: Runtime = own
        assert checked.info().id
    checked.close()
    assert checked.info().id
    checked.close()


def test_an_engine_that_is_away_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed):
        EngineRuntime(Engine(f"unix://{tmp_path}/none.sock", environ={})).info()
