"""Containers that a test starts by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine


def test_containers_can_be_started_from_within_a_test(project: Project) -> None:
    project.write(
        test_it="""
from urllib.request import urlopen

SERVE = ["sh", "-c", "mkdir /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"]

def test_it(run_container):
    web = run_container(ContainerSpec(image="busybox", command=SERVE, ports=[80]))
    with urlopen(web.url(80)) as answer:
        assert answer.read() == b"hello\\n"
    one = run_container("busybox", wait=wait.exit(None))
    assert one.state() == "exited"
    with pytest.raises(errors.ContainerDied):
        run_container("busybox", wait=wait.log("never"))
"""
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 3
    assert project.left() == set()


def test_such_containers_have_the_properties_that_fixtures_have(project: Project) -> None:
    data = project.pytester.mkdir("data")
    (data / "word").write_text("said")
    project.write(
        conftest="backend = network()\nshelf = volume(content={'book': 'read'})",
        test_it="""
from pytest_engine.core.errors import InvalidInput

def test_it(run_container, backend, shelf):
    box = run_container(
        "busybox",
        command="sleep 1000",
        env={"WORD": "heard"},
        init=True,
        memory="32m",
        network=backend,
        networks=["bridge"],
        volumes={"/shelf": shelf},
        files={"/seen": "seen"},
    )
    assert box.exec(["sh", "-c", "cat /shelf/book /seen; echo $WORD"]).text == "readseenheard\\n"
    inspected = box.inspect()
    assert set(inspected["NetworkSettings"]["Networks"]) == {backend.name, "bridge"}
    assert (inspected["HostConfig"]["Memory"], inspected["HostConfig"]["Init"]) == (32 << 20, True)
    beside = run_container(
        ContainerSpec(image="busybox", command="sleep 1000"), volumes=["./data:/data:ro"]
    )
    assert beside.exec("cat /data/word").text == "said"

@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"comand": "x"}, "comand is none of its arguments .name, command, "),
        ({"command": "x", "env": None}, "command is stated twice"),
        ({"memory": "much"}, "memory"),
    ],
)
def test_what_makes_no_sense(run_container, arguments, reason):
    with pytest.raises(InvalidInput, match=reason):
        run_container(ContainerSpec(image="busybox", command="true"), **arguments)
""",
    )
    project.run().assert_outcomes(passed=4)
    # One more fills the volume.
    assert project.created() == 3
    assert project.left() == set()


def test_such_a_container_goes_after_the_fixture_that_started_it(project: Project) -> None:
    project.write(
        conftest="""
backend = network()

@pytest.fixture
def box(run_container, backend):
    box = run_container("busybox", command="sleep 1000", network=backend)
    yield box
    assert box.exec("echo here").text == "here\\n"
""",
        test_it="def test_it(box):\n    assert box.state() == 'running'",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()
