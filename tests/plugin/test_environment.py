"""Variables that a test has changed for itself, beside what is made in the background."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.auth import Credentials
from pytest_engine.plugin.environment import Environment
from tests.lab.compose_cli import COMPOSE
from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

SHOP = """
services:
  box:
    image: busybox
    command: ["sleep", "1000"]
    labels: {colour: "${COLOUR:-none}"}
"""


def in_background(environ: Environment) -> dict[str, str]:
    """Read the environment in another thread."""
    seen: list[dict[str, str]] = []
    thread = threading.Thread(target=lambda: seen.append(dict(environ)))
    thread.start()
    thread.join()
    return seen[0]


def test_the_background_sees_what_was_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "blue")
    environ = Environment()
    monkeypatch.setenv("COLOUR", "red")
    monkeypatch.setenv("SIZE", "1")
    assert (environ["COLOUR"], environ["SIZE"], len(environ)) == ("red", "1", len(os.environ))
    assert in_background(environ)["COLOUR"] == "blue"
    assert "SIZE" not in in_background(environ)
    environ.note()
    assert in_background(environ) == dict(environ)


def test_it_is_as_before_whatever_test_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = Environment()
    before = environ.noted()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "another")
    assert environ.is_as(before)
    monkeypatch.setenv("COLOUR", "red")
    assert not environ.is_as(before)
    environ.note()
    assert environ.is_as(environ.noted())
    assert not environ.is_as(before)


def test_logins_of_the_background_are_those_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    login = '{"auths": {"registry.example": {"username": "%s", "password": "p"}}}'
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", login % "ours")
    credentials = Credentials(Environment())
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", login % "the-tests")
    found: list[str] = []

    def look() -> None:
        one = credentials.login("registry.example")
        assert one is not None
        found.append(one.username)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert found == ["ours", "the-tests"]


@pytest.fixture
def shop(project: Project, lab: LabImages, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a Compose file, whose docker command has Compose."""
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(max(COMPOSE))))
    project.pytester.path.joinpath("compose.yaml").write_text(SHOP)
    return project


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine")
def test_a_project_that_starts_while_a_test_has_changed_them(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLOUR", "blue")
    shop.write(
        conftest=LOOKING,
        test_a="""
import os
from conftest import there

def test_it(monkeypatch, pytestconfig):
    for name in list(os.environ):
        if name not in ("LOGNAME", "PYTEST_CURRENT_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLOUR", "red")
    assert there("first", pytestconfig) == 1
    assert there("shop", pytestconfig) == 1
""",
        test_b="""
first = container(
    "busybox",
    command=["sh", "-c", "sleep 1; echo up; sleep 1000"],
    wait=wait.log("up"),
    scope="module",
)
shop = compose("compose.yaml", after=[first], scope="module")

def test_it(shop):
    assert shop["box"].inspect()["Config"]["Labels"]["colour"] == "blue"
""",
    )
    shop.run_apart().assert_outcomes(passed=2)
    assert shop.created("shop") == 1
    assert shop.left() == set()


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine")
def test_a_project_is_made_anew_where_a_fixture_has_changed_them_since(shop: Project) -> None:
    shop.write(
        conftest=LOOKING
        + """
@pytest.fixture(scope="session", autouse=True)
def colour(pytestconfig):
    assert there("shop", pytestconfig) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLOUR", "green")
        yield

shop = compose("compose.yaml", scope="session")
""",
        test_it="""
def test_it(shop):
    assert shop["box"].inspect()["Config"]["Labels"]["colour"] == "green"
""",
    )
    shop.run_apart().assert_outcomes(passed=1)
    assert shop.created("shop") == 2
    assert shop.left() == set()


@pytest.mark.engine
@pytest.mark.parametrize("before", ["unix:///nowhere.sock", None])
def test_an_engine_that_a_fixture_names_is_the_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str | None
) -> None:
    url = project.engine.endpoint.url
    # The same engine at another address: whoever connected before has a client of its own.
    link = tmp_path / "other.sock"
    link.symlink_to(url.removeprefix("unix://"))
    monkeypatch.setenv("DOCKER_HOST", before or f"unix://{link}")
    project.write(
        conftest=f"""
import time

@pytest.fixture(scope="session", autouse=True)
def started():
    time.sleep(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", {url!r})
        yield

box = container("busybox", command="sleep 1000", scope="session")
""",
        test_it=f"def test_it(engine, box):\n    assert box.engine.endpoint.url == {url!r}\n",
    )
    arguments = [one for one in project.arguments() if not one.startswith("--engine-host")]
    project.pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1)
    assert project.left() == set()
