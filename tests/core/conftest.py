"""Servers for the tests of the core that no real engine can serve."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.errors import ImageNotFound
from tests.conftest import FOREIGN_HOST
from tests.core.scripted import ScriptedServer, Step
from tests.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

Serve = Callable[..., ScriptedServer]


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start servers that follow scripts, one script for each connection."""
    with contextlib.ExitStack() as stack:

        def start(*scripts: Sequence[Step], name: str = "engine.sock") -> ScriptedServer:
            path = tmp_path_factory.mktemp("s") / name
            return stack.enter_context(ScriptedServer(path, scripts))

        yield start


@pytest.fixture
def pushed(engine: Engine, busybox: str, scratch: Scratch) -> Iterator[Callable[..., str]]:
    """Push images to the lab's registry that the engine then does not have, and name them."""
    if FOREIGN_HOST:
        pytest.skip("an engine that is not the lab's has no registry for tests")
    registry = Lab.default().status().registry
    names: list[str] = []

    def push(name: str = "image", **instructions: str) -> str:
        full = f"{registry}/{scratch.name(name)}:1"
        names.append(full)
        dockerfile = "\n".join([f"FROM {busybox}", *(f"{k} {v}" for k, v in instructions.items())])
        engine.build.image({"Dockerfile": dockerfile}, tags=[full])
        engine.images.push(full)
        engine.images.remove(full)
        return full

    yield push
    for name in names:
        with contextlib.suppress(ImageNotFound):
            engine.images.remove(name, force=True)
