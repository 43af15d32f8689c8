"""What ends the watcher, and what does not, with a manager whose answers are written down."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from pytest_engine.__main__ import main
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput, NotSwarmManager
from pytest_engine.core.service.watch import watch
from tests.core.scripted import PONG, Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

TIME = answer(b'{"SystemTime": "2024-02-29T12:00:00.5Z"}')
NOTHING = answer(b"[]")
# What is watched are services; the stream of events ends at once.
EVENTS = (Read.REQUEST, answer())


def refusal(status: str, message: str) -> bytes:
    return answer(json.dumps({"message": message}).encode(), status)


def watched(serve: Serve, *answers: bytes) -> list[str]:
    """Look twice at a manager that answers so, one time after the other; return what is told."""
    steps = [step for told in answers for step in (Read.REQUEST, told)]
    server = serve((Read.REQUEST, PONG, *steps), EVENTS)
    said: list[str] = []
    rounds = itertools.count()
    with Engine(server.host, environ={}) as engine:
        watch(engine, interval=0, until=lambda: next(rounds) == 1, tell=said.append)
    return said


def test_a_change_of_the_leader_is_waited_for(serve: Serve) -> None:
    message = "rpc error: code = Unknown desc = The swarm does not have a leader."
    leaderless = refusal("500 Internal Server Error", message)
    assert watched(serve, TIME, leaderless, NOTHING, TIME, NOTHING) == []


def test_what_a_manager_cannot_answer_is_told_and_asked_again(serve: Serve) -> None:
    refused = refusal("500 Internal Server Error", "out of disk")
    (said,) = watched(serve, TIME, refused, TIME, NOTHING)
    assert said.startswith("The services cannot be looked at: ")
    assert "out of disk" in said


def test_a_manager_that_is_none_any_more_ends_it(serve: Serve) -> None:
    gone = refusal("503 Service Unavailable", "This node is not a swarm manager.")
    with pytest.raises(NotSwarmManager):
        watched(serve, TIME, NOTHING, TIME, gone)


@pytest.mark.parametrize("interval", ["nan", "inf", "1e300", "-1", "soon"])
def test_an_interval_that_cannot_be_waited_is_refused(
    interval: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["watch", "--interval", interval])
    assert ended.value.code == 2
    assert f"argument --interval: '{interval}' is not a number of" in capsys.readouterr().err


def test_a_watcher_refuses_such_an_interval_as_well(serve: Serve) -> None:
    with Engine(serve(EVENTS).host, environ={}) as engine, pytest.raises(InvalidInput):
        watch(engine, interval=float("nan"))


def test_a_time_that_a_manager_cannot_tell_is_no_end(serve: Serve) -> None:
    refused = refusal("500 Internal Server Error", "out of disk")
    (said,) = watched(serve, refused, TIME, NOTHING)
    assert "out of disk" in said
