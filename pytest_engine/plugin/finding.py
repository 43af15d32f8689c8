"""Which of our fixtures a test's arguments stand for, known before pytest sets them up.

pytest does not tell that in its public interface before a test runs. Its rule is documented,
so it is followed here: classes, module, conftest files from the nearest on, plugins. Where that
is not enough to be sure, nothing is found. A mistake costs a container that nobody asks for,
since pytest itself decides in the end which fixture a test gets.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from .participants import conftest_folder
from .recipe import Recipe, recipe_of

__all__ = ["Finder", "Found", "will_run"]

# From pytest 8.4 on a class of its own, before that a function like any other.
_FIXTURE_TYPE = type(pytest.fixture(lambda: None))
# Where a fixture has what it was marked with: from pytest 8.4 on, and before.
_MARKERS = ("_fixture_function_marker", "_pytestfixturefunction")
# What a mark of one of these leads to is known when the test is set up.
_DOUBTFUL = ("engine_requires",)


class Found(NamedTuple):
    """One of our fixtures, for a test and all that share its value.

    Attributes:
        recipe: how it is made.
        name: its name.
        node: the node whose end is the end of its value; of function scope: None.
    """

    recipe: Recipe
    name: str
    node: pytest.Item | pytest.Collector | None


class _Home(NamedTuple):
    """A namespace that may define fixtures, and the folder of the conftest file that it is."""

    names: Mapping[str, Any]
    folder: Path | None


class Finder:
    """Finds our fixtures behind the names that tests use."""

    def __init__(self, config: pytest.Config) -> None:
        """Look at nothing yet."""
        self._plugins = config.pluginmanager
        self._plugin_homes: list[_Home] | None = None
        # Below one node, a name stands for one fixture.
        self._known: dict[tuple[object, str], tuple[Recipe, Path | None] | None] = {}
        self._own_engines: dict[object, bool] = {}

    def all_of(self, item: pytest.Item) -> Iterator[Found]:
        """List those of our fixtures that a test uses, directly or not."""
        for name in getattr(item, "fixturenames", ()):
            found = self.find(item, name)
            if found is not None:
                yield found

    def find(self, item: pytest.Item, name: str) -> Found | None:
        """Find the fixture that a name stands for in a test; None: in doubt, or not ours."""
        if name in getattr(getattr(item, "callspec", None), "params", {}):
            # Parametrised: of the values of one fixture, one at a time is wanted.
            return None
        key = (item.parent, name)
        if key not in self._known:
            self._known[key] = self._look_up(item, name)
        known = self._known[key]
        if known is None:
            return None
        recipe, folder = known
        if recipe.scope == "function":
            return Found(recipe, name, None)
        node = _node_of(item, recipe.scope, folder)
        return None if node is None else Found(recipe, name, node)

    def has_own_engine(self, item: pytest.Item) -> bool:
        """Whether a test has an engine that is not this plugin's fixture."""
        if item.parent not in self._own_engines:
            self._own_engines[item.parent] = self._look_for_own_engine(item)
        return self._own_engines[item.parent]

    def _look_for_own_engine(self, item: pytest.Item) -> bool:
        for home in self._homes(item):
            # It may have any name there.
            if any(_name_of(value, name) == "engine" for name, value in [*home.names.items()]):
                return home.names.get("__name__") != __package__
        return True

    def _look_up(self, item: pytest.Item, name: str) -> tuple[Recipe, Path | None] | None:
        for home in self._homes(item):
            value = _bare(home.names.get(name))
            recipe = None if value is None else recipe_of(value)
            if recipe is not None:
                return recipe, home.folder
            if _name_of(value, name) == name:
                return None
        return None

    def _homes(self, item: pytest.Item) -> Iterator[_Home]:
        for node in reversed(item.listchain()):
            if isinstance(node, pytest.Class):
                yield from _homes_of_class(node.obj)
            elif isinstance(node, pytest.Module):
                yield _Home(getattr(node.obj, "__dict__", {}), None)
        if self._plugin_homes is None:
            self._plugin_homes = list(self._look_at_plugins())
        conftests = [home for home in self._plugin_homes if home.folder in item.path.parents]
        yield from sorted(conftests, key=_depth, reverse=True)
        # Among plugins, who comes later counts.
        yield from (home for home in reversed(self._plugin_homes) if home.folder is None)

    def _look_at_plugins(self) -> Iterator[_Home]:
        for _name, plugin in self._plugins.list_name_plugin():
            names = getattr(plugin, "__dict__", {})
            yield _Home(names, conftest_folder(plugin))
            if plugin is not None and not isinstance(plugin, ModuleType):
                yield from _homes_of_class(type(plugin))


def _homes_of_class(cls: type) -> Iterator[_Home]:
    for base in getattr(cls, "__mro__", ())[:-1]:
        yield _Home(vars(base), None)


def will_run(item: pytest.Item) -> bool:
    """Whether a test runs for all that is known; in doubt it does not."""
    if item.get_closest_marker("skip") or any(map(item.get_closest_marker, _DOUBTFUL)):
        return False
    if any(mark.kwargs.get("run", True) is False for mark in item.iter_markers("xfail")):
        return False
    for mark in item.iter_markers("skipif"):
        stated = mark.kwargs.get("condition")
        conditions = mark.args if stated is None else (*mark.args, stated)
        # Texts are evaluated by pytest, in a namespace of its own.
        if not all(isinstance(one, bool) and not one for one in conditions):
            return False
    return True


def _depth(home: _Home) -> int:
    return len(home.folder.parts) if home.folder else 0


# By their types alone: modules hold all sorts of objects, some of which do things when they are
# asked for anything, their class included.


def _bare(value: Any) -> Any:
    return value.__func__ if issubclass(type(value), staticmethod) else value


def _name_of(value: object, attribute: str) -> str | None:
    """Tell the name that pytest gives to a fixture; None: it is none."""
    value = _bare(value)
    if not issubclass(type(value), _FIXTURE_TYPE):
        return None
    markers = (inspect.getattr_static(value, name, None) for name in _MARKERS)
    marker: Any = next(filter(None, markers), None)
    return None if marker is None else marker.name or attribute


def _node_of(
    item: pytest.Item, scope: str, folder: Path | None
) -> pytest.Item | pytest.Collector | None:
    if scope == "session":
        return item.session
    if scope == "module":
        return item.getparent(pytest.Module)
    if scope == "class":
        return item.getparent(pytest.Class)
    if scope == "package":
        for node in reversed(item.listchain()):
            if isinstance(node, pytest.Package) and node.path == folder:
                return node
        return item.session
    return None
