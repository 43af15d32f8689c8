"""Compose files as fixtures, with an older Compose and a newer one."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.lab.compose_cli import COMPOSE
from tests.plugin.killing import SECONDS

if TYPE_CHECKING:
    from tests.conftest import LabImages
    from tests.plugin.conftest import Project

pytestmark = [
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="Compose is made for Docker's engine"),
]

NEWEST = max(COMPOSE)
SHOP = """
services:
  web:
    image: busybox
    command: ["sh", "-c", "mkdir /w; echo $$WORD > /w/index.html; httpd -f -p 80 -h /w"]
    environment: {WORD: "${WORD:-none}"}
    ports: ["80"]
    depends_on: {job: {condition: service_completed_successfully}}
    volumes: ["data:/data"]
  worker:
    image: busybox
    command: ["sleep", "1000"]
    deploy: {replicas: 2}
  job:
    image: busybox
    command: ["true"]
  extra:
    image: busybox
    command: ["sleep", "1000"]
    profiles: [more]
volumes:
  data: {}
"""


@pytest.fixture
def shop(project: Project, lab: LabImages, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a Compose file, and a docker command with the newest Compose."""
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(NEWEST)))
    project.pytester.path.joinpath("compose.yaml").write_text(SHOP)
    return project


@pytest.mark.parametrize("version", sorted(COMPOSE))
def test_a_project_is_up_for_the_tests_and_gone_afterwards(
    shop: Project, lab: LabImages, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(lab.compose(version)))
    shop.write(
        conftest="""
other = container("busybox", command="sleep 1000", scope="session")
shop = compose("compose.yaml", env={"WORD": "{other.name}"}, profiles=["more"], scope="session")
""",
        test_it="""
from urllib.request import urlopen

def test_one(shop, other):
    assert isinstance(shop, ComposeProject)
    with urlopen(f"http://{shop.address('web', 80)}/") as answer:
        assert answer.read().decode().strip() == other.name
    assert shop.services == ("extra", "job", "web", "worker")
    assert shop["job"].state() == "exited"
    assert [one.state() for one in shop.containers("worker")] == ["running"] * 2
    assert shop.name in shop["web"].name
    labels = shop["web"].inspect()["Config"]["Labels"]
    assert labels["io.pytest-engine.fixture"] == "shop"

def test_two(shop):
    with pytest.raises(errors.InvalidInput, match="has 2 containers; take one of"):
        shop["worker"]
    with pytest.raises(errors.InvalidInput, match="no container of a service 'nothing'"):
        shop["nothing"]
    shop["web"].exec(["sh", "-c", "echo hello > /proc/1/fd/1"])
    shop["web"].wait(wait.log("hello"))
    assert shop.logs("web").endswith(f"{shop['web'].name}: hello\\n")
    assert shop["web"].name in shop.logs()
""",
    )
    shop.run().assert_outcomes(passed=2)
    assert shop.created("shop") == 5
    assert shop.left() == set()


def test_services_are_chosen_scaled_and_built(shop: Project) -> None:
    shop.write(
        test_it="""
shop = compose(
    {
        "services": {
            "one": {
                "build": {"context": "app"},
                "depends_on": ["two"],
                "healthcheck": {"test": "test -e /up", "interval": "0.2s"},
            },
            "two": {"image": "busybox", "command": "sleep 1000"},
            "three": {"image": "busybox", "command": "sleep 1000"},
        }
    },
    services=["one"],
    scale={"two": 2},
    build="always",
    wait={"two": wait.exec("true")},
)

def test_it(shop):
    assert shop.services == ("one", "two")
    assert len(shop.containers("two")) == 2
    assert shop["one"].inspect()["State"]["Health"]["Status"] == "healthy"
"""
    )
    app = shop.pytester.mkdir("app")
    app.joinpath("Dockerfile").write_text(
        'FROM busybox\nCMD ["sh", "-c", "sleep 1; touch /up; sleep 1000"]\n'
    )
    shop.run().assert_outcomes(passed=1)
    assert shop.left() == set()


def test_a_folder_is_taken_with_its_overriding_file(shop: Project) -> None:
    folder = shop.pytester.mkdir("stack")
    folder.joinpath("docker-compose.yml").write_text(
        "services: {box: {image: busybox, command: sleep 1000, container_name: '${NAME}'}}"
    )
    folder.joinpath("docker-compose.override.yml").write_text(
        "services: {box: {user: '${USER_ID}'}}"
    )
    folder.joinpath("vars").write_text("USER_ID=77\n")
    shop.write(
        conftest="""
box = compose(
    "stack", project_name="plugin-compose-x", env_files=["stack/vars"], env={"NAME": "plugin-box"}
)
""",
        test_it="""
def test_it(box):
    assert (box.name, box["box"].name) == ("plugin-compose-x", "plugin-box")
    assert box["box"].inspect()["Config"]["User"] == "77"
""",
    )
    shop.run().assert_outcomes(passed=1)
    assert shop.left() == set()


def test_a_service_that_dies_is_told_with_its_log(shop: Project) -> None:
    shop.write(
        conftest="""
bad = compose({"services": {
    "box": {"image": "busybox", "command": ["sh", "-c", "echo no config; exit 3"]},
    "job": {"image": "busybox", "command": "true"},
}})
""",
        test_it="def test_it(bad): pass",
    )
    result = shop.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["Fixture 'bad' (a Compose project): Container *-box-1 *exit code 3*", "*no config"]
    )
    assert shop.left() == set()


def test_a_dependency_that_fails_is_told_with_its_log(shop: Project) -> None:
    shop.write(
        conftest="""
bad = compose({"services": {
    "web": {
        "image": "busybox",
        "depends_on": {"job": {"condition": "service_completed_successfully"}},
    },
    "job": {"image": "busybox", "command": ["sh", "-c", "echo no config; exit 3"]},
}})
""",
        test_it="def test_it(bad): pass",
    )
    result = shop.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["Fixture 'bad' (a Compose project): Docker Compose failed: *job*", "no config"]
    )
    assert "Traceback" not in str(result.stdout)
    assert shop.left() == set()


def test_a_failing_test_shows_the_logs_of_the_project(shop: Project) -> None:
    shop.write(
        conftest="""
shop = compose(
    {"services": {"box": {"image": "busybox", "command": "sh -c 'echo hello; sleep 1000'"}}},
    wait={"box": wait.log("hello")},
)
""",
        test_it="def test_it(shop):\n    assert False",
    )
    text = str(shop.run().stdout)
    assert "\nhello\n" in text.partition("Container log: shop")[2]
    assert shop.left() == set()


def test_a_project_that_cannot_be_taken_down_is_told_and_its_containers_go(shop: Project) -> None:
    shop.write(
        conftest="""
shop = compose({"services": {"box": {"image": "busybox", "command": "sleep 1000"}}})
""",
        test_it="""
def test_it(shop, monkeypatch, engine):
    guest = {"Image": "busybox", "HostConfig": {"NetworkMode": shop.name + "_default"}}
    created = engine.containers.create({**guest, "Cmd": ["sleep", "1000"]}, name="plugin-guest")
    engine.containers.start(created["Id"])
""",
    )
    result = shop.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*left behind*", "network pytest-engine-*_default: something else is on it"]
    )
    (left,) = shop.left()
    assert left.startswith("network pytest-engine-")
    shop.engine.containers.remove("plugin-guest", force=True)
    # The process beside the run tries for a minute.
    assert shop.gone_within(SECONDS) == set()


def test_the_workers_of_a_run_share_a_project_of_session_scope(shop: Project) -> None:
    shop.write(
        conftest="""
shop = compose("compose.yaml", scope="session")
built = compose({"services": {"one": {"build": "app"}}}, scope="session")
other = compose(
    {"services": {"one": {"image": "busybox", "command": "sleep 1000"}}},
    scope="session", per_worker=True,
)
""",
        test_it="""
def test_it(shop, built, other, worker_id):
    assert built["one"].state() == "running"
    assert shop["web"].address(80).port
    assert shop.services == ("job", "web", "worker")
    print("seen", shop.name)
    assert other["one"].inspect()["Config"]["Labels"]["io.pytest-engine.worker"] == worker_id

def test_fails(shop):
    shop["web"].exec(["sh", "-c", "echo for the report > /proc/1/fd/1"])
    assert False
""",
    )
    app = shop.pytester.mkdir("app")
    app.joinpath("Dockerfile").write_text('FROM busybox\nCMD ["sleep", "1000"]\n')
    result = shop.run_apart("-n3", "--dist=each", "-rP")
    result.assert_outcomes(passed=3, failed=3)
    seen = {line for line in result.outlines if line.startswith("seen ")}
    assert len(seen) == 1
    assert shop.created("shop") == 4
    assert shop.created("built") == 1
    assert shop.created("other") == 3
    assert str(result.stdout).count("Container log: shop (") >= 3
    assert "left behind" not in str(result.stdout)
    assert shop.left() == set()


def test_workers_that_come_later_get_a_project_that_is_whole(shop: Project) -> None:
    shop.write(
        conftest='shop = compose("compose.yaml", scope="session")',
        test_it="""
import time

def test_it(request, worker_id):
    done = request.config.rootpath / "lost"
    if worker_id == "gw0":
        shop = request.getfixturevalue("shop")
        shop["web"].kill()
        shop.engine.containers.remove(shop.containers("worker")[0].id, force=True)
        done.touch()
        return
    while not done.exists():
        time.sleep(0.05)
    shop = request.getfixturevalue("shop")
    assert shop["web"].address(80).port
    assert [one.state() for one in shop.containers("worker")] == ["running"] * 2
""",
    )
    shop.run_apart("-n3", "--dist=each", "--engine-ahead=0").assert_outcomes(passed=3)
    # Once for the first worker, and once, with the label of another, for the others.
    assert shop.created("shop") == 8
    assert shop.left() == set()


def test_a_project_that_does_not_come_up_is_tried_once_for_all_workers(shop: Project) -> None:
    shop.write(
        conftest="""
bad = compose(
    {"services": {"box": {"image": "busybox", "command": ["sh", "-c", "exit 3"]}}},
    scope="session",
)
""",
        test_it="def test_it(bad): pass",
    )
    result = shop.run_apart("-n3", "--dist=each")
    result.assert_outcomes(errors=3)
    assert str(result.stdout).count("\nFixture 'bad' (a Compose project): Container ") == 3
    assert shop.created("bad") == 1
    assert shop.left() == set()


def test_nothing_is_left_of_a_run_that_is_killed(shop: Project) -> None:
    shop.write(
        conftest="shop = compose('compose.yaml')",
        test_it="""
import os

def test_it(shop):
    os.kill(os.getpid(), 9)
""",
    )
    assert shop.run_apart().ret == -signal.SIGKILL
    assert shop.created("shop") == 4
    assert shop.gone_within(SECONDS) == set()
    assert shop.await_no_runs() == []


@pytest.mark.parametrize("where", ["fixture", "option"])
def test_nothing_is_pulled_where_that_is_not_wanted(shop: Project, where: str) -> None:
    stated = ", pull='never'" if where == "fixture" else ""
    shop.write(
        conftest=f"shop = compose({{'services': {{'a': {{'image': 'nothing:1'}}}}}}{stated})",
        test_it="def test_it(shop): pass",
    )
    result = shop.run(*(["--engine-pull=never"] if where == "option" else []))
    result.assert_outcomes(errors=1)
    text = str(result.stdout)
    assert "Docker Compose failed:" in text
    assert "nothing:1" in text
    # Somebody who pulls would have asked a registry.
    assert "lookup" not in text
    assert "registry" not in text


def test_without_the_command_it_is_one_clear_message(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write(conftest="shop = compose('compose.yaml')", test_it="def test_it(shop): pass")
    monkeypatch.setenv("PATH", "/nowhere")
    result = shop.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["Fixture 'shop' (the Compose project of compose.yaml): There is no docker command *"]
    )
    assert "Traceback" not in str(result.stdout)


@pytest.mark.parametrize(
    ("factory", "reason"),
    [
        ("compose('nowhere.yaml')", "There is no Compose file *nowhere.yaml"),
        ("compose('.', env_files=['no.env'])", "There is no file with variables *no.env"),
        ("compose('empty')", "*empty has no Compose file, which would be compose.yaml*"),
        ("compose('.', services=['x'])", "The Compose project has no service x. It has extra*"),
        ("compose('.', wait={'x': wait.log('y')})", "The Compose project has no service x*"),
        ("compose({'services': {'a': 1}})", "Docker Compose failed: *services.a*"),
    ],
)
def test_what_cannot_be_started_is_told(shop: Project, factory: str, reason: str) -> None:
    shop.pytester.mkdir("empty")
    shop.write(conftest=f"shop = {factory}", test_it="def test_it(shop): pass")
    result = shop.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"Fixture 'shop' (*): {reason}*"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("shop = compose([])", "state a Compose file"),
        ("shop = compose('.', pull='often')", "pull='often' is none of"),
        ("shop = compose('.', build='often')", "build='often' is neither"),
        ("shop = compose('.', timeout=-1)", "timeout: -1 is not a number"),
        ("shop = compose('.', timeout=float('inf'))", "timeout: inf is not a number"),
        ("shop = compose('.', scale={'a': -1})", "-1 for a is no number of containers"),
        ("shop = compose('.', env={'A': '{b.url}'})", "{b.url} cannot be filled"),
    ],
)
def test_a_wrong_argument_is_told_where_it_stands(project: Project, line: str, reason: str) -> None:
    project.write(test_it=f"{line}\ndef test_it(shop): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    assert reason in str(result.stdout)
    result.stdout.fnmatch_lines(["test_it.py:4: in <module>*"])
