"""Fixture functions: what a factory hands to pytest, and who called the factory."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from operator import methodcaller
from typing import TYPE_CHECKING, Any, Callable, cast

import pytest

from pytest_engine.core.errors import InvalidInput

from .fixtures import session_of
from .lending import lend
from .recipe import Hints, Recipe
from .references import LateSignature, Namespaces

if TYPE_CHECKING:
    from types import FrameType, FunctionType
    from typing import Literal

    from pytest_engine.core.buildcontext import Sources
    from pytest_engine.core.client import Engine

    from .session import Session

    Scope = Literal["session", "package", "module", "class", "function"]
    Others = Mapping[str, Any]

__all__ = [
    "WRONG_ARGUMENT",
    "callers",
    "check_timeout",
    "fixture_function",
    "located",
    "no_references",
]

_NONE = Hints()
WRONG_ARGUMENT = methodcaller("errisinstance", InvalidInput)
"""As a factory's `__tracebackhide__`: an error of what it was given is shown at its call, and at
the check that found it."""

_OURS = f"{__name__.partition('.')[0]}."


def fixture_function(
    make: Callable[[pytest.FixtureRequest, Engine, Others], AbstractContextManager[object]],
    references: Callable[[], Iterator[str]],
    names: Namespaces,
    title: str,
    hints: Hints = _NONE,
    *,
    scope: Scope,
    doc: str | None = None,
    definition: Callable[[Session, Engine, Others, Mapping[str, str]], str] | None = None,
    params: Sequence[object] | None = None,
    ids: Sequence[str] | None = None,
) -> object:
    """Make a fixture function whose arguments are the fixtures that it refers to.

    Args:
        make: makes the fixture's value; gets the values of the other fixtures by name.
        references: names those.
        names: who called the factory.
        title: what the fixture is, for messages.
        hints: when it may be made and removed.
        scope: how long it lives.
        doc: what `pytest --fixtures` says of it; None: what it is made from.
        definition: as in `Recipe`.
        params: makes every test run once for each.
        ids: their names.
    """

    def resource(*bound: object, **others: Any) -> Iterator[object]:
        # In a class's body the fixture is a method; its instance is of no use here.
        del bound
        request = others.pop("request")
        where = names.line_from(request.config.rootpath)
        yield from lend(recipe, request, others.pop("engine"), others, where)

    @contextmanager
    def noted(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[object]:
        with ExitStack() as stack:
            with session_of(request.config).making_for(recipe):
                value = stack.enter_context(make(request, engine, others))
            yield value

    recipe = Recipe(noted, references, title, scope, hints, names.folder, definition)
    function = _defined_at(names, resource)
    recipe.attach(function)
    function.__doc__ = doc or f"{title[:1].upper()}{title[1:]}, by pytest-engine."
    function.__module__ = names.module
    function.__name__ = function.__qualname__ = names.factory
    function.__signature__ = LateSignature(  # type: ignore[attr-defined]
        late=lambda: _named(references)
    )
    # Bound to an instance, one that lives as long as the class is refused by pytest 10.
    is_static = names.in_class and pytest.version_tuple >= (9,)
    made: object = pytest.fixture(scope=scope, params=params, ids=ids)(
        staticmethod(function) if is_static else function
    )
    return made


def _named(references: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Name the fixtures that have a name; the first that has none ends it."""
    with suppress(InvalidInput):
        yield from references()


def _defined_at(names: Namespaces, function: Callable[..., Iterator[object]]) -> FunctionType:
    """Make a function that people find where they called the factory, and that calls another.

    `pytest --fixtures`, the report of a fixture that is missing and tracebacks then show the line
    with the factory's call. All of the function is one line, so no other is shown.
    """

    # fmt: off
    def defined(*bound: object, **others: Any) -> Any: yield from function(*bound, **others)
    # fmt: on
    defined.__code__ = defined.__code__.replace(
        co_filename=names.file or defined.__code__.co_filename, co_firstlineno=names.line
    )
    return cast("FunctionType", defined)


def callers() -> Namespaces:
    """Remember who called the factory that calls this.

    A preset of ours is a factory, too; so is a function of somebody else's that hides itself
    from tracebacks, as pytest has it.
    """
    frame = inspect.currentframe()
    factory = ""
    while frame is not None and _is_factory(frame):
        factory = frame.f_code.co_name
        frame = frame.f_back
    return Namespaces(frame, factory)


def _is_factory(frame: FrameType) -> bool:
    is_ours = str(frame.f_globals.get("__name__")).startswith(_OURS)
    return is_ours or frame.f_locals.get("__tracebackhide__") is True


def check_timeout(timeout: float | None, factory: str) -> None:
    """Refuse what is no time to wait.

    Raises:
        InvalidInput: it is none.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    if timeout is not None:
        # Here, because conditions load a lot, and most fixtures state no time.
        from pytest_engine.core.wait.condition import check_time

        check_time(timeout, f"{factory}: timeout")


def no_references() -> Iterator[str]:
    """Name no fixtures, for those that refer to none."""
    return iter(())


def located(context: Sources, names: Namespaces) -> Sources:
    """Find a folder from the file that names it, whatever the working directory is."""
    if isinstance(context, Mapping):
        return context
    return names.folder / context
