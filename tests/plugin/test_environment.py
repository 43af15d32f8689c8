"""Variables that a test has changed for itself, beside what is made in the background."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable, TypeVar

import pytest

from pytest_engine.core.auth import Credentials
from pytest_engine.plugin.environment import Environment, same_environ
from tests.lab.compose_cli import COMPOSE
from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

T = TypeVar("T")

SHOP = """
services:
  box:
    image: busybox
    command: ["httpd", "-f", "-p", "80"]
    labels: {colour: "${COLOUR:-none}"}
"""


def in_background(read: Callable[[], T]) -> T:
    """Call something in another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def test_who_works_for_later_sees_what_was_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", "blue")
    environ = Environment()
    noted = environ.noted()
    monkeypatch.setenv("COLOUR", "red")
    monkeypatch.setenv("SIZE", "1")
    environ.note()

    def look() -> dict[str, str]:
        with environ.pinned(noted):
            return dict(environ)

    assert in_background(look) == noted
    assert (noted["COLOUR"], "SIZE" in noted) == ("blue", False)
    # A thread of the test's own, and the test itself, see what is so.
    assert in_background(lambda: environ["COLOUR"]) == environ["COLOUR"] == "red"
    assert (len(environ), environ.noted()) == (len(os.environ), dict(os.environ))


def test_it_is_the_same_whatever_test_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = Environment()
    before = environ.noted()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "another")
    assert same_environ(environ, before)
    monkeypatch.setenv("COLOUR", "red")
    assert not same_environ(environ, before)


def test_logins_of_the_background_are_those_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    login = '{"auths": {"registry.example": {"username": "%s", "password": "p"}}}'
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", login % "ours")
    environ = Environment()
    noted = environ.noted()
    credentials = Credentials(environ)
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", login % "the-tests")

    def look() -> str | None:
        found = credentials.login("registry.example")
        return None if found is None else found.username

    def look_for_later() -> str | None:
        with environ.pinned(noted):
            return look()

    assert in_background(look_for_later) == "ours"
    assert in_background(look) == look() == "the-tests"


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
    scope="session",
)
shop = compose("compose.yaml", after=[first], scope="session")

def test_it(shop):
    assert shop["box"].inspect()["Config"]["Labels"]["colour"] == "blue"
""",
    )
    shop.run_apart().assert_outcomes(passed=2)
    assert shop.created("shop") == 1
    assert shop.left() == set()


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine")
@pytest.mark.parametrize(
    ("patched", "arguments", "workers", "created"),
    [
        ("COLOUR", "", (), 2),
        # Workers start it when a test asks.
        ("COLOUR", "", ("-n1",), 1),
        # Those of the former one are gone by then.
        ("COLOUR", ", project_name='plugin-test-shop'", (), 2),
        ("PORT", ", env={'COLOUR': 'green'}", (), 2),
        # It makes no difference to it.
        ("DATABASE", ", env={'COLOUR': 'green'}", (), 1),
        ("DATABASE", ", env={'COLOUR': 'green'}", ("-n1",), 1),
    ],
)
def test_a_project_is_made_anew_where_a_fixture_has_made_a_difference_to_it(
    shop: Project, patched: str, arguments: str, workers: tuple[str, ...], created: int
) -> None:
    ports = '    ports: ["${PORT:-17519}:80", "17518:80"]\n'
    shop.pytester.path.joinpath("compose.yaml").write_text(SHOP + ports)
    value = {"COLOUR": "green", "PORT": "17520", "DATABASE": "any"}[patched]
    shop.write(
        conftest=LOOKING
        + f"""
@pytest.fixture(scope="session", autouse=True)
def patched(pytestconfig):
    is_alone = not hasattr(pytestconfig, "workerinput")
    assert there("shop", pytestconfig, patience=30 * is_alone) == is_alone
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv({patched!r}, {value!r})
        yield

shop = compose("compose.yaml", scope="session"{arguments})
""",
        test_it="""
def test_it(shop):
    assert shop["box"].inspect()["Config"]["Labels"]["colour"] == "green"
""",
    )
    shop.run_apart(*workers).assert_outcomes(passed=1)
    assert shop.created("shop") == created
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
