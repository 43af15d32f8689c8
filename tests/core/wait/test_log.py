"""Waiting for the log of real containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core import wait
from pytest_engine.core.errors import ContainerDied, InvalidInput, WaitTimeout

if TYPE_CHECKING:
    from tests.core.wait.conftest import Start

pytestmark = pytest.mark.engine


def test_a_line_that_comes_later_is_waited_for(start: Start) -> None:
    container = start("sleep 0.3; echo now ready; sleep 1000")
    container.wait(wait.log("ready"))
    assert container.logs() == "now ready\n"


def test_a_line_that_came_before_the_wait_counts(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    container.wait(wait.log("ready"))
    # A second wait sees it again, though nothing new is logged.
    container.wait(wait.log("ready"), timeout=5)


def test_a_regular_expression_is_searched_for(start: Start) -> None:
    container = start("echo listening on 6379; sleep 1000")
    container.wait(wait.log(re.compile(r"on \d{4}$")))
    with pytest.raises(WaitTimeout):
        container.wait(wait.log(re.compile(r"^on")), timeout=0.3)


def test_so_many_lines_have_to_come(start: Start) -> None:
    container = start("echo ready; sleep 0.3; echo ready; touch /twice; sleep 1000")
    container.wait(wait.log("ready", times=2))
    container.wait(wait.exec("test -e /twice"), timeout=5)


def test_lines_of_the_other_stream_do_not_count(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    with pytest.raises(WaitTimeout, match=r"log\('ready', stream='stderr'\): no line has it"):
        container.wait(wait.log("ready", stream="stderr"), timeout=0.3)


def test_lines_on_standard_error_are_seen(start: Start) -> None:
    container = start("echo ready >&2; sleep 1000")
    container.wait(wait.log("ready", stream="stderr"))


def test_a_container_with_a_terminal_is_read_as_well(start: Start) -> None:
    container = start("echo ready; sleep 1000", config={"Tty": True})
    container.wait(wait.log("ready"))


def test_a_timeout_tells_the_count_and_the_last_lines(start: Start) -> None:
    container = start("echo one; echo two; sleep 1000")
    with pytest.raises(WaitTimeout) as caught:
        container.wait(wait.log("o", times=3), timeout=0.5)
    message = str(caught.value)
    assert f"Container {container.name} ({container.image}) was not ready after 0.5 s." in message
    assert "[not held] log('o', times=3): 2 of 3 lines have it" in message
    assert "State: running" in message
    assert caught.value.log_tail == "one\ntwo"


def test_a_container_that_dies_fails_the_wait_at_once(start: Start) -> None:
    container = start("echo going down; sleep 0.2; exit 3")
    with pytest.raises(ContainerDied, match="ended with exit code 3 before it was ready") as caught:
        container.wait(wait.log("ready"), timeout=60)
    assert caught.value.exit_code == 3
    assert caught.value.log_tail == "going down"
    assert not caught.value.oom_killed


def test_a_container_that_is_removed_fails_the_wait(start: Start) -> None:
    container = start("sleep 1000")
    container.inspect()
    container.remove()
    with pytest.raises(Exception, match=r"(?i)no such container"):
        container.wait(wait.log("ready"))


def test_the_log_of_the_start_before_does_not_count(start: Start) -> None:
    container = start("test -e /again || { touch /again; echo ready; }; sleep 1000")
    container.wait(wait.log("ready"))
    container.restart(timeout=0)
    with pytest.raises(WaitTimeout, match="no line has it"):
        container.wait(wait.log("ready"), timeout=0.5)


def test_a_container_that_the_engine_starts_again_is_followed(start: Start) -> None:
    container = start(
        "test -e /again || { touch /again; echo try; exit 1; }; echo ready; sleep 1000",
        host={"RestartPolicy": {"Name": "always"}},
    )
    container.wait(wait.log("ready") & wait.log("ready"), timeout=20)


@pytest.mark.lacks("podman5", reason="its log goes on for a moment, into the next start")
def test_lines_before_a_restart_do_not_add_up(start: Start) -> None:
    container = start("echo ready; exit 1", host={"RestartPolicy": {"Name": "always"}})
    told = r"started again \d+ times(, last ended with exit code 1)?\n"
    with pytest.raises(WaitTimeout, match=told):
        container.wait(wait.log("ready", times=2), timeout=1.5)


def test_a_container_that_ended_before_the_wait_is_judged_by_its_log(start: Start) -> None:
    container = start("echo done")
    container.wait(wait.exit())
    container.wait(wait.log("done"), timeout=5)


def test_a_container_without_a_log_is_refused_at_once(start: Start) -> None:
    container = start("echo ready; sleep 1000", host={"LogConfig": {"Type": "none"}})
    with pytest.raises(InvalidInput, match="keeps no log"):
        container.wait(wait.log("ready"))


def test_a_container_that_was_never_started_is_refused_at_once(start: Start) -> None:
    container = start("echo ready", start=False)
    with pytest.raises(InvalidInput, match="was never started"):
        container.wait(wait.log("ready"))
