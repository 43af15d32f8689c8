"""Compose files put together: variables filled in, one file laid over another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput

__all__ = ["fill_in", "lay_over"]

_VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>[^{}]*))?\}|(?P<wrong>))"
)
# What is one thing, though it is a list.
_WHOLE = ("command", "entrypoint", "test")


def fill_in(value: Any, variables: Mapping[str, str], where: str = "") -> Any:
    """Put values for variables, as `$NAME`, `${NAME}`, `${NAME:-other}`, `${NAME:?message}`.

    `$$` stands for a dollar; a variable that is missing, for nothing.

    Raises:
        InvalidInput: a variable that has to be there is not, or a `$` begins none.
    """
    if isinstance(value, Mapping):
        return {
            key: fill_in(item, variables, f"{where}.{key}" if where else str(key))
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [fill_in(item, variables, where) for item in value]
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda match: _value(match, variables, where), value)


def _value(match: re.Match[str], variables: Mapping[str, str], where: str) -> str:
    if match["dollar"]:
        return "$"
    if match["wrong"] is not None:
        raise InvalidInput(f"{where}: a $ begins no variable. Write $$ for the sign itself.")
    name = match["plain"] or match["name"]
    found = variables.get(name)
    how, word = match["how"] or "", match["word"] or ""
    # With a colon, what is empty is missing.
    missing = found is None or (how.startswith(":") and not found)
    if how.endswith("-"):
        return word if missing else str(found)
    if how.endswith("+"):
        return "" if missing else word
    if how.endswith("?") and missing:
        raise InvalidInput(f"{where}: the variable {name} is missing. {word}".strip())
    return found or ""


def lay_over(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Lay files over each other: mappings are merged, lists made longer, the rest replaced."""
    result: dict[str, Any] = {}
    for file in files:
        result = _merged(result, file)
    return result


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(there, value)
        elif isinstance(there, list) and isinstance(value, list) and key not in _WHOLE:
            merged[key] = [*there, *(item for item in value if item not in there)]
        else:
            merged[key] = value
    return merged
