"""What a run would make is on the engine already: it is neither taken nor removed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

VOLUME = "plugin-foreign"


@contextmanager
def somebodys_volume(engine: Engine, labels: Mapping[str, str]) -> Iterator[None]:
    """A volume that is there before the run, and that has to be there afterwards."""
    engine.volumes.create({"Name": VOLUME, "Labels": {**labels}})
    try:
        yield
    finally:
        # Fails if the run has removed it.
        engine.volumes.remove(VOLUME)


@pytest.mark.parametrize(
    ("labels", "whose"),
    [
        ({}, f"Volume {VOLUME} was there before this run, *another name, or none; or use the one*"),
        (
            {"io.pytest-engine.session": "0123456789abcdef"},
            f"Volume {VOLUME} is another run's (0123456789ab), *sweep --session 0123456789ab` *",
        ),
    ],
    ids=["person", "run"],
)
def test_a_volume_that_was_there_before_is_left_as_it_is(
    project: Project, labels: dict[str, str], whose: str
) -> None:
    project.write(
        conftest=f"data = volume(VolumeSpec({VOLUME!r}), content={{'file': 'of the run'}})",
        test_it="def test_it(data): pass",
    )
    with somebodys_volume(project.engine, labels):
        result = project.run()
        assert (project.engine.volumes.inspect(VOLUME).get("Labels") or {}) == labels
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"Fixture 'data' (a volume): {whose}"])
    # Nothing was put into it.
    assert project.created() == 0
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


def test_a_volume_of_a_certain_name_is_made_for_each_test_and_removed(project: Project) -> None:
    project.write(
        conftest=f"data = volume(VolumeSpec({VOLUME!r}))",
        test_it="""
@pytest.mark.parametrize("n", [1, 2])
def test_it(data, n):
    assert data.inspect()["Labels"]["io.pytest-engine.fixture"] == "data"
""",
    )
    project.run().assert_outcomes(passed=2)
    assert project.left() == set()


def test_the_workers_of_a_run_share_a_volume_of_a_certain_name(project: Project) -> None:
    project.write(
        conftest=f"""
data = volume(VolumeSpec({VOLUME!r}), scope="session")
same = volume(VolumeSpec({VOLUME!r}), scope="session")
""",
        test_it=f"""
def test_it(data, same):
    assert (data.name, same.name) == ({VOLUME!r}, {VOLUME!r})
""",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=2)
    assert project.left() == set()


def test_a_volume_that_was_there_before_is_used_by_its_name(project: Project) -> None:
    project.write(
        conftest=f"box = container('busybox', command='sleep 1000', volumes={{'/d': {VOLUME!r}}})",
        test_it=f"""
def test_it(box):
    assert box.inspect()["Mounts"][0]["Name"] == {VOLUME!r}
""",
    )
    with somebodys_volume(project.engine, {}):
        project.run().assert_outcomes(passed=1)
    assert project.left() == set()
