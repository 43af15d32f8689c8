"""A try that tells nothing makes neither a condition hold nor its negation."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core import wait
from pytest_engine.core.errors import WaitTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.wait.conftest import Start

pytestmark = pytest.mark.engine


def then(*answers: object) -> Callable[[object], Any]:
    """Make a function that answers, or raises, these one after the other; the last again."""
    left = list(answers)

    def function(_what: object) -> object:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return function


def test_a_function_that_raises_does_not_say_no(start: Start) -> None:
    container = start("sleep 1000")
    refused = ConnectionRefusedError("nobody there")
    with pytest.raises(WaitTimeout, match=r"~check.*: ConnectionRefusedError: nobody there"):
        container.wait(~wait.check(then(refused)), timeout=0.3)
    container.wait(~wait.check(then(refused, 1, refused, 0)), timeout=30)


def test_a_database_that_does_not_answer_does_not_say_no(start: Start) -> None:
    container = start("sleep 1000")
    refused = ConnectionRefusedError("nobody there")
    condition = ~wait.sql(then(refused), port=80)
    with pytest.raises(WaitTimeout, match=r"~sql.*: ConnectionRefusedError: nobody there"):
        container.wait(condition, timeout=0.3)


def test_a_command_that_could_not_be_run_does_not_say_no(start: Start) -> None:
    container = start("sleep 1000")
    container.pause()
    with pytest.raises(WaitTimeout, match=r"~exec\('true'\): .*paused"):
        container.wait(~wait.exec("true"), timeout=0.3)
    resume = threading.Timer(0.2, container.unpause)
    resume.start()
    container.wait(~wait.exec("false"), timeout=30)
    resume.join()


def test_a_command_that_closes_its_output_is_waited_for(start: Start) -> None:
    container = start("sleep 1000")
    silent = "sh -c 'exec >/dev/null 2>&1; sleep 0.5; exit {}'"
    container.wait(wait.exec(silent.format(0)), timeout=30)
    with pytest.raises(WaitTimeout):
        container.wait(~wait.exec(silent.format(0)), timeout=1)
    container.wait(~wait.exec(silent.format(1)), timeout=30)
