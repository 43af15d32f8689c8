"""Conditions that are tried out, on real containers."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Address, Container
from pytest_engine.core.errors import ContainerDied, InvalidInput, WaitTimeout
from tests.request_log import request_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import LabImages
    from tests.core.wait.conftest import Start

pytestmark = pytest.mark.engine

SERVE = "mkdir -p /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"
SILENT = "import socket as s, time; t = s.socket(2, 2); t.bind(('', 53)); time.sleep(1000)"
ECHO = """
import socket, time
sock = socket.socket(2, 2)
time.sleep(0.3)
sock.bind(("", 53))
while True:
    sock.sendto(*sock.recvfrom(100))
"""
UDP_PORTS: dict[str, Any] = {"PortBindings": {"53/udp": [{"HostPort": ""}]}}


@pytest.fixture
def from_afar(engine_host: str) -> Iterator[Engine]:
    """A client to which the engine is elsewhere, so that only published ports are reachable."""
    with request_log(engine_host) as log, Engine(log.host, environ={}) as client:
        yield client


@pytest.fixture
def start_udp(start: Start, lab: LabImages, engine: Engine) -> Callable[[str], Container]:
    """Start a program in Python whose port 53 of UDP is published."""
    lab.require("python:3")
    engine.images.pull("python:3")

    def run(program: str) -> Container:
        config = {
            "Image": "python:3",
            "Cmd": ["python3", "-c", program],
            "ExposedPorts": {"53/udp": {}},
        }
        return start("", config=config, host=UDP_PORTS)

    return run


def test_a_file_is_waited_for(start: Start) -> None:
    container = start("sleep 0.3; touch /ready; sleep 1000")
    container.wait(wait.file("/ready"), timeout=30)


def test_a_folder_will_do_for_a_file_without_content(start: Start) -> None:
    start("sleep 1000").wait(wait.file("/etc"), timeout=30)


@pytest.mark.parametrize(
    "content", ["two", re.compile(r"^tw.$", re.MULTILINE), lambda text: text == "one\ntwo\n"]
)
def test_the_content_of_a_file_is_waited_for(start: Start, content: Any) -> None:
    container = start("echo one > /out; sleep 0.3; echo two >> /out; sleep 1000")
    container.wait(wait.file("/out", content), timeout=30)


def test_a_link_to_a_file_is_read_where_it_leads(start: Start) -> None:
    container = start("echo two > /out; ln -s out /link; sleep 1000")
    container.wait(wait.file("/link", "two"), timeout=30)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (wait.file("/missing"), r"there is no /missing"),
        (wait.file("/out", "two"), r"the content of /out is not what is waited for"),
        (wait.file("/etc", "two"), r"/etc is a folder"),
    ],
)
def test_a_file_that_does_not_do_tells_why(
    start: Start, condition: wait.Condition, reason: str
) -> None:
    container = start("echo one > /out; echo begun; sleep 1000")
    with pytest.raises(WaitTimeout, match=reason):
        container.wait(wait.log("begun") & condition, timeout=1.5)


def test_a_file_that_a_container_leaves_behind_is_found(start: Start) -> None:
    container = start("touch /done")
    container.wait(wait.file("/done") & wait.exit(), timeout=30)
    container.wait(wait.file("/done"), timeout=30)


def test_a_file_that_a_container_does_not_leave_behind_fails_the_wait(start: Start) -> None:
    container = start("sleep 0.3; exit 2")
    began = time.monotonic()
    with pytest.raises(ContainerDied, match="there is no /done, and the container has ended"):
        container.wait(wait.file("/done"), timeout=60)
    assert time.monotonic() - began < 30


def test_a_container_that_goes_on_running_is_stable(start: Start) -> None:
    start("sleep 1000").wait(wait.stable(0.5), timeout=30)


def test_the_time_before_the_wait_counts_for_stability(start: Start) -> None:
    container = start("sleep 1000")
    container.wait(wait.stable(1.5), timeout=30)
    container.wait(wait.stable(1.5), timeout=1)


def test_a_container_that_is_started_again_and_again_is_not_stable(start: Start) -> None:
    container = start("sleep 0.2; exit 1", host={"RestartPolicy": {"Name": "always"}})
    with pytest.raises(WaitTimeout, match=r"stable\(5\): it (was started again|has not run)"):
        container.wait(wait.stable(5), timeout=3)


def test_a_container_that_is_started_again_once_is_stable_then(start: Start) -> None:
    container = start(
        "test -e /again || { touch /again; sleep 0.3; exit 1; }; sleep 1000",
        host={"RestartPolicy": {"Name": "always"}},
    )
    container.wait(wait.stable(1.5), timeout=60)
    assert container.inspect()["RestartCount"] == 1


def test_a_container_that_falls_over_is_not_stable(start: Start) -> None:
    with pytest.raises(ContainerDied, match="exit code 4"):
        start("sleep 0.3; exit 4").wait(wait.stable(30), timeout=60)


def test_a_udp_port_is_waited_for_without_an_answer(
    start_udp: Callable[[str], Container],
) -> None:
    start_udp(f"import time; time.sleep(0.3); {SILENT}").wait(wait.port(53, "udp"), timeout=30)


def test_a_udp_port_that_refuses_is_not_ready(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(WaitTimeout, match=r"port\(53, 'udp'\): .*(refused|too early)"):
        container.wait(wait.port(53, "udp"), timeout=4)


def test_a_udp_port_that_answers_is_waited_for(
    start_udp: Callable[[str], Container], from_afar: Engine
) -> None:
    container = start_udp(ECHO)
    container.wait(wait.port(53, "udp", send=b"hello"), timeout=30)
    Container(from_afar, container.id).wait(wait.port(53, "udp", send=b"hello\n"), timeout=30)


def test_a_udp_port_that_does_not_answer_is_not_ready(start: Start, from_afar: Engine) -> None:
    container = start("sleep 1000", config={"ExposedPorts": {"53/udp": {}}}, host=UDP_PORTS)
    with pytest.raises(WaitTimeout, match=r"53, 'udp', send=b'hello'\): .*(no answer|refused)"):
        Container(from_afar, container.id).wait(wait.port(53, "udp", send=b"hello"), timeout=2)


def test_from_afar_a_udp_port_has_to_answer_something(start: Start, from_afar: Engine) -> None:
    container = start("sleep 1000", config={"ExposedPorts": {"53/udp": {}}}, host=UDP_PORTS)
    with pytest.raises(InvalidInput, match="state send="):
        Container(from_afar, container.id).wait(wait.port(53, "udp"))


def test_a_tcp_port_that_answers_what_it_was_sent_is_ready(start: Start) -> None:
    container = start("sleep 0.3; nc -ll -p 80 -e cat")
    container.wait(wait.port(80, send=b"hello\n"), timeout=30)


def test_a_tcp_port_that_stays_silent_is_not_ready_where_an_answer_is_wanted(start: Start) -> None:
    container = start("nc -ll -p 80 -e sleep 1000")
    with pytest.raises(
        WaitTimeout, match=r"port\(80, send=b'hello'\): .*(no answer|refused|not ended)"
    ):
        container.wait(wait.port(80, send=b"hello"), timeout=1.5)


def test_a_function_is_called_with_the_container_until_it_is_true(start: Start) -> None:
    container = start("sleep 0.3; touch /ready; sleep 1000")
    called: list[object] = []

    def is_ready(one: Container) -> bool:
        called.append(one)
        return one.exec("test -e /ready").ok

    container.wait(is_ready, timeout=30)
    assert set(called) == {container}


def test_a_function_that_raises_is_not_ready_and_tells_why(start: Start) -> None:
    def is_ready(one: Container) -> bool:
        raise LookupError(f"nothing in {one.image}")

    with pytest.raises(WaitTimeout, match=r"check\(is_ready\): LookupError: nothing in"):
        start("sleep 1000").wait(is_ready, timeout=0.7)


def mistaken(name: str) -> None:
    raise NameError(f"no_such_name in {name}")


def test_a_function_with_a_mistake_ends_the_wait(start: Start) -> None:
    began = time.monotonic()
    with pytest.raises(NameError, match="no_such_name"):
        start("sleep 1000").wait(lambda one: mistaken(one.id), timeout=60)
    assert time.monotonic() - began < 30


def test_a_function_is_combined_like_a_condition(start: Start) -> None:
    container = start(f"echo ready; {SERVE}")

    def yes(_one: Container) -> bool:
        return True

    def no(_one: Container) -> int:
        return 0

    container.wait(yes & wait.log("ready") & yes, timeout=30)
    container.wait(no | wait.log("ready"), timeout=30)
    with pytest.raises(WaitTimeout, match=r"\[not held\] check\(zero\): it returned 0"):
        container.wait(wait.check(no, "zero") & wait.log("ready"), timeout=0.7)


def test_a_function_that_hangs_does_not_hold_the_wait_up(start: Start) -> None:
    go_on = threading.Event()
    began = time.monotonic()
    with pytest.raises(WaitTimeout, match="its first call has not ended"):
        start("sleep 1000").wait(lambda _one: go_on.wait(), timeout=0.5)
    assert time.monotonic() - began < 8
    go_on.set()


def test_a_database_is_waited_for_until_it_answers(start: Start) -> None:
    tries: list[Address] = []

    def connect(address: Address) -> sqlite3.Connection:
        tries.append(address)
        if len(tries) < 3:
            raise sqlite3.OperationalError("the database system is starting up")
        return sqlite3.connect(":memory:")

    container = start(SERVE)
    container.wait(wait.sql(connect, "SELECT 1, 2", rows=lambda rows: rows == [(1, 2)]), timeout=30)
    assert tries == [container.address(80)] * 3


def test_a_database_that_does_not_answer_as_wanted_tells_why(start: Start) -> None:
    def connect(address: Address) -> sqlite3.Connection:
        assert address.port
        return sqlite3.connect(":memory:")

    container = start(SERVE)
    with pytest.raises(WaitTimeout, match=r"OperationalError: no such table: users"):
        container.wait(wait.sql(connect, "SELECT * FROM users", port=80), timeout=0.7)
    with pytest.raises(WaitTimeout, match=r"answered with other rows \(1\)"):
        container.wait(wait.sql(connect, rows=lambda rows: len(rows) > 1), timeout=0.7)
    container.wait(wait.sql(connect, "CREATE TABLE users (name)"), timeout=30)


def test_which_port_a_database_has_must_be_clear(start: Start) -> None:
    container = start(SERVE, host={"PortBindings": {}})
    with pytest.raises(InvalidInput, match="which port to ask is not clear"):
        container.wait(wait.sql(lambda _address: sqlite3.connect(":memory:")))


@pytest.mark.parametrize(
    "output", ["open", re.compile("^o"), lambda text: text == "open\n"], ids=["text", "re", "call"]
)
def test_the_output_of_a_command_is_waited_for(start: Start, output: Any) -> None:
    container = start("echo shut > /door; sleep 0.3; echo open > /door; sleep 1000")
    container.wait(wait.exec("cat /door", output=output), timeout=30)


def test_other_output_of_a_command_does_not_do(start: Start) -> None:
    container = start("echo shut > /door; echo ready; sleep 1000")
    container.wait(wait.log("ready"))
    with pytest.raises(WaitTimeout, match="exit code 0: shut; its output is not what is waited"):
        container.wait(wait.exec("cat /door", output="open"), timeout=1)


def test_a_command_runs_as_another_user(start: Start) -> None:
    start("sleep 1000").wait(wait.exec("id -u", output="1000", user="1000"), timeout=30)


@pytest.mark.parametrize(
    "condition",
    [
        ~wait.file("/lock"),
        ~wait.exec("test -e /lock"),
        ~(wait.file("/lock") | wait.exec("test -e /lock")),
        ~~~wait.file("/lock"),
        ~wait.check(lambda one: one.exec("test -e /lock").ok),
    ],
    ids=str,
)
def test_what_is_no_longer_so_is_waited_for(start: Start, condition: wait.Condition) -> None:
    container = start("touch /lock; echo locked; sleep 0.5; rm /lock; sleep 1000")
    container.wait(wait.log("locked"), timeout=30)
    container.wait(condition, timeout=30)


def test_what_goes_on_holding_is_told(start: Start) -> None:
    container = start(SERVE)
    container.wait(wait.port(80), timeout=30)
    with pytest.raises(WaitTimeout, match=r"\[not held\] ~port\(80\): it holds"):
        container.wait(~wait.port(80), timeout=0.7)


def test_a_port_that_nobody_can_reach_cannot_be_said_to_be_shut(
    start: Start, from_afar: Engine
) -> None:
    container = Container(from_afar, start(SERVE, host={"PortBindings": {}}).id)
    with pytest.raises(InvalidInput, match=r"~port\(80\) can never hold: port 80 is not published"):
        container.wait(~wait.port(80))


def test_a_part_with_a_time_of_its_own_fails_the_wait_when_that_is_over(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    began = time.monotonic()
    with pytest.raises(WaitTimeout) as caught:
        container.wait(wait.log("ready") & wait.log("never").within(0.5), timeout=60)
    assert time.monotonic() - began < 30
    text = str(caught.value)
    assert " was not ready in time: log('never').within(0.5)." in text
    assert "[held]     log('ready')\n" in text
    assert "[not held] log('never'), within 0.5 s: no line has it" in text


def test_an_alternative_may_hold_after_a_part_with_a_time_of_its_own(start: Start) -> None:
    container = start("sleep 1; echo ready; sleep 1000")
    container.wait(wait.log("never").within(0.2) | wait.log("ready"), timeout=60)


def test_a_part_that_holds_within_its_time_holds_afterwards(start: Start) -> None:
    container = start("echo one; sleep 1; echo two; sleep 1000")
    container.wait(wait.log("one").within(0.8) & wait.log("two"), timeout=60)
