"""What a person sees when something goes wrong, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import NetworkNotFound

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine


def test_a_failing_test_shows_what_its_containers_logged_meanwhile(project: Project) -> None:
    project.write(
        conftest="""
talker = container(
    "busybox",
    command=["sh", "-c", "echo from the start; while read line; do echo $line; done < /pipe"],
    entrypoint=["sh", "-c", 'mkfifo /pipe; exec 3<>/pipe; exec "$@"', "--"],
    wait=wait.log("from the start"),
    scope="session",
)
bystander = container("busybox", command=["sh", "-c", "echo bystander; sleep 1000"])

def tell(talker, text):
    talker.exec(["sh", "-c", f"echo {text} > /pipe"])
    talker.wait(wait.log(text))
""",
        test_it="""
from conftest import tell

def test_one(talker):
    tell(talker, "said-in-one")

def test_two(talker):
    tell(talker, "said-in-two")
    assert False

def test_three(talker, bystander):
    bystander.wait(wait.log("bystander"))
    assert False

def test_four():
    assert False
""",
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=3)
    text = str(result.stdout)
    two, three, four = (text.index(f"_ test_{n} _") for n in ("two", "three", "four"))
    assert "said-in-two" in text[two:three].partition("Container log: talker")[2]
    assert "said-in-one" not in text[two:three]
    assert "from the start" not in text[two:three]
    assert "Container log: talker" not in text[three:four]
    assert "\nbystander\n" in text[three:four].partition("Container log: bystander")[2]
    assert "Container log" not in text[four:]
    assert project.left() == set()


def test_the_log_in_the_report_has_a_limit(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox", command=["sh", "-c", "seq 1000 1100; sleep 1000"], wait=wait.log("1100")
)
""",
        test_it="def test_it(box):\n    assert False",
    )
    text = str(project.run("--engine-log-lines=3").stdout)
    assert text.partition("Container log: box")[2].splitlines()[1:4] == ["1098", "1099", "1100"]
    assert "Container log" not in str(project.run("--engine-log-lines=0").stdout)


def test_a_container_that_dies_fails_the_setup_with_one_clear_message(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sh -c 'echo no config; exit 3'", ports=[80])
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "Fixture 'box' (busybox): Container * (busybox) ended with exit code 3 before it was *",
            "Waited for:",
            "State: exited",
            "Last log lines:",
            "  no config",
        ]
    )
    assert "Traceback" not in str(result.stdout)
    assert "lifecycle.py" not in str(result.stdout)
    assert project.left() == set()


def test_a_condition_that_never_comes_is_a_timeout(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', wait=wait.log('never'))",
        test_it="def test_it(box): pass",
    )
    result = project.run("--engine-wait-timeout=0.5")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*was not ready after 0.5 s.", "*[[]not held] log('never')*"])
    assert project.left() == set()


def test_a_long_log_of_a_container_that_did_not_become_ready_is_in_the_report(
    project: Project,
) -> None:
    project.write(
        conftest="box = container('busybox', command='seq 1000 1049', wait=wait.log('never'))",
        test_it="def test_it(box): pass",
    )
    text = str(project.run().stdout)
    assert "\n1000\n" in text.partition("Container log: box")[2]


def test_an_unknown_image_is_one_clear_message(project: Project) -> None:
    project.write(conftest="box = container('no-such-image:1')", test_it="def test_it(box): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' (no-such-image:1): Cannot pull no-such-image:1: *"])
    assert project.left() == set()


def test_a_port_that_is_taken_is_one_clear_message(project: Project) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104  # as the engine binds it
        taken = server.getsockname()[1]
        project.write(
            conftest=f"box = container('busybox', command='sleep 1000', ports=['{taken}:80'])",
            test_it="def test_it(box): pass",
        )
        result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["Fixture 'box' (busybox): *address already in use* Publish another host port*"]
    )
    assert project.left() == set()


def test_a_name_that_is_taken_leaves_its_owner_alone(project: Project) -> None:
    project.write(
        conftest="""
one = container("busybox", name="plugin-test-taken", command="sleep 1000")
two = container("busybox", name="plugin-test-taken", command="sleep 1000", after=[one])
""",
        test_it="""
def test_it(one, request):
    with pytest.raises(pytest.fail.Exception, match="is already in use by container"):
        request.getfixturevalue("two")
    assert one.state() == "running"
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_an_engine_that_does_not_answer_fails_the_tests_that_need_it(project: Project) -> None:
    project.write(
        conftest="box = container('busybox')",
        test_it="""
def test_one(box): pass
def test_two(engine): pass
def test_three(): pass
""",
    )
    result = project.run(host="unix:///nowhere/docker.sock")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        [
            "No container engine: Cannot connect to the engine at unix:///nowhere/docker.sock *",
            "*--engine-missing=skip*",
        ]
    )
    assert "Traceback" not in str(result.stdout)
    assert len(result.outlines) < 40


def test_an_engine_that_does_not_answer_can_mean_to_skip(project: Project) -> None:
    project.write(
        conftest="box = container('busybox')",
        test_it="def test_one(box): pass\ndef test_two(engine): pass\ndef test_three(): pass",
    )
    result = project.run("--engine-missing=skip", "-rs", host="unix:///nowhere/docker.sock")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["*no container engine: Cannot connect to the engine at *"])


def test_a_wrong_engine_address_is_told(project: Project) -> None:
    project.write(test_it="def test_it(engine): pass")
    result = project.run(host="gopher://x")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["No container engine: *gopher*"])


def test_a_setup_that_is_interrupted_leaves_nothing_behind(project: Project) -> None:
    project.write(
        conftest="""
backend = network(scope="session")
first = container("busybox", command="sleep 1000", network=backend, scope="session")
box = container("busybox", command="sleep 1000", network=backend, after=[first])

def pytest_engine_container_ready(container, request):
    if request.fixturename == "box":
        raise KeyboardInterrupt
""",
        test_it="def test_it(box): pass",
    )
    result = project.run_apart()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.created() == 2
    assert project.left() == set()


def test_a_test_that_is_interrupted_leaves_nothing_behind(project: Project) -> None:
    project.write(
        conftest="""
data = volume()
box = container("busybox", command="sleep 1000", volumes={"/data": data})
""",
        test_it="""
import os, signal

def test_it(box):
    os.kill(os.getpid(), signal.SIGINT)
    box.wait(wait.exit())
""",
    )
    result = project.run_apart()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.created() == 1
    assert project.left() == set()


def test_a_lost_answer_to_create_leaves_nothing_behind(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000")

@pytest.fixture
def engine(engine, monkeypatch):
    create = engine.containers.create

    def lose(*args, **kwargs):
        create(*args, **kwargs)
        raise errors.ConnectionLost("the answer was lost")

    monkeypatch.setattr(engine.containers, "create", lose)
    return engine
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): the answer was lost"])
    assert project.created() == 1
    assert project.left() == set()


def test_what_cannot_be_removed_is_told_at_the_end_and_fails_nothing(project: Project) -> None:
    project.write(
        conftest="backend = network()",
        test_it="""
def test_it(backend, engine):
    created = engine.containers.create(
        {"Image": "busybox", "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": backend.name}},
        name=backend.name + "-guest",
    )
    engine.containers.start(created["Id"])
""",
    )
    result = project.run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["*containers: left behind*", "network pytest-engine-*-backend-1: *active endpoints*"]
    )
    (left,) = project.left()
    name = left.partition(" ")[2]
    project.engine.containers.remove(f"{name}-guest", force=True)
    # The process beside the run still tries, too.
    with contextlib.suppress(NetworkNotFound):
        project.engine.networks.remove(name)


def test_what_the_test_removed_itself_is_no_problem(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="def test_it(box):\n    box.remove()",
    )
    result = project.run()
    result.assert_outcomes(passed=1)
    assert "left behind" not in str(result.stdout)


def test_anonymous_volumes_go_with_their_container(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', volumes=['/data'])",
        test_it="""
def test_it(box):
    print("volume", box.inspect()["Mounts"][0]["Name"])
    assert False
""",
    )
    text = str(project.run().stdout)
    name = text.partition("\nvolume ")[2].split()[0]
    assert len(name) == 64
    volumes = project.engine.volumes.list().get("Volumes") or []
    assert name not in [one["Name"] for one in volumes]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("box = container()", "state either an image or what to build"),
        ("box = container('busybox', build='.')", "state either an image or what to build"),
        ("box = image()", "state either a name or what to build"),
        ("box = container('busybox', memory='lots')", "memory"),
        ("box = container('busybox', ports=['x'])", "Port 'x'"),
        ("box = container('busybox', env={'A': '{redis.port}'})", "{redis.port} cannot be filled"),
        ("box = container('busybox', netwrok='x')", "unexpected keyword argument 'netwrok'"),
    ],
)
def test_a_wrong_argument_is_told_where_it_stands(project: Project, line: str, reason: str) -> None:
    project.write(test_it=f"{line}\ndef test_it(box): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    assert reason in str(result.stdout)
    result.stdout.fnmatch_lines(["test_it.py:4: in <module>*"])


def test_a_reference_without_a_name_is_told(project: Project) -> None:
    project.write(test_it="box = container('busybox', network=network())\ndef test_it(box): pass")
    result = project.run()
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*network: *is not a fixture that is assigned to a name*"])


def test_a_reference_to_a_fixture_that_is_not_there_is_told(project: Project) -> None:
    project.write(
        test_it="box = container('busybox', env={'A': '{nobody.name}'})\ndef test_it(box): pass"
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *fixture 'nobody' not found"])


def test_a_narrower_fixture_cannot_be_referred_to(project: Project) -> None:
    project.write(
        conftest="""
backend = network()
box = container("busybox", network=backend, scope="session")
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*"])


def test_a_parameter_that_makes_no_sense_is_told(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', params=[{'colour': 'red'}])",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): The parameter {'colour': 'red'} is *"])


@pytest.mark.parametrize("state", ["taken.txt", "~nobody-of-that-name/state"])
def test_a_state_folder_that_cannot_be_used_is_one_clear_message(
    project: Project, state: str
) -> None:
    project.pytester.makefile(".txt", taken="")
    project.write(conftest="box = container('busybox')", test_it="def test_it(box): pass")
    result = project.run(f"--engine-state={state}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"The folder *{state}, which proves *Name another with *"])
    assert "Traceback" not in str(result.stdout)
    assert project.created() == 0
