"""What is told of a container where the engine notes it late, or tells it no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import EngineError, WaitTimeout
from pytest_engine.core.wait.facts import facts_of
from pytest_engine.core.wait.report import with_reason
from tests.stubborn import StubbornEngine

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.types.engine import ContainerInspectResponse

ENDED = {"Status": "exited", "ExitCode": 137, "FinishedAt": "2026-01-01T00:00:00Z"}
KILLED = {**ENDED, "OOMKilled": True}
AGAIN = {"Status": "running", "FinishedAt": "2026-01-01T00:00:01Z"}


class Told:
    """A container that tells its states one by one, and the last one from then on."""

    id = "c1"

    def __init__(self, *states: dict[str, Any] | EngineError) -> None:
        self.engine = Engine("unix:///nowhere.sock")
        self._states = [*states]
        self.asked = 0

    def inspect(self) -> ContainerInspectResponse:
        self.asked += 1
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if isinstance(state, EngineError):
            raise state
        return cast("ContainerInspectResponse", {"State": state})


@pytest.mark.parametrize(
    ("later", "reason", "looks"),
    [
        ([KILLED], KILLED, 1),
        ([ENDED, KILLED], KILLED, 2),
        ([ENDED], ENDED, 5),
        # Started anew meanwhile, or not to be asked: what was known of the end is told.
        ([AGAIN], ENDED, 5),
        ([EngineError("The connection was lost.")], ENDED, 1),
    ],
)
def test_lack_of_memory_may_be_noted_after_the_end(
    later: list[Any], reason: dict[str, Any], looks: int
) -> None:
    container = Told(*later)
    facts = facts_of(container.engine, {"HostConfig": {"Memory": 8 << 20}})
    state: Any = dict(ENDED)
    assert with_reason(container, facts, state) == reason
    assert container.asked == looks


@pytest.mark.parametrize(
    ("state", "memory"), [({**ENDED, "ExitCode": 1}, 8 << 20), (ENDED, 0), (KILLED, 8 << 20)]
)
def test_nobody_asks_why_where_it_is_known(state: Any, memory: int) -> None:
    container = Told(KILLED)
    facts = facts_of(container.engine, {"HostConfig": {"Memory": memory}})
    assert with_reason(container, facts, state) == state
    assert container.asked == 0


def test_a_wait_ends_in_time_though_the_engine_does_not_tell_the_log(tmp_path: Path) -> None:
    deaf = ".*/logs.*follow=false.*"
    with StubbornEngine(tmp_path / "e.sock", containers=("web",), deaf=deaf) as stubborn:
        container = Container(Engine(stubborn.host, environ={}, timeout=0.3), "web")
        with pytest.raises(WaitTimeout) as caught:
            container.wait(wait.log("never"), timeout=0.2)
    assert "they cannot be read: " in str(caught.value)
    assert "stayed silent for 0.3 s" in caught.value.log_tail
