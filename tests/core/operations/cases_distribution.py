"""Images in registries: the operation with a value in its answer."""

from __future__ import annotations

import pytest

from pytest_engine.core.errors import ImageNotFound
from tests.core.operations.cases import World, case
from tests.core.operations.cases_images import committed

pytestmark = [pytest.mark.lacks("podman5", reason="Podman has no /distribution")]


@case("DistributionInspect")
def inspected(world: World) -> None:
    name = f"{world.registry}/{world.name('image')}:1"
    committed(world, name, only=world.name())
    world.engine.images.push(name)
    (pushed,) = world.engine.images.inspect(name)["RepoDigests"]
    world.engine.images.remove(name)
    told = world.engine.distribution.inspect(name)
    assert told["Descriptor"]["digest"] == pushed.partition("@")[2]
    assert told["Platforms"][0]["os"] == "linux"
    try:
        world.engine.images.inspect(name)
    except ImageNotFound:
        return
    raise AssertionError("it was pulled")
