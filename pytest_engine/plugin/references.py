"""References from one fixture to another, as real dependencies that pytest knows.

A factory is handed the fixtures that it refers to as objects: `network=backend`. pytest
knows fixtures by the names that they are assigned to, which do not exist yet while the
factory runs. They do when pytest reads the signature of the fixture function, at
collection; so the signature works out its parameters then.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["Fixture", "LateSignature", "Namespaces", "fill_in", "names_in"]

T_co = TypeVar("T_co", covariant=True)

# `{redis.name}`; what stands in doubled braces, as in Go's templates, is left alone.
_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)\}")
_ATTRIBUTES = ("id", "internal_url", "ip", "name")


class Fixture(Generic[T_co]):
    """The type of what a factory returns: a pytest fixture whose value is a `T_co`.

    Assign it to a name, and use that name as a test's argument; or hand it to another
    factory. There are no objects of this very class.
    """


class Namespaces:
    """Where the fixtures that a factory was given may have been assigned to names.

    Attributes:
        module: the name of the factory's caller's module.
        file: its file.
        place: the lines of code that the call of the factory went through, from its caller
            up to the module that was being imported; the same in all workers of a run.
    """

    def __init__(self, frame: FrameType | None, factory: str) -> None:
        """Remember the namespaces of the factory's caller, and of its callers."""
        self.factory = factory
        self._spaces: list[Mapping[str, Any]] = []
        self.module = str(frame.f_globals.get("__name__", "")) if frame else ""
        self.file = str(frame.f_globals.get("__file__", "")) if frame else ""
        self.line = frame.f_lineno if frame else 1
        self.in_class = frame is not None and _is_class_body(frame)
        places: list[str] = []
        outside = False
        seen: set[int] = set()
        while frame is not None:
            outside = outside or frame.f_code.co_filename.startswith("<frozen importlib")
            if not outside:
                places.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            # Fixtures in the body of a class are only among the locals of that body.
            spaces = [frame.f_globals]
            if _is_class_body(frame):
                spaces.insert(0, frame.f_locals)
            self._spaces += [space for space in spaces if id(space) not in seen]
            seen.update(map(id, spaces))
            frame = frame.f_back
        self.place = " ".join(places)

    def shared_place(self, scope: str, *, per_worker: bool) -> str | None:
        """Tell where a fixture is defined, if the workers of a run are to share its value."""
        return None if per_worker or scope != "session" else self.place

    @property
    def folder(self) -> Path:
        """The folder of the file that called the factory, where its relative paths start."""
        return Path(self.file).parent if self.file else Path.cwd()

    def line_from(self, root: Path) -> str:
        """The line that called the factory, as `file:line`, seen from a folder."""
        return f"{os.path.relpath(self.file, root) if self.file else '<stdin>'}:{self.line}"

    def name_of(self, fixture: object, option: str) -> str:
        """Find the name that a fixture was assigned to.

        Args:
            fixture: the fixture, or its name.
            option: the factory's argument that it was given as, for the message.

        Raises:
            InvalidInput: it has no name.
        """
        if isinstance(fixture, str):
            return fixture
        for space in self._spaces:
            for name, value in list(space.items()):
                if value is fixture:
                    return name
        raise InvalidInput(
            f"{option}: {_shown(fixture)} is not a fixture that is assigned to a name where this "
            "fixture is defined. Assign it to one first: that is how pytest knows it."
        )


def _shown(fixture: object) -> str:
    """Say what was given, if it is a fixture by the line that made it."""
    function = getattr(fixture, "__wrapped__", fixture)
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        return repr(fixture)
    return f"what {Path(code.co_filename).name}:{code.co_firstlineno} made"


def _is_class_body(frame: FrameType) -> bool:
    return "__qualname__" in frame.f_locals and "__module__" in frame.f_locals


class LateSignature(inspect.Signature):
    """The signature of a fixture function whose dependencies are named when it is read."""

    def __init__(
        self,
        parameters: Sequence[inspect.Parameter] | None = None,
        *,
        return_annotation: Any = inspect.Signature.empty,
        late: Callable[[], Iterator[str]] | None = None,
        **rest: Any,
    ) -> None:
        """Take the function that names the dependencies."""
        super().__init__(parameters, return_annotation=return_annotation, **rest)
        self._late = late

    __slots__ = ("_late",)

    @property
    def parameters(self) -> Any:  # a mapping proxy in the class above
        """The parameters: none but `*bound` (a class's instance) by position."""
        if self._late is None:
            return super().parameters
        names = dict.fromkeys(("request", "engine", *self._late()))
        empty = inspect.Parameter("bound", inspect.Parameter.VAR_POSITIONAL)
        return {
            "bound": empty,
            **{name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names},
        }


def names_in(value: object) -> Iterator[str]:
    """List the fixtures that the placeholders in texts, lists and mappings refer to.

    Raises:
        InvalidInput: a placeholder asks for something that cannot be filled in.
    """
    for text in _texts(value):
        for match in _PLACEHOLDER.finditer(text):
            if match[2] not in _ATTRIBUTES:
                raise InvalidInput(
                    f"{text!r}: {match[0]} cannot be filled in; write {{{match[1]}.name}}, "
                    f"{{{match[1]}.id}} or {{{match[1]}.ip}}, or double its braces to "
                    "keep it as it is."
                )
            yield match[1]


def fill_in(value: Any, fixtures: Mapping[str, Any]) -> Any:
    """Fill in the placeholders in texts, lists and mappings.

    Raises:
        InvalidInput: a fixture's value has no such property.
    """
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: _property(match[0], match, fixtures), value)
    if isinstance(value, Mapping):
        return {key: fill_in(item, fixtures) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill_in(item, fixtures) for item in value]
    return value


def _property(placeholder: str, match: re.Match[str], fixtures: Mapping[str, Any]) -> str:
    value = fixtures[match[1]]
    found = getattr(value, match[2], None)
    if callable(found):
        found = found()
    if not isinstance(found, str):
        raise InvalidInput(f"{placeholder}: the fixture {match[1]} has no {match[2]}.")
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
