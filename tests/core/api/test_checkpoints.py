"""Checkpoints on an engine that runs with `--experimental`.

None is made: the program for it, criu, does not run on every kernel that these tests run on. What
the engine lists and removes are folders, so these are made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ApiError
from pytest_engine.core.launch import launch_dockerd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def experimental(
    tmp_path_factory: pytest.TempPathFactory, lab_below: Lab
) -> Iterator[tuple[Engine, Path]]:
    """An engine of its own, and the folder of its data."""
    lab_below.up(["busybox"])
    folder = tmp_path_factory.mktemp("x")
    private = launch_dockerd(
        folder,
        registry_mirrors=[f"http://{lab_below.registry}"],
        arguments=["--experimental"],
    )
    try:
        with Engine(private.endpoint, environ={}) as engine:
            assert engine.system.ping().experimental
            engine.images.pull("busybox")
            yield engine, folder
    finally:
        private.stop()


@pytest.fixture
def container(experimental: tuple[Engine, Path]) -> Iterator[str]:
    """A container of that engine, by its id."""
    engine, _folder = experimental
    created = engine.containers.create({"Image": "busybox", "Cmd": ["true"]})["Id"]
    yield created
    engine.containers.remove(created, force=True)


def test_checkpoints_are_listed_and_removed(
    experimental: tuple[Engine, Path], container: str
) -> None:
    engine, folder = experimental
    assert engine.containers.checkpoints(container) == []
    (own,) = folder.rglob(f"containers/{container}")
    for name in ("one", "two"):
        made = own / "checkpoints" / name
        made.mkdir(parents=True)
        (made / "config.json").write_text("{}")
    listed = engine.containers.checkpoints(container)
    assert sorted(listed, key=str) == [{"Name": "one"}, {"Name": "two"}]
    engine.containers.remove_checkpoint(container, "one")
    assert engine.containers.checkpoints(container) == [{"Name": "two"}]


def test_checkpoints_may_be_kept_elsewhere(
    experimental: tuple[Engine, Path], container: str, tmp_path: Path
) -> None:
    engine, _folder = experimental
    made = tmp_path / "one"
    made.mkdir()
    (made / "config.json").write_text("{}")
    assert engine.containers.checkpoints(container, dir=str(tmp_path)) == [{"Name": "one"}]
    engine.containers.remove_checkpoint(container, "one", dir=str(tmp_path))
    assert engine.containers.checkpoints(container, dir=str(tmp_path)) == []


def test_a_container_that_does_not_run_has_no_state_to_keep(
    experimental: tuple[Engine, Path], container: str
) -> None:
    engine, _folder = experimental
    with pytest.raises(ApiError, match="not running"):
        engine.containers.create_checkpoint(container, {"CheckpointID": "one", "Exit": True})


def test_a_checkpoint_that_does_not_exist_is_not_started_from(
    experimental: tuple[Engine, Path], container: str
) -> None:
    engine, _folder = experimental
    with pytest.raises(ApiError, match="checkpoint none does not exist"):
        engine.containers.start(container, checkpoint="none")
    assert engine.containers.inspect(container)["State"]["Status"] == "created"
