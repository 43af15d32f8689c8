"""Containers to wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_engine.core.container import Container

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine


class Naming(Protocol):
    """Makes names that no other test has; what has them is removed after the test."""

    def name(self, suffix: str = ...) -> str:
        """Return one."""


class Start(Protocol):
    """Starts a container with busybox's shell."""

    def __call__(
        self,
        script: str,
        *,
        config: dict[str, Any] | None = None,
        host: dict[str, Any] | None = None,
        start: bool = True,
    ) -> Container:
        """Start one that runs a script; port 80 of it is published."""


@pytest.fixture
def start(engine: Engine, busybox: str, scratch: Naming) -> Start:
    count = 0

    def run(
        script: str,
        *,
        config: dict[str, Any] | None = None,
        host: dict[str, Any] | None = None,
        start: bool = True,
    ) -> Container:
        nonlocal count
        count += 1
        body: Any = {
            "Image": busybox,
            "Cmd": ["sh", "-c", script],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}]}, **(host or {})},
            **(config or {}),
        }
        created = engine.containers.create(body, name=scratch.name(f"wait-{count}"))
        container = Container(engine, created["Id"])
        if start:
            container.start()
        return container

    return run
