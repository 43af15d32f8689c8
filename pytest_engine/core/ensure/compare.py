"""How a wanted field and an actual one are compared: declared per field, done here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Difference",
    "Field",
    "compare_fields",
    "contains",
    "covers",
    "equals",
    "stated_fields",
]

# A difference is shown to people and kept in logs; what looks like a secret is not.
_SECRET = re.compile(r"pass|secret|token|key|credential|auth(?!or)", re.IGNORECASE)
_MASK = "********"


@dataclass(frozen=True)
class Difference:
    """A field in which what is there differs from what is wanted.

    Attributes:
        field: the spec's name of the field.
        wanted: what is wanted, in a form for people to read.
        actual: what is there, likewise.
    """

    field: str
    wanted: Any
    actual: Any


@dataclass(frozen=True)
class Field:
    """A field of a spec, and how it is compared.

    Attributes:
        name: its name in the spec.
        wanted: spec -> value; None: not stated, so not compared.
        actual: resource -> value in the same form.
        same: whether what is there is as wanted: `equals`, `contains` or `covers`.
        in_place: (wanted, actual) -> whether the engine can change it on the living
            resource.
        may_hold_secrets: whether values are masked whose keys sound like secrets.
    """

    name: str
    wanted: Callable[[Any], Any]
    actual: Callable[[Mapping[str, Any]], Any]
    same: Callable[[Any, Any], bool]
    in_place: Callable[[Any, Any], bool] = lambda _wanted, _actual: False
    may_hold_secrets: bool = False


def equals(wanted: Any, actual: Any) -> bool:
    """Compare by equality."""
    return bool(wanted == actual)


def contains(wanted: Mapping[Any, Any], actual: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping holds all wanted keys with their values; it may hold more."""
    return all(key in actual and actual[key] == value for key, value in wanted.items())


def covers(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    """Tell whether a collection holds all wanted items, in any order; it may hold more."""
    return all(item in actual for item in wanted)


def compare_fields(
    fields: Sequence[Field], wanted: Any, actual: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Compare all fields that are stated."""
    differences = []
    for field in fields:
        stated = field.wanted(wanted)
        if stated is None:
            continue
        there = field.actual(actual)
        if not field.same(stated, there):
            differences.append(_difference(field, stated, there))
    return tuple(differences)


def stated_fields(fields: Sequence[Field], wanted: Any) -> dict[str, Any]:
    """Return the fields that are stated, in a form for people to read."""
    stated = {field.name: _shown(field, field.wanted(wanted)) for field in fields}
    return {name: value for name, value in stated.items() if value is not None}


def _difference(field: Field, wanted: Any, actual: Any) -> Difference:
    """Show of mappings only the keys that differ: who reads a diff looks for those."""
    if field.same is contains:
        actual = {key: actual.get(key) for key in wanted if actual.get(key) != wanted[key]}
        wanted = {key: wanted[key] for key in actual}
    return Difference(field.name, _shown(field, wanted), _shown(field, actual))


def _shown(field: Field, values: Any) -> Any:
    if not field.may_hold_secrets or values is None:
        return values
    return {
        key: _MASK if value is not None and _SECRET.search(str(key)) else value
        for key, value in values.items()
    }
