"""JSON in which something is looked for (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Union

from .text import shown

__all__ = ["JsonWanted", "holds", "json_differs"]

# What JSON has to hold: an object with such members, a value, or what a function says.
JsonWanted = Union[
    Mapping[str, Any], Sequence[Any], str, int, float, bool, Callable[[Any], object], None
]


def json_differs(text: str, wanted: JsonWanted) -> str | None:
    """Say how a text is not the JSON that is looked for; None: it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "with a body that is no JSON"
    is_found = bool(wanted(value)) if callable(wanted) else holds(value, wanted)
    return None if is_found else f"with JSON unlike {shown(wanted)}"


def holds(value: object, wanted: object) -> bool:
    """Say whether a value is the wanted one, or an object that has the wanted members."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and holds(value[name], part) for name, part in wanted.items()
        )
    # In JSON, true is no number.
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
