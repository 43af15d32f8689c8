"""How the value of a fixture is made: what a factory leaves behind for the plugin."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pytest_engine.core.client import Engine

    from .session import Session

__all__ = ["NAMED", "SHARED", "Hints", "Recipe", "recipe_of"]

# Where the functions of fixtures keep theirs; pytest copies a function's attributes to what it
# makes of it.
_ATTRIBUTE = "pytest_engine_recipe"


@dataclass(frozen=True)
class Hints:
    """When something may be made and removed.

    Attributes:
        ahead: whether it may be made before a test asks for it.
        alone: whether there can be one of it at a time, because it has a name or a port of
            its own, or is found by name on a network that outlives it.
        prestart: how many are kept ready for the next tests.
        waits: whether it is removed after everything that was to be removed before,
            because that may use it.
        lingers: whether it may still be there while the next test runs.
    """

    ahead: bool = True
    alone: bool = False
    prestart: int = 0
    waits: bool = False
    lingers: bool = False


# Networks, volumes and images, which containers may use.
SHARED = Hints(waits=True, lingers=True)
# Those of them that have a certain name.
NAMED = replace(SHARED, alone=True)


@dataclass(frozen=True, eq=False)
class Recipe:
    """How the value of a fixture is made.

    Attributes:
        make: makes the value, and removes it at the end. It gets the request, the engine
            and the values of the fixtures that it refers to, and may be called, and
            ended, in any thread.
        references: names those fixtures.
        title: what is made, in few words.
        scope: the fixture's scope.
        hints: when it may be made and removed.
        folder: that of the file in which the fixture is defined.
        definition: gets the run, the engine, those values and the variables of a process, and
            tells what would be made: the same text, the same thing. None: variables make no
            difference.
    """

    make: Callable[
        [pytest.FixtureRequest, Engine, Mapping[str, Any]], AbstractContextManager[object]
    ]
    references: Callable[[], Iterator[str]]
    title: str
    scope: str
    hints: Hints
    folder: Path
    definition: Callable[[Session, Engine, Mapping[str, Any], Mapping[str, str]], str] | None = None

    def attach(self, function: Callable[..., object]) -> None:
        """Leave this at the function of a fixture."""
        setattr(function, _ATTRIBUTE, self)


def recipe_of(fixture: object) -> Recipe | None:
    """Return the recipe of a fixture; None where it is none of ours."""
    # Statically: modules hold all sorts of objects, some of which do things when they are asked.
    found = inspect.getattr_static(fixture, _ATTRIBUTE, None)
    return found if isinstance(found, Recipe) else None
