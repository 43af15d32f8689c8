"""Waiting for ports, HTTP answers and commands of real containers."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import ContainerDied, InvalidInput, WaitTimeout
from tests.request_log import request_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.wait.conftest import Start

pytestmark = pytest.mark.engine

SERVE = "mkdir /w; echo hello > /w/index.html; echo no > /w/x; httpd -f -p 80 -h /w"


@pytest.fixture
def from_afar(engine_host: str) -> Iterator[Engine]:
    """A client to which the engine is elsewhere, so that only published ports are reachable."""
    with request_log(engine_host) as log, Engine(log.host, environ={}) as client:
        yield client


def test_a_port_is_waited_for(start: Start) -> None:
    container = start(f"sleep 0.3; {SERVE}")
    container.wait(wait.port(80))
    container.wait(wait.http("/"), timeout=5)


def test_a_port_that_only_the_proxy_answers_is_not_ready(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(WaitTimeout, match=r"port\(80\): .*:80: Connection refused"):
        container.wait(wait.port(80), timeout=0.5)


@pytest.mark.lacks("podman5", reason="it has no proxy, and refuses instead")
def test_from_afar_a_port_that_only_the_proxy_answers_is_not_ready(
    start: Start, from_afar: Engine
) -> None:
    container = Container(from_afar, start("sleep 1000").id)
    with pytest.raises(WaitTimeout, match="accepts and closes at once: nothing listens behind"):
        container.wait(wait.port(80), timeout=0.5)


def test_from_afar_a_silent_service_is_ready(start: Start, from_afar: Engine) -> None:
    container = Container(from_afar, start(f"sleep 0.3; {SERVE}").id)
    container.wait(wait.port(80))


def test_from_afar_a_service_that_speaks_first_is_ready(start: Start, from_afar: Engine) -> None:
    container = Container(from_afar, start("nc -ll -p 80 -e echo hello").id)
    container.wait(wait.port(80))


def test_a_port_that_is_not_published_is_reached_at_the_containers_own_address(
    start: Start,
) -> None:
    container = start(SERVE, host={"PortBindings": {}})
    container.wait(wait.port(80), timeout=10)


def test_from_afar_a_port_that_is_not_published_can_never_answer(
    start: Start, from_afar: Engine
) -> None:
    container = Container(from_afar, start(SERVE, host={"PortBindings": {}}).id)
    with pytest.raises(InvalidInput, match="port 80 is not published"):
        container.wait(wait.port(80))


def test_a_port_of_a_container_that_dies_fails_at_once(start: Start) -> None:
    container = start("sleep 0.2; exit 4")
    began = time.monotonic()
    with pytest.raises(ContainerDied, match="exit code 4"):
        container.wait(wait.port(80), timeout=60)
    assert time.monotonic() - began < 5


def test_a_container_that_is_killed_is_reported_with_its_signal(start: Start) -> None:
    container = start("sleep 1000")
    killer = threading.Timer(0.2, container.engine.containers.kill, [container.id])
    killer.start()
    with pytest.raises(ContainerDied, match=r"exit code 137 \(SIGKILL\)"):
        container.wait(wait.port(80), timeout=60)
    killer.join()


def test_a_container_that_is_removed_meanwhile_fails_the_wait(start: Start) -> None:
    container = start("sleep 1000")
    remover = threading.Timer(0.2, container.remove)
    remover.start()
    with pytest.raises(ContainerDied, match=r"ended with|was removed"):
        container.wait(wait.port(80), timeout=60)
    remover.join()


def test_a_port_of_a_container_that_is_started_again_is_tried_again(start: Start) -> None:
    container = start(
        f"test -e /again || {{ touch /again; exit 1; }}; {SERVE}",
        host={"RestartPolicy": {"Name": "always"}},
    )
    container.wait(wait.port(80), timeout=20)


@pytest.mark.parametrize(
    "condition",
    [
        wait.http("/"),
        wait.http("/", port=80, body="hello"),
        wait.http("/missing", status=404),
        wait.http("/missing", status={200, 404}),
        wait.http("/", status=lambda status: 200 <= status < 300),
        wait.http("/", method="HEAD", headers={"X-Test": "1"}),
    ],
    ids=str,
)
def test_an_http_answer_is_waited_for(start: Start, condition: wait.Condition) -> None:
    container = start(f"sleep 0.2; {SERVE}")
    container.wait(condition, timeout=10)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (wait.http("/missing"), r"GET http://127\.0\.0\.1:\d+/missing answered 404"),
        (wait.http("/", status=201), "answered 200"),
        (wait.http("/", body="bye"), "answered 200 with a body that does not contain 'bye'"),
    ],
)
def test_another_http_answer_does_not_do(
    start: Start, condition: wait.Condition, reason: str
) -> None:
    container = start(SERVE)
    with pytest.raises(WaitTimeout, match=reason):
        container.wait(condition, timeout=0.7)


def test_no_http_answer_tells_why(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(WaitTimeout, match=r"closed without an answer|reset|refused"):
        container.wait(wait.http("/"), timeout=0.5)


def test_a_service_that_never_answers_does_not_hold_the_wait_up(start: Start) -> None:
    container = start("nc -ll -p 80 -e sleep 1000")
    # It takes connections, or there is nothing that could not answer.
    container.wait(wait.exec(["sh", "-c", "netstat -ltn | grep -q ':80 '"]), timeout=30)
    began = time.monotonic()
    with pytest.raises(WaitTimeout, match=r"no answer|closed|reset|has not ended"):
        container.wait(wait.http("/"), timeout=0.5)
    assert time.monotonic() - began < 3


def test_which_port_to_ask_has_to_be_clear(start: Start) -> None:
    container = start(SERVE, host={"PortBindings": {}})
    with pytest.raises(InvalidInput, match=r"which port to ask is not clear \(published: none\)"):
        container.wait(wait.http("/"))


def test_a_predicate_that_fails_fails_the_wait_with_its_own_error(start: Start) -> None:
    def broken(status: int) -> bool:
        raise LookupError(f"no idea what {status} means")

    container = start(SERVE)
    with pytest.raises(LookupError, match="no idea what 200 means"):
        container.wait(wait.http("/", status=broken), timeout=10)


def test_a_command_is_waited_for(start: Start) -> None:
    container = start("sleep 0.3; touch /ready; sleep 1000")
    container.wait(wait.exec(["test", "-e", "/ready"]), timeout=10)


def test_a_command_that_fails_tells_its_last_words(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(WaitTimeout, match="exit code 4: no database"):
        container.wait(wait.exec(["sh", "-c", "echo no database; exit 4"]), timeout=0.5)


def test_another_exit_code_can_be_waited_for(start: Start) -> None:
    container = start("sleep 1000")
    container.wait(wait.exec("sh -c 'exit 4'", exit_code=4), timeout=10)


def test_a_command_that_does_not_end_does_not_hold_the_wait_up(start: Start) -> None:
    container = start("sleep 1000")
    began = time.monotonic()
    with pytest.raises(WaitTimeout, match="its first run has not ended"):
        container.wait(wait.exec("sleep 1000"), timeout=0.5)
    assert time.monotonic() - began < 5


def test_either_of_two_is_enough(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    container.wait(wait.log("ready") | wait.port(80), timeout=10)


def test_of_two_both_are_needed(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    with pytest.raises(WaitTimeout) as caught:
        container.wait(wait.log("ready") & wait.port(80), timeout=0.5)
    assert "all of\n    [held]     log('ready')\n    [not held] port(80): " in str(caught.value)


def test_a_wait_leaves_no_thread_behind(start: Start) -> None:
    container = start(f"echo ready; {SERVE}")
    before = threading.enumerate()
    container.wait(wait.log("ready") & wait.port(80) & wait.http("/") & wait.exec("true"))
    with pytest.raises(WaitTimeout):
        container.wait(wait.log("never") & wait.exec("sleep 1000"), timeout=0.3)
    assert threading.enumerate() == before


def test_an_interrupted_wait_leaves_no_thread_behind(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = start("sleep 1000")
    before = threading.enumerate()
    waiting = threading.Condition.wait

    def interrupted(self: threading.Condition, timeout: float | None = None) -> Any:
        if threading.current_thread() is threading.main_thread() and timeout and timeout > 1:
            raise KeyboardInterrupt
        return waiting(self, timeout)

    monkeypatch.setattr(threading.Condition, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        container.wait(wait.log("never") & wait.port(80))
    assert threading.enumerate() == before
