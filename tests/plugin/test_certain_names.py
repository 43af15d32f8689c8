"""Names and ports of which an engine has one: the next fixture gets them from the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.compose_cli import COMPOSE

if TYPE_CHECKING:
    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

NAME = "plugin-certain"


@pytest.mark.parametrize("kind", ["network", "volume"])
def test_the_next_of_a_certain_name_waits_until_the_one_before_is_gone(
    project: Project, kind: str
) -> None:
    spec = f"{kind.title()}Spec({NAME!r})"
    project.write(
        conftest=f"""
place = {kind}({spec})
# Removed before the place, in the background, which takes a while.
box = container("busybox", command="sleep 1000")
""",
        test_it="""
import time

def test_one(place, box): pass

def test_another(place):
    time.sleep(1)
    assert place.inspect()["Labels"]["io.pytest-engine.fixture"] == "place"
""",
    )
    project.run().assert_outcomes(passed=2)
    assert project.left() == set()


@pytest.mark.parametrize("kind", ["network", "volume"])
def test_the_next_modules_of_a_certain_name_is_not_made_ahead(project: Project, kind: str) -> None:
    spec = f"{kind.title()}Spec({NAME!r})"
    test = """
import time

def test_it(place):
    time.sleep(1)
    assert place.inspect()["Labels"]["io.pytest-engine.fixture"] == "place"
"""
    project.write(conftest=f'place = {kind}({spec}, scope="module")', test_one=test, test_two=test)
    project.run().assert_outcomes(passed=2)
    assert project.left() == set()


def test_workers_that_make_a_volume_of_a_certain_name_each_do_not_take_it_from_another(
    project: Project,
) -> None:
    project.write(
        conftest=f"data = volume(VolumeSpec({NAME!r}))",
        test_it="""
import pathlib, time

def await_file(name):
    deadline = time.monotonic() + 60
    while not pathlib.Path(name).exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)

@pytest.fixture
def turn(worker_id):
    if worker_id == "gw1":
        await_file("made")
    yield
    if worker_id == "gw1":
        pathlib.Path("refused").touch()

def test_it(turn, data, worker_id):
    pathlib.Path("made").touch()
    await_file("refused")
    data.inspect()
""",
    )
    result = project.run_apart("-n2", "--dist=each")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [f"Fixture 'data' (a volume): Volume {NAME} is in use by another worker * (gw0)*"]
    )
    assert project.left() == set()


@pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine")
@pytest.mark.parametrize(
    ("service", "name"),
    [
        ({}, "certain"),
        ({"ports": ["127.0.0.1:38761:80"]}, None),
        ({"container_name": NAME}, None),
    ],
    ids=["project", "port", "container"],
)
def test_the_project_of_the_next_module_does_not_meet_that_of_this_one(
    project: Project,
    lab: LabImages,
    monkeypatch: pytest.MonkeyPatch,
    service: dict[str, object],
    name: str | None,
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(max(COMPOSE))))
    box = {"image": "busybox", "command": "sleep 1000", "init": True, **service}
    file = {"services": {"box": box}}
    test = """
import time

def test_it(shop):
    # The other one, made or removed meanwhile, would be in its way by now.
    time.sleep(3)
    assert shop["box"].state() == "running"
"""
    project.write(
        conftest=f"shop = compose({file!r}, project_name={name!r}, wait=False, scope='module')",
        test_one=test,
        test_two=test,
    )
    project.run().assert_outcomes(passed=2)
    assert project.left() == set()
