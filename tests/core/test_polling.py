"""Looking again: until something is there, and until a swarm has a leader."""

from __future__ import annotations

import pytest

from pytest_engine.core.errors import NoLeader, Timeout
from pytest_engine.core.polling import poll, until_led


class Clock:
    """Time that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def leaderless() -> NoLeader:
    return NoLeader("no leader", status=500, method="GET", path="/", engine_message="")


def test_it_looks_until_there_is_something() -> None:
    clock = Clock()
    found = poll(
        lambda: "there" if clock.now > 2 else None,
        timeout=10,
        what="it",
        clock=clock,
        sleep=clock.sleep,
    )
    assert found == "there"


def test_what_does_not_come_is_told_with_how_things_are() -> None:
    clock = Clock()
    with pytest.raises(Timeout, match=r"^A node: not within 3 s\. It is down\.$"):
        poll(
            lambda: None,
            timeout=3,
            what="A node",
            tell=lambda: "It is down.",
            clock=clock,
            sleep=clock.sleep,
        )
    assert clock.now == pytest.approx(3)


def test_a_swarm_is_asked_again_until_it_has_a_leader() -> None:
    clock = Clock()

    def look() -> str:
        if clock.now < 5:
            raise leaderless()
        return "led"

    assert until_led(look, timeout=30, clock=clock, sleep=clock.sleep) == "led"
    assert clock.now == pytest.approx(5)


def test_a_swarm_that_gets_no_leader_is_not_asked_without_end() -> None:
    clock = Clock()

    def look() -> None:
        raise leaderless()

    with pytest.raises(NoLeader):
        until_led(look, timeout=30, clock=clock, sleep=clock.sleep)
    assert clock.now == pytest.approx(30)


def test_a_time_that_is_no_number_is_over() -> None:
    with pytest.raises(Timeout, match=r"^A node: not within nan s\."):
        poll(lambda: None, timeout=float("nan"), what="A node")
