"""What is noted of containers that outlive their run, and until when."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from filelock import FileLock

from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.errors import InvalidInput
from pytest_engine.ownership.folders import Kept, RunFolder, note_of
from pytest_engine.ownership.reused import Lease, leases, remove_expired
from pytest_engine.ownership.sweep import sweep
from pytest_engine.plugin.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine

DAY = 86400.0
GONE = parse_endpoint("unix:///nowhere/docker.sock", "a test")


def take(state: Path, name: str = "one") -> tuple[Lease, int]:
    """Take the container of a fixture that is on an engine that is gone."""
    facts = {"fixture": "box", "root": "/project", "endpoint": GONE, "unused": 60.0}
    return Lease.take(state, "key", name=name, **facts)


def unused_for(state: Path, seconds: float) -> None:
    """Note a container, as a run does that was over so many seconds ago."""
    lease, lock = take(state)
    lease.used = time.time() - seconds
    lease.write()
    os.close(lock)
    with FileLock(state / "reuse" / "key.lock"):
        pass


def files(state: Path) -> set[str]:
    return {path.name for path in (state / "reuse").iterdir()}


def test_under_another_name_it_stays_noted_until_that_is_said(tmp_path: Path) -> None:
    _first, lock = take(tmp_path)
    os.close(lock)
    lease, lock = take(tmp_path, "two")
    assert (lease.name, lease.former) == ("two", "one")
    assert [one.name for one in leases(tmp_path)] == ["one"]
    lease.write()
    os.close(lock)
    assert [one.name for one in leases(tmp_path)] == ["two"]
    again, lock = take(tmp_path, "two")
    os.close(lock)
    assert again.former == ""


def test_while_its_engine_is_away_it_stays_noted(tmp_path: Path) -> None:
    unused_for(tmp_path, 29 * DAY)
    ((_lease, reason),) = remove_expired(tmp_path)
    assert "/nowhere/docker.sock" in reason
    assert files(tmp_path) == {"key.json", "key.lock"}


def test_where_its_engine_is_gone_for_good_it_is_given_up(tmp_path: Path) -> None:
    unused_for(tmp_path, 31 * DAY)
    ((_lease, reason),) = remove_expired(tmp_path)
    assert "/nowhere/docker.sock" in reason
    assert reason.endswith("It is given up, 30 days after its time.")
    assert files(tmp_path) == set()


def test_the_lock_of_somebody_who_is_about_to_use_it_stays(tmp_path: Path) -> None:
    unused_for(tmp_path, 31 * DAY)
    with FileLock(tmp_path / "reuse" / "key.lock"):
        remove_expired(tmp_path)
        assert files(tmp_path) == {"key.lock"}


def test_on_the_runs_own_engine_nothing_outlives_the_run(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    run = SimpleNamespace(folder=folder)
    session = cast("Session", SimpleNamespace(settings=SimpleNamespace(reuse=True), run=run))
    engine = cast(
        "Engine", SimpleNamespace(endpoint=parse_endpoint(f"unix://{tmp_path}/own/x", ""))
    )
    assert Session.reuses(session, engine)
    folder.private.write_text(f"{tmp_path}/own", encoding="utf-8")
    assert not Session.reuses(session, engine)
    folder.private.write_text(f"{tmp_path}/own/x/y", encoding="utf-8")
    assert Session.reuses(session, engine)
    folder.release()


def test_nothing_that_is_kept_on_the_runs_own_engine_lasts(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    own = parse_endpoint(f"unix://{tmp_path}/own/docker.sock", "a test")
    for name, endpoint in (("one", own), ("two", GONE)):
        there = note_of(endpoint)
        folder.keep(Kept("network", name, name, "box", "test_it", time.time() + DAY, there))
    assert [one.id for one in folder.kept(lasting=True)] == ["one", "two"]
    folder.private.write_text(f"{tmp_path}/own", encoding="utf-8")
    assert [one.id for one in folder.kept(lasting=True)] == ["two"]
    assert [one.id for one in folder.kept()] == ["one", "two"]
    folder.release()


@pytest.mark.parametrize("session", ["", " "])
def test_an_empty_id_is_not_the_beginning_of_every_runs(tmp_path: Path, session: str) -> None:
    with pytest.raises(InvalidInput, match=r"^session: it is empty"):
        sweep(tmp_path, None, session=session)
