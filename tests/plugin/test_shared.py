"""What is made once in a run, and when it is made again."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from pytest_engine.core.errors import ConnectionFailed, EngineError
from pytest_engine.plugin.shared import once, unless_done

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.plugin.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """As much of a run as its shared things take."""
    return cast("Run", SimpleNamespace(path=tmp_path, folder=SimpleNamespace(path=tmp_path)))


class Maker:
    """Makes numbers, and fails with what it is given first."""

    def __init__(self, *failures: EngineError) -> None:
        self._failures: Iterator[EngineError] = iter(failures)
        self.calls = 0

    def __call__(self) -> dict[str, int]:
        self.calls += 1
        for failure in self._failures:
            raise failure
        return {"number": self.calls}


def test_it_is_made_once(run: Run) -> None:
    make = Maker()
    assert [once(run, "key", make), once(run, "key", make)] == [{"number": 1}] * 2
    assert once(run, "other", make) == {"number": 2}


def test_an_error_is_everybodys(run: Run) -> None:
    make = Maker(EngineError("no such image"))
    for _worker in range(2):
        with pytest.raises(EngineError, match="no such image"):
            once(run, "key", make)
    assert make.calls == 1


def test_where_nobody_answered_the_next_one_tries_again(run: Run) -> None:
    make = Maker(ConnectionFailed("nobody answers"))
    with pytest.raises(ConnectionFailed, match="nobody answers"):
        once(run, "key", make)
    assert once(run, "key", make) == {"number": 2}


def test_what_is_gone_is_made_anew_for_those_who_come_later(run: Run) -> None:
    make = Maker()
    assert once(run, "key", make) == {"number": 1}
    assert once(run, "key", make, lambda told: told["number"] != 1) == {"number": 2}
    assert once(run, "key", make, lambda told: told["number"] != 1) == {"number": 2}


def test_what_others_have_done_since_is_not_done_again(run: Run) -> None:
    done: list[str] = []
    before = time.time()
    for since in (before, before, None):
        unless_done(run, "pull", lambda: done.append("one"), since=since)
    assert done == ["one"]
    time.sleep(0.01)
    unless_done(run, "pull", lambda: done.append("two"), since=time.time())
    assert done == ["one", "two"]
