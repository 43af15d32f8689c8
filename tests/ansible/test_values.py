"""What the modules make of the values of their options, before anything is sent."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.ansible


@pytest.fixture(scope="module")
def part(collection: Path) -> Iterator[Callable[[str], Any]]:
    """Imports a part of the staged collection that the modules share: `part("engine")`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(collection / "plugins")
        yield lambda name: importlib.import_module(f"module_utils.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == "module_utils"]:
        del sys.modules[name]


@pytest.fixture
def engine(part: Callable[[str], Any]) -> Any:
    """The one door between the modules and the core."""
    return part("engine")


def test_filters_are_texts_or_lists_of_them(engine: Any) -> None:
    stated = {"label": ["a=1", 2], "dangling": True, "until": 24, "all": "", "age": 1.5}
    expected = {"label": ["a=1", "2"], "dangling": "true", "until": "24", "all": "", "age": "1.5"}
    assert engine.filters(stated) == expected
    assert engine.filters({}) == {}
    assert engine.filters(None) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "label! is null, which restricts nothing"),
        ([], "label! is an empty list, which restricts nothing"),
        ({"keep": "true"}, "{'keep': 'true'} of label! is no text. Write label!: name=value, or"),
        (["a", None], "None of label! is no text. Write one, or a list"),
        (["a", ["b"]], "['b'] of label! is no text"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_the_name_of_the_option(
    engine: Any, value: object, said: str
) -> None:
    with pytest.raises(engine.errors.InvalidInput) as caught:
        engine.filters({"label!": value}, "volumes_filters")
    assert str(caught.value).startswith(f"volumes_filters: {said}")
