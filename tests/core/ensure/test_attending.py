"""Staying with a container to its end, also where the connection does not last so long."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure import attending
from pytest_engine.core.ensure.attending import Foreground
from pytest_engine.core.errors import ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Scratch
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine


@pytest.fixture
def distant(counted: RequestLog) -> Iterator[Engine]:
    """The engine, at the end of a way that can be cut."""
    with Engine(counted.host) as engine:
        yield engine


def created(engine: Engine, name: str, image: str, script: str, **host: object) -> str:
    """Create a container that runs a script."""
    command = ["sh", "-c", script]
    body = {"Image": image, "Cmd": command, "HostConfig": host, "StopSignal": "KILL"}
    return str(engine.containers.create(body, name=name)["Id"])  # type: ignore[arg-type]  # of parts


def test_a_lost_connection_is_not_its_end(
    engine: Engine, distant: Engine, counted: RequestLog, scratch: Scratch, busybox: str
) -> None:
    container = created(engine, scratch.name(), busybox, "echo begun; sleep 3; echo done; exit 5")
    with closing(Foreground()) as stays:
        stays.start(distant, container)
        counted.cut()
        stays.stay(distant)
    assert (stays.status, stays.output, stays.readable) == (5, "begun\ndone\n", True)


def test_an_end_that_was_not_told_is_looked_up(
    engine: Engine, distant: Engine, counted: RequestLog, scratch: Scratch, busybox: str
) -> None:
    container = created(engine, scratch.name(), busybox, "echo begun; sleep 600")
    with closing(Foreground()) as stays:
        stays.start(distant, container)
        counted.cut()
        engine.containers.stop(container)
        stays.stay(distant)
    assert (stays.status, stays.output) == (137, "begun\n")


def test_of_one_that_vanished_meanwhile_nobody_can_tell_how_it_ended(
    engine: Engine, distant: Engine, counted: RequestLog, scratch: Scratch, busybox: str
) -> None:
    container = created(engine, scratch.name(), busybox, "sleep 600", AutoRemove=True)
    with closing(Foreground()) as stays:
        stays.start(distant, container)
        counted.cut()
        engine.containers.remove(container, force=True)
        stays.stay(distant)
    assert (stays.status, stays.readable) == (None, False)
    assert "nobody can tell" in stays.output


def test_an_engine_that_stays_away_is_told_and_the_container_left_alone(
    engine: Engine,
    distant: Engine,
    counted: RequestLog,
    scratch: Scratch,
    busybox: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attending, "_PATIENCE", 0.5)
    container = created(engine, scratch.name(), busybox, "sleep 600")
    with closing(Foreground()) as stays:
        stays.start(distant, container)
        counted.close()
        with pytest.raises(ConnectionLost, match=f"{container} was started, and may still run"):
            stays.stay(distant)
    assert engine.containers.inspect(container)["State"]["Running"]
