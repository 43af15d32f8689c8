"""Threads that do what is queued, and those who wait for them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import Future, wait
from functools import partial
from typing import Any

import pytest

from pytest_engine.core.crew import Crew, do_all

# One of two works is interrupted before it ends, a third has not begun.
_INTERRUPTED = """
import signal, threading
from pytest_engine.core.crew import do_all

begun = []

def work(number):
    begun.append(number)
    if number:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    threading.Event().wait()

try:
    do_all(work, range(3), at_once=2)
except KeyboardInterrupt:
    print(*sorted(begun))
"""


def test_as_many_threads_work_as_there_may_be() -> None:
    crew = Crew("test", 3)
    go_on = threading.Event()
    barrier = threading.Barrier(4)

    def work() -> bool:
        barrier.wait(30)
        return go_on.wait(30)

    first = [crew.submit(work) for _number in range(3)]
    fourth = crew.submit(lambda: True)
    barrier.wait(30)
    assert not fourth.running()
    assert not fourth.done()
    go_on.set()
    assert [one.result(30) for one in [*first, fourth]] == [True] * 4


def test_what_work_raises_is_for_whoever_asks() -> None:
    crew = Crew("test", 1)

    def fail() -> None:
        raise KeyboardInterrupt

    failed, fine = crew.submit(fail), crew.submit(lambda: "done")
    assert fine.result(30) == "done"
    with pytest.raises(KeyboardInterrupt):
        failed.result(30)


def test_work_that_was_cancelled_is_left_out() -> None:
    crew = Crew("test", 1)
    go_on = threading.Event()
    done: list[int] = []
    futures: list[Future[Any]] = [crew.submit(lambda: go_on.wait(30))]
    futures += [crew.submit(partial(done.append, number)) for number in range(3)]
    assert futures[2].cancel()
    go_on.set()
    wait(futures, 30)
    assert done == [0, 2]


def test_what_comes_of_all_is_told_in_their_order() -> None:
    first_may_end = threading.Event()

    def work(number: int) -> int:
        if number:
            first_may_end.set()
        else:
            first_may_end.wait(30)
        return number * 2

    assert do_all(work, range(5), at_once=2) == [0, 2, 4, 6, 8]
    assert do_all(work, [], at_once=2) == []


def test_after_an_error_nothing_more_begins_and_what_has_is_waited_for() -> None:
    begun: list[int] = []
    ended: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if number == 1:
            raise LookupError(number)
        # Longer than it takes to hear of the error.
        time.sleep(2)
        ended.append(number)

    with pytest.raises(LookupError, match="1"):
        do_all(work, range(9), at_once=2)
    assert {0, 1} <= set(begun) <= {0, 1, 2}
    assert sorted(ended) == sorted({*begun} - {1})


def test_a_thread_that_cannot_be_had_is_an_error_and_the_next_one_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    crew = Crew("test", 1)
    done: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError, match="new thread"):
            crew.submit(lambda: done.append("lost"))
    crew.submit(lambda: done.append("one")).result(30)
    assert done == ["one"]


def test_an_interrupt_that_another_thread_takes_is_heard() -> None:
    # Neither the others nor the end of the process wait for what never ends.
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "0 1\n"
