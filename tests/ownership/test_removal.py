"""Removing what a run has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.ownership.patience import Patience
from pytest_engine.ownership.removal import Thing, remove_all
from tests.interrupted import interrupt
from tests.stubborn import StubbornEngine

if TYPE_CHECKING:
    from pathlib import Path

_THINGS = [Thing("container", f"c{number}", f"c{number}") for number in range(12)]


def test_an_interrupt_ends_it_whatever_the_engine_does(tmp_path: Path) -> None:
    with StubbornEngine(tmp_path / "e.sock", deaf="DELETE .*") as stubborn:
        told = interrupt(
            "from pytest_engine.core.client import Engine\n"
            "from pytest_engine.ownership.removal import Thing, remove_all\n"
            f"remove_all(Engine({stubborn.host!r}), {_THINGS!r})",
            lambda: len(stubborn.asked) > 1,
        )
        asked = sum(one.startswith("DELETE") for one in stubborn.asked)
    assert told == "interrupted\n"
    # What had not begun did not.
    assert asked < len(_THINGS)


def test_what_an_engine_that_fell_silent_has_is_left(tmp_path: Path) -> None:
    with StubbornEngine(tmp_path / "e.sock", last="DELETE .*") as stubborn:
        engine = Engine(stubborn.host, api_version="1.44", environ={}, timeout=0.2)
        left = remove_all(engine, _THINGS, Patience(silence=0.5))
    assert set(left) == set(_THINGS)
    assert any("does not answer any more" in why for why in left.values())
