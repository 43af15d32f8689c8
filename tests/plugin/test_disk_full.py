"""An engine whose disk is full: what tests are told, and that nothing half-done is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.own_engine import NEEDS_ROOT, launched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages
    from tests.lab import Lab
    from tests.plugin.conftest import Project

pytestmark = [pytest.mark.engine, pytest.mark.slow, NEEDS_ROOT]

MEGABYTES = 60
FULL = "A disk is full, *`docker system df` tells *"


@pytest.fixture(scope="module")
def small_engine(engine_host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with little space."""
    assert engine_host
    with launched(tmp_path_factory.mktemp("df"), megabytes=MEGABYTES) as engine:
        engine.images.pull("busybox")
        yield engine


@pytest.fixture
def small(project: Project, small_engine: Engine) -> Iterator[Project]:
    """A project on that engine; nothing of it may be left there, of whatever sort."""
    before = [one["Id"] for one in small_engine.images.list(all=True)]
    project.engine = small_engine
    yield project
    assert project.await_no_runs() == []
    assert small_engine.containers.list(all=True) == []
    assert (small_engine.volumes.list().get("Volumes") or []) == []
    assert [one["Id"] for one in small_engine.images.list(all=True)] == before


def fails_with(project: Project, *lines: str) -> None:
    """Run a project whose test of what is too large fails, and whose other test passes."""
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([*lines])
    text = str(result.stdout)
    assert "Traceback" not in text
    assert "left behind" not in text


# What a failed build or container took is given back by the engine in its own time.
TESTS = f"""
import pathlib, shutil, time

@pytest.fixture
def room(engine):
    data = pathlib.Path(engine.endpoint.path).parent / "data"
    deadline = time.monotonic() + 60
    while shutil.disk_usage(data).free < {MEGABYTES // 2} << 20 and time.monotonic() < deadline:
        time.sleep(0.05)

small = container("busybox", command="sleep 1000", after=["room"])

def test_large(large): pass
def test_small(small): small.exec("true")
"""


def test_a_pull(small: Project, lab: LabImages, lab_below: Lab) -> None:
    lab.require("memcached:1")
    # By its own address: where a mirror's image does not fit, engines tell what the Hub says of it.
    name = f"{lab_below.registry}/library/memcached:1"
    small.write(conftest=f"large = container({name!r})", test_it=TESTS)
    fails_with(
        small,
        f"Fixture 'large' ({name}): Cannot pull {name}: *no space left on device*"
        " The engine's disk is full: *",
    )


def test_a_build(small: Project) -> None:
    recipe = f"FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count={2 * MEGABYTES}\n"
    small.write(
        conftest=f"large = image(build={{'Dockerfile': {recipe!r}}})",
        test_it=TESTS,
    )
    fails_with(small, "Fixture 'large' (*): Cannot build *", "*No space left on device*", FULL)


def test_files_that_are_put_into_a_container(small: Project) -> None:
    small.write(
        conftest=f"""
large = container("busybox", command="sleep 1000", files={{"/big": b"x" * ({2 * MEGABYTES} << 20)}})
""",
        test_it=TESTS,
    )
    fails_with(small, "Fixture 'large' (busybox): *no space left on device*", FULL)


def test_a_container_where_nothing_fits_any_more(small: Project) -> None:
    small.write(
        conftest="""
import pathlib
network_of_it = network()

@pytest.fixture
def full(engine):
    filler = pathlib.Path(engine.endpoint.path).parent / "data/filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
    yield
    filler.unlink()

large = container("busybox", command="sleep 1000", network=network_of_it, after=["full"])
""",
        test_it=TESTS,
    )
    fails_with(small, "Fixture 'large' (busybox): *no space left on device*", FULL)
