"""Hooks by which other plugins and conftest files take part in what the fixtures do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Callable

    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.types.engine import ContainerCreateBody

__all__ = [
    "pytest_engine_container_ready",
    "pytest_engine_container_remove",
    "pytest_engine_container_spec",
    "pytest_engine_create_body",
    "pytest_engine_image_name",
    "pytest_engine_presets",
]


@pytest.hookspec(firstresult=True)
def pytest_engine_image_name(name: str) -> str | None:
    """Say which image to use where a fixture names one: a mirror's, one that is pinned.

    Called before an image is pulled or a container is created from it; not for images
    that the run itself builds. The first answer that is not None counts, and where there
    is one, `--engine-mirror` is not asked.

    Args:
        name: the image as the fixture names it.

    Returns:
        The image to use instead, or None.
    """


@pytest.hookspec(firstresult=True)
def pytest_engine_container_spec(
    spec: ContainerSpec, request: pytest.FixtureRequest
) -> ContainerSpec | None:
    """Change what a container is created with.

    Called when everything is known, name and labels of the run included, before the
    container is created. The first answer that is not None counts.

    Args:
        spec: what the fixture asks for; frozen, so use `dataclasses.replace`.
        request: the request of the fixture that the container is for.

    Returns:
        What to create instead, or None.
    """


@pytest.hookspec
def pytest_engine_create_body(
    body: ContainerCreateBody, spec: ContainerSpec, request: pytest.FixtureRequest
) -> None:
    """Edit the JSON that the engine is sent, where a `ContainerSpec` cannot say something.

    The last resort, called right before the container is created. Everybody who
    implements it gets the same object. A container of `reuse=True` is compared with its spec
    in later runs, so with `--engine-reuse` it is an error to change its body.

    Args:
        body: the body of `POST /containers/create`, to be changed in place.
        spec: what it was made from.
        request: the request of the fixture that the container is for.
    """


@pytest.hookspec
def pytest_engine_container_remove(container: Container, request: pytest.FixtureRequest) -> None:
    """See a container for the last time, before it is removed.

    Called for those that had become ready, at the end of their fixture. It may run no
    longer, and what fails here is an error of the last test that used it; it is removed
    all the same. Not called for what outlives its fixture: containers that the workers of
    pytest-xdist share, which the run's controller removes, and those of `reuse=True` with
    `--engine-reuse`.

    Args:
        container: the container.
        request: the request of the fixture that the container was for.
    """


@pytest.hookspec
def pytest_engine_container_ready(container: Container, request: pytest.FixtureRequest) -> None:
    """See a container that has started and become ready, before a test gets it.

    Args:
        container: the container.
        request: the request of the fixture that the container is for.
    """


@pytest.hookspec
def pytest_engine_presets() -> Mapping[str, Callable[..., object]] | None:
    """Add presets to `pytest_engine.presets`, under names of your own.

    Called when a conftest.py or a test module asks for a name that the package does not
    have. Only plugins that are loaded before (installed ones, and those of `-p` and
    `pytest_plugins`) can answer.

    Returns:
        Name -> a function that returns a fixture, as `pytest_engine.presets.preset` does; or
        None.
    """
