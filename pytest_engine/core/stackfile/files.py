"""Compose files put together: variables filled in, one file laid over another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from .values import read_hosts, read_items, read_parts

__all__ = ["fill_in", "lay_over"]

_VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<plain>[A-Za-z_]\w*)"
    r"|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>[^{}]*))?\}|(?P<wrong>))"
)
# What is one thing, though it is a list.
_WHOLE = ("command", "entrypoint", "test")
# What is named and then described.
_SECTIONS = ("services", "networks", "volumes", "secrets", "configs")


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
    """Lay files over each other: mappings are merged, lists made longer, the rest replaced.

    What is there without a value (`services:`, `deploy:`) takes no mapping and no such list away.
    It does not matter in which form a file has them (`[A=1]`, `{A: 1}`). A volume takes the place
    of another one at the same path, a secret or a config that of the same one, and the options of
    a log driver go with the driver.

    Args:
        files: with values for their variables, as these may stand in what is compared.

    Raises:
        InvalidInput: a section or what it names is no mapping, an extra host is not written as
            one, or an item of a list is no text.
    """
    result: dict[str, Any] = {}
    for file in files:
        result = _merged(result, _in_one_form(file))
    return result


def _in_one_form(file: Mapping[str, Any]) -> dict[str, Any]:
    formed = dict(file)
    for section in _SECTIONS:
        if section in file:
            formed[section] = {
                key: _part(f"{section}.{key}", part)
                for key, part in read_parts(file, section).items()
            }
    return formed


def _named(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Take those of which nothing is said for empty ones, which take nothing from others."""
    return {name: {} if part is None else part for name, part in parts.items()}


def _part(where: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Bring into one form what may be written in several; what cannot be is refused later."""
    formed = dict(stated)
    for key, (sort, form) in _FORMS.items():
        if isinstance(stated.get(key), sort):
            formed[key] = form(stated[key], f"{where}.{key}")
    return formed


def _paired(stated: Any, where: str) -> dict[str, str | None]:
    parts = (text.partition("=") for text in read_items(stated, where))
    return {name: value if sign else None for name, sign, value in parts}


def _listed(text: str, _where: str) -> list[str]:
    return [text]


def _networks(stated: Any, where: str) -> dict[str, Any]:
    is_mapping = isinstance(stated, Mapping)
    return _named(stated if is_mapping else dict.fromkeys(read_items(stated, where)))


# What of a service, or of what is in it, may be written in several ways: name -> that one of
# which another is made, and how.
_FORMS: Mapping[str, tuple[Any, Callable[[Any, str], Any]]] = {
    **dict.fromkeys(("environment", "labels", "sysctls"), (list, _paired)),
    **dict.fromkeys(("dns", "dns_opt", "dns_search", "env_file", "tmpfs"), (str, _listed)),
    "deploy": (Mapping, lambda stated, where: _part(where, stated)),
    "extra_hosts": (list, read_hosts),
    "networks": ((list, Mapping), _networks),
}


def _target(mount: Any) -> str:
    # In a text it stands alone, or behind the source.
    written = mount.get("target") if isinstance(mount, Mapping) else str(mount).split(":")[:2][-1]
    return str(written).rstrip("/")


def _source(file: Any) -> str:
    return str(file.get("source") if isinstance(file, Mapping) else file)


# What a service has once, whatever else is said of it.
_ONCE: Mapping[str, Callable[[Any], str]] = {
    "volumes": _target,
    "secrets": _source,
    "configs": _source,
}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            is_other = key == "logging" and _have_other_drivers(there, value)
            merged[key] = dict(value) if is_other else _merged(there, value)
        elif isinstance(there, list) and isinstance(value, list) and key not in _WHOLE:
            merged[key] = _longer(key, there, value)
        elif value is not None or not isinstance(there, (Mapping, list)) or key in _WHOLE:
            merged[key] = value
    return merged


def _have_other_drivers(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    drivers = [section["driver"] for section in (below, above) if section.get("driver")]
    return len(drivers) > 1 and drivers[0] != drivers[1]


def _longer(key: str, below: list[Any], above: list[Any]) -> list[Any]:
    if key not in _ONCE:
        return [*below, *(item for item in above if item not in below)]
    once = _ONCE[key]
    replaced = {once(item) for item in above}
    return [*(item for item in below if once(item) not in replaced), *above]
