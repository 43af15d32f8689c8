"""Waiting for health and for the end of real containers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core import wait
from pytest_engine.core.errors import ContainerDied, InvalidInput, WaitTimeout

if TYPE_CHECKING:
    from tests.core.wait.conftest import Start

pytestmark = pytest.mark.engine


def checking(line: str, **more: Any) -> dict[str, Any]:
    """Return a healthcheck that runs every 100 ms."""
    return {"Healthcheck": {"Test": ["CMD-SHELL", line], "Interval": 100_000_000, **more}}


@pytest.mark.lacks("podman5", reason="its healthchecks are run by systemd's timers")
def test_a_healthcheck_is_waited_for(start: Start) -> None:
    container = start("sleep 0.3; touch /ok; sleep 1000", config=checking("test -e /ok"))
    container.wait(wait.healthy(), timeout=20)
    assert container.inspect()["State"]["Health"]["Status"] == "healthy"


@pytest.mark.lacks("podman5", reason="its healthchecks are run by systemd's timers")
def test_a_container_that_is_healthy_already_is_ready_at_once(start: Start) -> None:
    container = start("sleep 1000", config=checking("true"))
    container.wait(wait.healthy(), timeout=20)
    container.wait(wait.healthy(), timeout=5)


@pytest.mark.lacks("podman5", reason="its healthchecks are run by systemd's timers")
def test_an_unhealthy_container_may_recover(start: Start) -> None:
    container = start("sleep 1; touch /ok; sleep 1000", config=checking("test -e /ok", Retries=1))
    container.wait(wait.healthy(), timeout=20)


@pytest.mark.lacks("podman5", reason="its healthchecks are run by systemd's timers")
def test_that_it_was_healthy_once_does_not_count(start: Start) -> None:
    container = start(
        "touch /ok; sleep 1; rm /ok; sleep 1000", config=checking("test -e /ok", Retries=1)
    )
    container.wait(wait.healthy(), timeout=20)
    container.wait(
        wait.check(lambda one: one.inspect()["State"]["Health"]["Status"] == "unhealthy")
    )
    # The engine tells again of what was before.
    with pytest.raises(WaitTimeout, match="it is unhealthy"):
        container.wait(wait.healthy(), timeout=1)


@pytest.mark.lacks("podman5", reason="its healthchecks are run by systemd's timers")
def test_a_failing_healthcheck_tells_its_last_words(start: Start) -> None:
    container = start("sleep 1000", config=checking("echo no database; exit 1", Retries=1))
    with pytest.raises(WaitTimeout) as caught:
        container.wait(wait.healthy(), timeout=1.5)
    assert "[not held] healthy(): it is unhealthy" in str(caught.value)
    assert "Health: unhealthy; the last check ended with exit code 1: no database" in str(
        caught.value
    )


def test_a_container_without_a_healthcheck_can_never_be_healthy(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(InvalidInput, match=r"healthy\(\) can never hold: .* no healthcheck"):
        container.wait(wait.healthy())


def test_what_can_never_hold_does_not_spoil_what_can(start: Start) -> None:
    container = start("echo ready; sleep 1000")
    container.wait(wait.healthy() | wait.log("ready"), timeout=10)


def test_an_unchecked_container_that_dies_fails_at_once(start: Start) -> None:
    container = start("sleep 0.2; exit 5", config=checking("false"))
    with pytest.raises(ContainerDied, match="exit code 5"):
        container.wait(wait.healthy(), timeout=60)


def test_the_end_is_waited_for(start: Start) -> None:
    container = start("sleep 0.3; echo done")
    container.wait(wait.exit(), timeout=20)
    assert container.state() == "exited"


def test_an_end_before_the_wait_counts(start: Start) -> None:
    container = start("true")
    container.engine.containers.wait(container.id)
    container.wait(wait.exit(), timeout=5)


def test_another_exit_code_fails_the_wait(start: Start) -> None:
    container = start("sleep 0.2; exit 3")
    with pytest.raises(ContainerDied, match=r"exit\(0\): it ended with exit code 3") as caught:
        container.wait(wait.exit(), timeout=60)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("condition", [wait.exit(3), wait.exit(None)], ids=str)
def test_a_certain_exit_code_or_any_can_be_waited_for(
    start: Start, condition: wait.Condition
) -> None:
    start("sleep 0.2; exit 3").wait(condition, timeout=20)


def test_the_last_line_of_a_container_that_ends_is_seen(start: Start) -> None:
    container = start("sleep 0.2; echo done")
    container.wait(wait.exit() & wait.log("done"), timeout=20)


def test_a_container_that_does_not_end_times_out(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(WaitTimeout, match=r"exit\(0\): it has not ended"):
        container.wait(wait.exit(), timeout=0.3)


@pytest.mark.lacks(
    "podman5", reason="with version 1 of control groups runc cannot start a container in 8 MiB"
)
def test_lack_of_memory_is_named(start: Start) -> None:
    container = start("tail /dev/zero", host={"Memory": 8 << 20, "MemorySwap": 8 << 20})
    with pytest.raises(ContainerDied, match="killed for lack of memory") as caught:
        container.wait(wait.port(80), timeout=60)
    assert caught.value.oom_killed


def test_a_part_that_can_never_hold_is_tried_no_more(start: Start) -> None:
    container = start("sleep 1000", host={"PortBindings": {}})

    def is_alone(_what: object) -> bool:
        names = [thread.name for thread in threading.enumerate()]
        return names.count("pytest-engine-wait-probe") == 1

    container.wait(wait.http() | is_alone, timeout=10)


def test_a_part_that_holds_after_its_time_does_not_count(start: Start) -> None:
    container = start("sleep 0.8; echo late; sleep 1000")
    with pytest.raises(WaitTimeout, match=r"was not ready in time: log\('late'\).within\(0.3\)"):
        container.wait(wait.log("late").within(0.3) | wait.log("never"), timeout=2)


def test_a_part_that_held_in_its_time_may_hold_again_after_a_restart(start: Start) -> None:
    container = start(
        "test -e /again && { sleep 0.5; echo one; echo two; sleep 1000; };"
        "touch /again; echo one; sleep 1.5; exit 1",
        host={"RestartPolicy": {"Name": "always"}},
    )
    container.wait(wait.log("one").within(1) & wait.log("two"), timeout=60)
