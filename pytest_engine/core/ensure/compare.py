"""How a wanted field and an actual one are compared: declared per field, done here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput

__all__ = [
    "Difference",
    "Field",
    "compare_fields",
    "comparison",
    "contains",
    "covers",
    "covers_records",
    "difference_of",
    "equals",
    "stated_fields",
]

# A difference is shown to people and kept in logs; what looks like a secret is not.
_SECRET = re.compile(r"pass|secret|token|key|credential|auth(?!or)", re.IGNORECASE)
# One of several options in a text, such as the `o` of a volume. Two commas are one of the value:
# so mount.cifs takes a password that has some.
_SECRET_OPTION = re.compile(
    rf"((?:^|,)[^,=]*(?:{_SECRET.pattern})[^,=]*=)(?:,,|[^,])+", re.IGNORECASE
)
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
        may_hold_secrets: whether values are masked whose keys sound like secrets, also of
            options within a text: `addr=nas,password=...`.
        sort: what it is, for whoever compares it otherwise: see `comparison`.
    """

    name: str
    wanted: Callable[[Any], Any]
    actual: Callable[[Mapping[str, Any]], Any]
    same: Callable[[Any, Any], bool]
    in_place: Callable[[Any, Any], bool] = lambda _wanted, _actual: False
    may_hold_secrets: bool = False
    sort: str = "value"


def equals(wanted: Any, actual: Any) -> bool:
    """Compare by equality."""
    return bool(wanted == actual)


def contains(wanted: Mapping[Any, Any], actual: Mapping[Any, Any]) -> bool:
    """Tell whether a mapping holds all wanted keys with their values; it may hold more."""
    return all(key in actual and actual[key] == value for key, value in wanted.items())


def covers(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    """Tell whether a collection holds all wanted items, in any order; it may hold more."""
    return all(item in actual for item in wanted)


def covers_records(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    """Tell whether each wanted mapping is contained in one that is there."""
    return all(any(contains(item, there) for there in actual) for item in wanted)


def _same_records(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    return covers_records(wanted, actual) and all(
        any(contains(item, there) for item in wanted) for there in actual
    )


def _same_set(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    return covers(wanted, actual) and all(item in wanted for item in actual)


def _in_order(wanted: Sequence[Any], actual: Sequence[Any]) -> bool:
    there = iter(actual)
    return all(item in there for item in wanted)


Same = Callable[[Any, Any], bool]
_COMPARISONS: Mapping[tuple[str, str], Same] = {
    ("value", "strict"): equals,
    ("list", "strict"): equals,
    ("list", "allow_more_present"): _in_order,
    ("set", "strict"): _same_set,
    ("set", "allow_more_present"): covers,
    ("dict", "strict"): equals,
    ("dict", "allow_more_present"): contains,
    ("records", "strict"): _same_records,
    ("records", "allow_more_present"): covers_records,
}


def comparison(sort: str, mode: object, what: str) -> Same:
    """Return how fields of a sort are compared in another mode than the usual one.

    Args:
        sort: `value`, `list` (in order), `set`, `dict` or `records` (a set of mappings).
        mode: `strict`, `allow_more_present` or `ignore`.
        what: the field, for the message.

    Raises:
        InvalidInput: there is no such mode, or the sort does not have it.
    """
    if mode == "ignore":
        return lambda _wanted, _actual: True
    same = _COMPARISONS.get((sort, mode)) if isinstance(mode, str) else None
    if same is None:
        has = ", ".join(["ignore", *(name for kind, name in _COMPARISONS if kind == sort)])
        raise InvalidInput(f"comparisons: {what} has {has}, not {mode!r}.")
    return same


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
            differences.append(difference_of(field, stated, there))
    return tuple(differences)


def stated_fields(fields: Sequence[Field], wanted: Any) -> dict[str, Any]:
    """Return the fields that are stated, in a form for people to read."""
    stated = {field.name: _shown(field, field.wanted(wanted)) for field in fields}
    return {name: value for name, value in stated.items() if value is not None}


def difference_of(
    field: Field, wanted: Any, actual: Any, same: Callable[[Any, Any], bool] | None = None
) -> Difference:
    """Show of mappings only the keys that differ: who reads a diff looks for those."""
    if (same or field.same) is contains:
        actual = {key: actual.get(key) for key in wanted if actual.get(key) != wanted[key]}
        wanted = {key: wanted[key] for key in actual}
    return Difference(field.name, _shown(field, wanted), _shown(field, actual))


def _shown(field: Field, values: Any) -> Any:
    return _masked(values) if field.may_hold_secrets else values


def _masked(values: Any) -> Any:
    """Mask what looks like a secret, also in a list of records and within these."""
    if isinstance(values, Mapping):
        return {
            key: _MASK if value is not None and _SECRET.search(str(key)) else _masked(value)
            for key, value in values.items()
        }
    if isinstance(values, str):
        return _SECRET_OPTION.sub(rf"\g<1>{_MASK}", values)
    return [_masked(value) for value in values] if isinstance(values, (list, tuple)) else values
