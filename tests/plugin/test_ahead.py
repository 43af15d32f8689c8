"""Containers that start before a test asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

# Each of the two becomes ready only while the other one runs as well.
MEETING = """
here = volume(scope="session")

def meeting(mine, other):
    met = f"until [ -e /here/{other} ]; do sleep 0.02; done; echo met"
    script = f"touch /here/{mine}; {met}; sleep 1000"
    return container(
        "busybox",
        command=["sh", "-c", script],
        volumes={"/here": here},
        wait=wait.log("met"),
        timeout=TIMEOUT,
        scope="session",
    )

one = meeting("one", "other")
other = meeting("other", "one")
"""


def test_independent_containers_start_at_the_same_time(project: Project) -> None:
    project.write(
        conftest=MEETING.replace("TIMEOUT", "60"),
        test_it="def test_it(one, other):\n    assert one.name != other.name",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 2
    assert project.left() == set()


def test_none_starts_ahead_where_that_is_switched_off(project: Project) -> None:
    project.write(conftest=MEETING.replace("TIMEOUT", "1"), test_it="def test_it(one, other): pass")
    result = project.run("--engine-ahead=0")
    result.assert_outcomes(errors=1)
    assert project.created() == 1
    assert project.left() == set()


def test_a_worker_of_xdist_starts_what_a_test_needs_at_the_same_time(project: Project) -> None:
    project.write(
        conftest=MEETING.replace("TIMEOUT", "60"), test_it="def test_it(one, other): pass"
    )
    project.run_apart("-n1").assert_outcomes(passed=1)
    assert project.created() == 2
    assert project.left() == set()


def test_workers_of_xdist_share_what_starts_ahead(project: Project) -> None:
    project.write(
        conftest=MEETING.replace("TIMEOUT", "60"),
        test_it="""
@pytest.mark.parametrize("n", range(4))
def test_it(one, other, n): pass
""",
    )
    project.run_apart("-n2").assert_outcomes(passed=4)
    assert project.created() == 2
    assert project.left() == set()


def test_a_container_starts_before_the_test_that_needs_it(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='session')" + LOOKING,
        test_it="""
from conftest import there

def test_one(pytestconfig):
    assert there("box", pytestconfig) == 1

def test_two(box):
    assert box.state() == "running"
""",
    )
    project.run().assert_outcomes(passed=2)
    assert project.created() == 1
    assert project.left() == set()


def test_one_can_be_told_to_start_when_it_is_asked_for(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000", scope="session", ahead=False)
other = container("busybox", command="sleep 1000", scope="session")
"""
        + LOOKING,
        test_it="""
from conftest import there

def test_one(pytestconfig, other):
    assert there("box", pytestconfig, patience=0) == 0

def test_two(box): pass
""",
    )
    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "arguments", [["-k", "one"], ["--collect-only"], ["--setup-plan"], ["--fixtures"]], ids=str
)
def test_nothing_starts_for_tests_that_do_not_run(project: Project, arguments: list[str]) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='session')",
        test_it="def test_one(engine): pass\ndef test_two(box): pass",
    )
    assert project.run(*arguments).ret == pytest.ExitCode.OK
    assert project.created() == 0


def test_nothing_starts_for_tests_that_are_skipped(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='session')",
        test_it="""
@pytest.mark.skip
def test_one(box): pass

@pytest.mark.skipif(True, reason="so")
def test_two(box): pass

@pytest.mark.xfail(run=False)
def test_three(box): pass

@pytest.mark.skipif("1 == 1", reason="so")
def test_four(box): pass

def test_five(engine): pass
""",
    )
    project.run().assert_outcomes(passed=1, skipped=3, xfailed=1)
    assert project.created() == 0


def test_what_no_test_asks_for_in_the_end_is_removed(project: Project) -> None:
    project.write(
        conftest="""
backend = network(scope="session")
box = container("busybox", command="sleep 1000", scope="session", network=backend)
slow = container("busybox", command="sleep 1000", scope="session", wait=wait.log("never"))
"""
        + LOOKING,
        test_it="""
from conftest import there

def test_one(pytestconfig):
    assert there("box", pytestconfig) == there("slow", pytestconfig) == 1
    assert False

def test_two(box, slow): pass
""",
    )
    project.run("-x").assert_outcomes(failed=1)
    assert project.created() == 2
    assert project.left() == set()


def test_an_error_belongs_to_the_test_that_uses_the_container(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sh -c 'seq 1000 1049; exit 3'", ports=[80], scope="session")
user = container("busybox", env={"BOX": "{box.name}"}, scope="session")
""",
        test_it="""
def test_one(engine): pass
def test_two(user): pass
def test_three(): pass
""",
    )
    result = project.run()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at setup of test_two*", "Fixture 'box' (busybox): Container * ended with exit *"]
    )
    assert "\n1000\n" in str(result.stdout).partition("Container log: box")[2]
    assert "Traceback" not in str(result.stdout)
    assert (project.created("box"), project.created("user")) == (1, 0)


def test_dependencies_start_first_and_their_values_are_the_fixtures(project: Project) -> None:
    project.write(
        conftest="""
backend = network(scope="session")
base = container("busybox", command="sleep 1000", scope="session", network=backend)
user = container(
    "busybox", command="sleep 1000", scope="session", network=backend, env={"BASE": "{base.name}"}
)
""",
        test_it="""
def test_it(user, base):
    assert user.exec(["sh", "-c", "echo $BASE"]).text.strip() == base.name
    assert base.ip() in user.exec(["nslookup", "base"]).text
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 2
    assert project.left() == set()


def test_containers_of_modules_start_one_module_ahead(project: Project) -> None:
    test = "def test_it(box): pass\n"
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='module')" + LOOKING,
        test_a="""
from conftest import there

def test_it(box, pytestconfig):
    assert there("box", pytestconfig, 2) == 2

def test_two(box, pytestconfig):
    assert there("box", pytestconfig, 3, patience=0) == 2
""",
        test_b=test,
        test_c=test,
    )
    project.run().assert_outcomes(passed=4)
    assert project.created() == 3
    assert project.left() == set()


def test_a_container_with_a_name_of_its_own_exists_once_at_a_time(project: Project) -> None:
    test = "def test_one(box): pass\ndef test_two(own): pass\ndef test_three(own): pass"
    project.write(
        conftest="""
box = container("busybox", name="plugin-test-ahead", command="sleep 1000", scope="module")
own = container("busybox", name="plugin-test-own", command="sleep 1000")
""",
        test_a=test,
        test_b=test,
    )
    project.run().assert_outcomes(passed=6)
    assert project.created() == 6
    assert project.left() == set()


def test_a_run_without_an_engine_says_so_once_for_each_test(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', scope='session')",
        test_it="def test_one(box): pass\ndef test_two(box): pass\ndef test_three(): pass",
    )
    result = project.run(host="unix:///nowhere/docker.sock")
    result.assert_outcomes(passed=1, errors=2)
    assert "Traceback" not in str(result.stdout)
    skipped = project.run("--engine-missing=skip", host="unix:///nowhere/docker.sock")
    skipped.assert_outcomes(passed=1, skipped=2)


def test_an_interrupt_removes_what_was_begun(project: Project) -> None:
    project.write(
        conftest="""
slow = container("busybox", command="sleep 1000", scope="session", wait=wait.log("never"))
box = container("busybox", command="sleep 1000", scope="session")
"""
        + LOOKING,
        test_it="""
import os, signal
from conftest import there

def test_one(pytestconfig):
    assert there("slow", pytestconfig) == 1
    os.kill(os.getpid(), signal.SIGINT)

def test_two(slow, box): pass
""",
    )
    assert project.run_apart().ret == pytest.ExitCode.INTERRUPTED
    assert project.left() == set()


def test_a_wait_for_what_was_begun_can_be_interrupted(project: Project) -> None:
    project.write(
        conftest="slow = container('busybox', command='sleep 1000', scope='session', "
        "wait=wait.log('never'))" + LOOKING,
        test_it="""
import os, signal, threading
from conftest import there

@pytest.fixture(scope="session")
def alarm(pytestconfig):
    def ring():
        there("slow", pytestconfig)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=ring)
    thread.start()
    yield
    thread.join()

def test_it(alarm, slow): pass
""",
    )
    assert project.run_apart().ret == pytest.ExitCode.INTERRUPTED
    assert project.left() == set()


def test_the_report_shows_no_container_that_the_test_did_not_get(project: Project) -> None:
    said = '["sh", "-c", "echo from-$NAME; sleep 1000"]'
    project.write(
        conftest=f"""
box = container("busybox", command={said}, env={{"NAME": "box"}}, wait=wait.log("from-"),
                scope="session")
own = container("busybox", command={said}, env={{"NAME": "own"}}, wait=wait.log("from-"),
                prestart=1)
"""
        + LOOKING,
        test_it="""
from conftest import there

def test_one(own, pytestconfig):
    there("box", pytestconfig), there("own", pytestconfig, 2)
    assert False

def test_two(own, box):
    assert False
""",
    )
    text = str(project.run().stdout)
    one, _, two = text.partition("_ test_two _")
    assert one.count("Container log: own") == 1
    assert "Container log: box" not in one
    # All that it logged, though it did so before the test began.
    assert "\nfrom-box\n" in two.partition("Container log: box")[2]


@pytest.mark.parametrize(
    ("condition", "stream"),
    [('wait.log("ready")', "GET /containers/ID/logs"), ("None", "GET /events")],
)
def test_what_starts_ahead_costs_no_request_more(
    project: Project, engine_host: str, condition: str, stream: str
) -> None:
    from tests.request_log import request_log

    project.write(
        conftest=f"""
box = container(
    "busybox",
    command=["sh", "-c", "echo ready; httpd -f"],
    ports=[80],
    wait={condition},
    scope="session",
)
""",
        test_it="def test_it(box):\n    assert box.address(80).port",
    )
    with request_log(engine_host) as log:
        project.run(host=log.host).assert_outcomes(passed=1)
        requests = log.take()
    assert requests == [
        "GET /_ping",
        "POST /containers/create",
        "POST /containers/ID/start",
        "GET /containers/ID/json",
        stream,
        "DELETE /containers/ID",
    ]
