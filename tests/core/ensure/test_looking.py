"""Looking at several things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.interrupted import interrupt
from tests.stubborn import StubbornEngine

if TYPE_CHECKING:
    from pathlib import Path


def test_an_interrupt_ends_it_whatever_the_engine_does(tmp_path: Path) -> None:
    with StubbornEngine(tmp_path / "e.sock", deaf="GET /images/.*") as stubborn:
        told = interrupt(
            "from pytest_engine.core.client import Engine\n"
            "from pytest_engine.core.ensure.looking import look_up\n"
            f"look_up(Engine({stubborn.host!r}).images.inspect, ['one', 'two'])",
            lambda: len(stubborn.asked) > 1,
        )
    assert told == "interrupted\n"
