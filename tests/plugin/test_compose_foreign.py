"""A Compose file would take over what is on the engine already: nothing of that is touched."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.lab.compose_cli import COMPOSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

pytestmark = [
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine"),
]

DATA, BACKEND, DEV = "plugin-foreign-data", "plugin-foreign-net", "plugin-foreign-dev"
BUILT = "plugin-foreign-app:2"
OF_DEV = {"com.docker.compose.project": DEV, "com.docker.compose.service": "db"}
FILE = """
services:
  db:
    image: busybox
    command: ["sleep", "1000"]
    volumes: ["data:/data"]
volumes:
  data: {name: plugin-foreign-data%s}
"""


@pytest.fixture
def shop(project: Project, lab: LabImages, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a Compose file that names its volume, and the newest Compose."""
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(max(COMPOSE))))
    project.pytester.path.joinpath("compose.yaml").write_text(FILE % "")
    project.write(
        conftest="shop = compose('compose.yaml')",
        test_it="def test_it(shop):\n    assert shop['db'].exec('touch /data/file').ok",
    )
    return project


@contextmanager
def somebodys_volume(engine: Engine, labels: Mapping[str, str]) -> Iterator[None]:
    """A volume that is there before the run, and that has to be there afterwards."""
    engine.volumes.create({"Name": DATA, "Labels": {**labels}})
    try:
        yield
        assert (engine.volumes.inspect(DATA).get("Labels") or {}) == labels
    finally:
        engine.volumes.remove(DATA, force=True)


def refused(project: Project, told: str) -> None:
    """Run the test, and see that its project is refused, for a reason, and never was there."""
    result = project.run()
    result.assert_outcomes(errors=1)
    before = "would take over what was there before this run, and remove it with its data"
    result.stdout.fnmatch_lines([f"Fixture 'shop' (*): Compose project * {before}: {told}"])
    assert project.created() == 0
    assert "left behind" not in str(result.stdout)
    assert project.left() == set()


@pytest.mark.parametrize("version", sorted(COMPOSE))
def test_a_volume_that_was_there_before_is_left_as_it_is(
    shop: Project, lab: LabImages, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(version)))
    with somebodys_volume(shop.engine, OF_DEV):
        refused(shop, f"volume {DATA}. *or external: true, with which they are used and stay.")


def test_a_volume_that_is_external_is_used_and_stays(shop: Project) -> None:
    shop.pytester.path.joinpath("compose.yaml").write_text(FILE % ", external: true")
    with somebodys_volume(shop.engine, OF_DEV):
        shop.run().assert_outcomes(passed=1)
    assert shop.left() == set()


def test_a_network_that_was_there_before_is_left_as_it_is(shop: Project) -> None:
    shop.pytester.path.joinpath("compose.yaml").write_text(
        f"{FILE % ''}\nnetworks: {{default: {{name: {BACKEND}}}}}"
    )
    created = shop.engine.networks.create({"Name": BACKEND})
    try:
        refused(shop, f"network {BACKEND}. *")
    finally:
        shop.engine.networks.remove(created["Id"])


def test_a_project_that_runs_is_left_as_it_is(shop: Project) -> None:
    shop.write(conftest=f"shop = compose('compose.yaml', project_name={DEV!r})")
    name = f"{DEV}-db-1"
    created = shop.engine.containers.create(
        {"Image": "busybox", "Cmd": ["sleep", "1000"], "Labels": OF_DEV}, name=name
    )
    shop.engine.containers.start(created["Id"])
    try:
        with somebodys_volume(shop.engine, OF_DEV):
            refused(shop, f"container {name}, volume {DATA}. State another project_name, or none;*")
        assert shop.engine.containers.inspect(created["Id"])["State"]["Running"]
    finally:
        shop.engine.containers.remove(created["Id"], force=True)


def test_an_image_that_was_built_for_the_project_before_is_left_as_it_is(shop: Project) -> None:
    shop.write(conftest=f"shop = compose('compose.yaml', project_name={DEV!r})")
    name = "plugin-foreign-app:1"
    shop.engine.build.image({"Dockerfile": "FROM busybox\n"}, tags=[name], labels=OF_DEV)
    try:
        refused(shop, f"image {name}. *")
        assert name in shop.engine.images.inspect(name)["RepoTags"]
    finally:
        shop.engine.images.remove(name)


@contextmanager
def somebodys_image(engine: Engine) -> Iterator[None]:
    """An image that is there before the run, and whose name has to be its own afterwards."""
    id = engine.build.image({"Dockerfile": "FROM busybox\nLABEL mine=1\n"}, tags=[BUILT])
    try:
        yield
        assert engine.images.inspect(BUILT)["Id"] == id
    finally:
        engine.images.remove(BUILT, force=True)


APP = """
services:
  app:
    image: busybox
    command: ["sleep", "1000"]
    depends_on: [built]
  built:
    build: {context: ., dockerfile_inline: "FROM busybox"%s}
    image: %s
    command: ["sleep", "1000"]
    %s
  other:
    image: busybox
    command: ["sleep", "1000"]
"""


@pytest.mark.parametrize("version", sorted(COMPOSE))
@pytest.mark.parametrize(
    ("tags", "name", "policy", "build"),
    [
        ("", BUILT, "", ", build='always'"),
        ("", BUILT, "pull_policy: build", ""),
        (f", tags: [{BUILT}]", "plugin-foreign-new", "", ", build='always'"),
    ],
)
def test_an_image_that_would_be_built_under_the_name_of_another_is_refused(
    shop: Project,
    lab: LabImages,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    tags: str,
    name: str,
    policy: str,
    build: str,
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(version)))
    shop.write(conftest=f"shop = compose('compose.yaml', services=['app']{build})")
    shop.pytester.path.joinpath("compose.yaml").write_text(APP % (tags, name, policy))
    with somebodys_image(shop.engine):
        refused(shop, f"image {BUILT}. *images that are built other names*")


@pytest.mark.parametrize(
    ("policy", "arguments"),
    [
        ("", ""),
        ("pull_policy: build", ", build='never'"),
        ("", ", build='always', services=['other']"),
        ("profiles: [more]", ", build='always'"),
    ],
)
def test_an_image_that_is_not_built_is_used_and_stays(
    shop: Project, policy: str, arguments: str
) -> None:
    shop.write(
        conftest=f"shop = compose('compose.yaml'{arguments})",
        test_it="def test_it(shop):\n    assert shop['other'].state() == 'running'",
    )
    text = APP % ("", BUILT, policy)
    if policy.startswith("profiles"):
        text = text.replace("depends_on: [built]", "")
    shop.pytester.path.joinpath("compose.yaml").write_text(text)
    with somebodys_image(shop.engine):
        shop.run().assert_outcomes(passed=1)
    assert shop.left() == set()


@pytest.mark.parametrize("tags", ["", ", tags: [plugin-foreign-new:1, plugin-foreign-new:2]"])
def test_an_image_of_a_stated_name_is_built_again_for_each_test(shop: Project, tags: str) -> None:
    shop.write(
        conftest="shop = compose('compose.yaml', build='always')",
        test_it="""
@pytest.mark.parametrize("n", [1, 2])
def test_it(shop, n):
    assert shop["built"].state() == "running"
""",
    )
    text = APP % (tags, "plugin-foreign-new", "")
    shop.pytester.path.joinpath("compose.yaml").write_text(text)
    shop.run().assert_outcomes(passed=2)
    assert shop.left() == set()


def test_what_another_run_has_is_left_to_those_who_sweep(shop: Project) -> None:
    with somebodys_volume(shop.engine, {"io.pytest-engine.session": "0123456789abcdef"}):
        refused(
            shop,
            f"volume {DATA} (another run's, 0123456789ab). *sweep --session 0123456789ab` *",
        )


def test_what_a_killed_run_left_of_a_project_goes_and_its_name_is_free_again(
    shop: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    shop.write(
        conftest=f"shop = compose('compose.yaml', project_name={DEV!r})",
        test_it="""
import os, pathlib, signal

def test_dies(shop):
    (pid,) = pathlib.Path("state/runs").glob("*/reaper.pid")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

def test_goes_on(shop):
    assert shop["db"].state() == "running"
""",
    )
    assert shop.run_apart("-k", "dies").ret == -signal.SIGKILL
    assert len(shop.left()) == 3
    # It comes too early, or just in time.
    shop.run_apart("-k", "goes_on")
    assert shop.await_no_runs() == []
    assert shop.left() == set()
    # Nor are there files of it.
    assert [one.name for one in temporary.glob("pytest-engine*")] == []
    shop.run_apart("-k", "goes_on").assert_outcomes(passed=1, deselected=1)
    assert shop.left() == set()


def test_a_project_of_a_certain_name_is_brought_up_for_each_test(shop: Project) -> None:
    shop.write(
        conftest=f"shop = compose('compose.yaml', project_name={DEV!r})",
        test_it="""
@pytest.mark.parametrize("n", [1, 2])
def test_it(shop, n):
    assert shop["db"].exec("ls /data").text == ""
    assert shop["db"].exec("touch /data/file").ok
""",
    )
    shop.run().assert_outcomes(passed=2)
    assert shop.created() == 2
    assert shop.left() == set()


def test_a_project_of_a_certain_name_is_brought_up_again_for_later_workers(shop: Project) -> None:
    shop.write(
        conftest=f"shop = compose('compose.yaml', project_name={DEV!r}, scope='session')",
        test_it="""
import time

def test_it(request, worker_id):
    done = request.config.rootpath / "lost"
    if worker_id == "gw0":
        request.getfixturevalue("shop")["db"].kill()
        done.touch()
        return
    # What has only just become ready is not looked at again.
    while not done.exists() or time.time() < done.stat().st_mtime + 0.5:
        time.sleep(0.05)
    assert request.getfixturevalue("shop")["db"].state() == "running"
""",
    )
    result = shop.run_apart("-n2", "--dist=each", "--engine-ahead=0")
    result.assert_outcomes(passed=2)
    # The second with the label of another worker.
    assert shop.created("shop") == 2
    assert shop.left() == set()
