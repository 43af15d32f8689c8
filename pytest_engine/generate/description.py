"""What the generators read: one description of the API, put right and completed.

A description tells what one version has. Engines of older versions send fields that it has
dropped since, and some fields no engine has ever spelt as the description does.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["correct", "find_key", "own_fields", "restore"]

Schema = dict[str, Any]

SPELT_OTHERWISE = {("TaskSpec", "ContainerSpec", "HealthCheck"): "Healthcheck"}
"""The way to a field in the definitions, and its name in what engines send.

They take any spelling but answer with their own (seen with 20.10 and 28.5).
"""

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "object", "map_of": _TEXT}
# As swarms keep it, which is not what an engine tells of a network.
_IPAM: Schema = {
    "type": "object",
    "fields": {
        "Driver": {"ref": "Driver"},
        "Configs": {"type": "array", "items": {"ref": "IPAMConfig"}},
    },
}
_NETWORK_OF_A_SWARM: Schema = {
    "type": "object",
    "fields": {
        "ID": _TEXT,
        "Version": {"ref": "ObjectVersion"},
        "CreatedAt": _TEXT,
        "UpdatedAt": _TEXT,
        "Spec": {
            "type": "object",
            "fields": {
                "Name": _TEXT,
                "Labels": _TEXTS,
                "DriverConfiguration": {"ref": "Driver"},
                "IPv6Enabled": {"type": "boolean"},
                "Internal": {"type": "boolean"},
                "Attachable": {"type": "boolean"},
                "Ingress": {"type": "boolean"},
                "IPAMOptions": _IPAM,
                "Scope": _TEXT,
            },
        },
        "DriverState": {"ref": "Driver"},
        "IPAMOptions": _IPAM,
    },
}

UNDESCRIBED: Mapping[tuple[str, str], Schema] = {
    ("Service", "PreviousSpec"): {"ref": "ServiceSpec"},
    ("NetworkAttachment", "Network"): _NETWORK_OF_A_SWARM,
}
"""Definitions and fields that engines send in them, and no description has, or has otherwise."""

ANSWERED_OTHERWISE: Mapping[str, Schema] = {
    name: {"type": "object", "fields": {"ID": {"type": "string"}}}
    for name in ("ConfigCreate", "SecretCreate")
}
"""Operations and what engines answer to them, where the description says `Id`."""


def correct(api: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Schema, Schema]:
    """Put a description and its changes right where engines do otherwise.

    Returns:
        Copies of both.
    """
    corrected, spans_of = copy.deepcopy(dict(api)), copy.deepcopy(dict(changes))
    for (name, *way, wrong), right in SPELT_OTHERWISE.items():
        fields = corrected["definitions"].get(name, {}).get("fields", {})
        for step in way:
            fields = fields.get(step, {}).get("fields", {})
        _rename(fields, wrong, right)
        spans = spans_of.get("definitions", {}).get(name, {}).get("fields", {})
        for path in [path for path in spans if path.split(".")[: len(way) + 1] == [*way, wrong]]:
            rest = path.split(".")[len(way) + 1 :]
            _rename(spans, path, ".".join([*way, right, *rest]))
    for (name, field), schema in UNDESCRIBED.items():
        if name in corrected["definitions"]:
            corrected["definitions"][name]["fields"][field] = dict(schema)
    for operation in corrected["operations"]:
        answer = ANSWERED_OTHERWISE.get(operation["id"])
        if answer is not None:
            operation["responses"]["201"]["schema"] = answer
            spans_of.get("operations", {}).get(find_key(operation), {})["answer"] = 1
    return corrected, spans_of


def restore(api: Schema, older: Iterable[Mapping[str, Any]]) -> None:
    """Add what older descriptions have and a newer one dropped to the newer one.

    Args:
        api: the newer description, which is changed.
        older: the older ones, from the newest to the oldest.
    """
    for old in older:
        for name, schema in api["definitions"].copy().items():
            if name in old["definitions"]:
                _restore(schema, old["definitions"][name], _extended_with(api, name))
        operations = {operation["id"]: operation for operation in old["operations"]}
        for operation in api["operations"]:
            before = operations.get(operation["id"])
            if before is not None:
                for new, dropped in zip(_messages(operation), _messages(before)):
                    _restore(new, dropped)
        _bring_along(api, old["definitions"])


def find_key(operation: Mapping[str, Any]) -> str:
    """The name under which the changes tell of an operation: `GET /containers/{}/json`."""
    return f"{operation['method']} {re.sub(r'{[^}]*}', '{}', operation['path'])}"


def own_fields(schema: Schema) -> dict[str, Schema]:
    """The fields of an object that it does not take over from a definition."""
    fields = dict(schema.get("fields", {}))
    for part in schema.get("all_of", ()):
        fields.update(part.get("fields", {}))
    return fields


def _rename(mapping: dict[str, Any], wrong: str, right: str) -> None:
    """Rename a key in its place."""
    items = [(right if key == wrong else key, value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(items)


def _restore(schema: Schema, old: Schema, elsewhere: frozenset[str] = frozenset()) -> None:
    for inner in ("items", "map_of"):
        if isinstance(schema.get(inner), dict) and isinstance(old.get(inner), dict):
            _restore(schema[inner], old[inner])
    fields, dropped = own_fields(schema), own_fields(old)
    for key, field in dropped.items():
        if key in fields:
            _restore(fields[key], field)
        elif fields and key not in elsewhere:
            schema.setdefault("fields", {})[key] = copy.deepcopy(field)


def _extended_with(api: Mapping[str, Any], name: str) -> frozenset[str]:
    """The fields that the extensions of a definition add: they cannot be stated twice."""
    found: set[str] = set()
    for schema in api["definitions"].values():
        if any(part.get("ref") == name for part in schema.get("all_of", ())):
            found |= set(own_fields(schema))
    return frozenset(found)


def _messages(operation: Mapping[str, Any]) -> Iterator[Schema]:
    """The schemas of what an operation takes and answers, where it does; else empty ones."""
    yield (operation.get("body") or {}).get("schema") or {}
    for code, response in sorted(operation["responses"].items()):
        if code.startswith("2"):
            yield response.get("schema") or {}
            return
    yield {}


def _bring_along(api: Schema, definitions: Mapping[str, Schema]) -> None:
    """Add the definitions that only older descriptions have, and that are mentioned now."""
    wanted = list(_mentioned([api["definitions"], api["operations"]]))
    while wanted:
        name = wanted.pop()
        if name not in api["definitions"] and name in definitions:
            api["definitions"][name] = copy.deepcopy(definitions[name])
            wanted += _mentioned(definitions[name])


def _mentioned(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("ref"), str):
            yield value["ref"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _mentioned(one)
