"""What a fixture function does: lend a value to pytest, and take it back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import lifecycle
from .fixtures import ahead_of, check_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from pytest_engine.core.client import Engine

    from .recipe import Recipe

__all__ = ["lend"]


def lend(
    recipe: Recipe,
    request: pytest.FixtureRequest,
    engine: Engine,
    others: Mapping[str, Any],
    where: str,
) -> Iterator[object]:
    """Yield the value of a fixture, made ahead or now, and end it afterwards.

    Args:
        where: the line that defines the fixture.
    """
    check_engine(engine)
    ahead = ahead_of(request.config)
    with lifecycle.explained(f"Fixture {request.fixturename!r} ({recipe.title})", where):
        # Those that have no name are an error of this fixture, and not of pytest.
        list(recipe.references())
        held = ahead.hold(recipe, request, engine, others)
    made_in = os.getpid()
    try:
        yield held.value
    finally:
        # Where each test has a process of its own, all fixtures end in each of them.
        if os.getpid() == made_in:
            ahead.release(recipe, request, held, others)
