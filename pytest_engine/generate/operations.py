"""``core/operations/table.py``: all operations of the Engine API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .description import find_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]
Version = tuple[int, int]
Span = tuple[Version, "Version | None"]

BASELINE = (1, 41)
"""The oldest supported API version: what came or went before is not worth telling."""

OLDEST: Span = ((1, 25), None)
"""The span of what the changes do not tell more about."""

CALLS = {
    "containers": {
        "ContainerList": "list",
        "ContainerCreate": "create",
        "ContainerInspect": "inspect",
        "ContainerTop": "top",
        "ContainerLogs": "logs",
        "ContainerChanges": "changes",
        "ContainerExport": "export",
        "ContainerStats": "stats",
        "ContainerResize": "resize",
        "ContainerStart": "start",
        "ContainerStop": "stop",
        "ContainerRestart": "restart",
        "ContainerKill": "kill",
        "ContainerUpdate": "update",
        "ContainerRename": "rename",
        "ContainerPause": "pause",
        "ContainerUnpause": "unpause",
        "ContainerAttach": "attach",
        "ContainerAttachWebsocket": "attach_websocket",
        "ContainerWait": "wait",
        "ContainerDelete": "remove",
        "ContainerArchive": "get_archive",
        "ContainerArchiveInfo": "archive_info",
        "PutContainerArchive": "put_archive",
        "ContainerPrune": "prune",
        "CheckpointList": "checkpoints",
        "CheckpointCreate": "create_checkpoint",
        "CheckpointDelete": "remove_checkpoint",
    },
    "images": {
        "ImageList": "list",
        "ImageCreate": "pull",
        "ImageInspect": "inspect",
        "ImageAttestations": "attestations",
        "ImageHistory": "history",
        "ImagePush": "push",
        "ImageTag": "tag",
        "ImageDelete": "remove",
        "ImageSearch": "search",
        "ImagePrune": "prune",
        "ImageCommit": "commit",
        "ImageGet": "save",
        "ImageGetAll": "save",
        "ImageLoad": "load",
    },
    "build": {"ImageBuild": "image", "BuildPrune": "prune", "BuildCancel": "cancel"},
    "exec": {
        "ContainerExec": "create",
        "ExecStart": "start",
        "ExecResize": "resize",
        "ExecInspect": "inspect",
    },
    "networks": {
        "NetworkList": "list",
        "NetworkInspect": "inspect",
        "NetworkDelete": "remove",
        "NetworkCreate": "create",
        "NetworkConnect": "connect",
        "NetworkDisconnect": "disconnect",
        "NetworkPrune": "prune",
    },
    "volumes": {
        "VolumeList": "list",
        "VolumeCreate": "create",
        "VolumeInspect": "inspect",
        "VolumeUpdate": "update",
        "VolumeDelete": "remove",
        "VolumePrune": "prune",
    },
    "system": {
        "SystemAuth": "login",
        "SystemInfo": "info",
        "SystemVersion": "version",
        "SystemPing": "ping",
        "SystemPingHead": "ping_head",
        "SystemEvents": "events",
        "SystemDataUsage": "disk_usage",
    },
    "swarm": {
        "SwarmInspect": "inspect",
        "SwarmInit": "init",
        "SwarmJoin": "join",
        "SwarmLeave": "leave",
        "SwarmUpdate": "update",
        "SwarmUnlockkey": "unlock_key",
        "SwarmUnlock": "unlock",
    },
    "nodes": {
        "NodeList": "list",
        "NodeInspect": "inspect",
        "NodeDelete": "remove",
        "NodeUpdate": "update",
    },
    "services": {
        "ServiceList": "list",
        "ServiceCreate": "create",
        "ServiceInspect": "inspect",
        "ServiceDelete": "remove",
        "ServiceUpdate": "update",
        "ServiceLogs": "logs",
    },
    "tasks": {"TaskList": "list", "TaskInspect": "inspect", "TaskLogs": "logs"},
    "secrets": {
        "SecretList": "list",
        "SecretCreate": "create",
        "SecretInspect": "inspect",
        "SecretDelete": "remove",
        "SecretUpdate": "update",
    },
    "configs": {
        "ConfigList": "list",
        "ConfigCreate": "create",
        "ConfigInspect": "inspect",
        "ConfigDelete": "remove",
        "ConfigUpdate": "update",
    },
    "plugins": {
        "PluginList": "list",
        "GetPluginPrivileges": "privileges",
        "PluginPull": "pull",
        "PluginInspect": "inspect",
        "PluginDelete": "remove",
        "PluginEnable": "enable",
        "PluginDisable": "disable",
        "PluginUpgrade": "upgrade",
        "PluginCreate": "create",
        "PluginPush": "push",
        "PluginSet": "set",
    },
    "distribution": {"DistributionInspect": "inspect"},
    "session": {"Session": "open"},
}
"""What calls each operation: the attribute of `Engine` and its method."""

# Served by engines, but not in the API's description.
UNDOCUMENTED = (
    ("BuildCancel", "POST", "/build/cancel", ("id",)),
    ("CheckpointList", "GET", "/containers/{id}/checkpoints", ("dir",)),
    ("CheckpointCreate", "POST", "/containers/{id}/checkpoints", ()),
    ("CheckpointDelete", "DELETE", "/containers/{id}/checkpoints/{checkpoint}", ("dir",)),
)
UNDOCUMENTED_QUERY = {
    "ContainerLogs": ("details",),
    "ContainerStart": ("checkpoint", "checkpoint-dir"),
    "ImageBuild": (
        "buildid",
        "cgroupparent",
        "cpusetmems",
        "isolation",
        "securityopt",
        "session",
        "ulimits",
    ),
}

HEADER = '''\
# Generated from the description of Engine API {version} by pytest_engine.generate.
# Change the generator, not this file.
"""The operations of the Engine API, in the order of its description."""

from __future__ import annotations

from .model import Table

__all__ = ["OPERATIONS"]

OPERATIONS = Table("""
'''
FOOTER = """\
\"\"\")
"""


def generate(api: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """Return the text of the module.

    Raises:
        ValueError: an operation has no method that calls it, or is not in the changes.
    """
    calls = {
        name: f"{resource}.{method}"
        for resource, methods in CALLS.items()
        for name, method in methods.items()
    }
    parts = [HEADER.format(version=api["api"])]
    for operation in api["operations"]:
        name = operation["id"]
        if name not in calls:
            raise ValueError(f"{name} has no method that calls it")
        change = _find_change(operation, changes["operations"])
        params = _params(change)
        params["query"].update(dict.fromkeys(UNDOCUMENTED_QUERY.get(name, ()), OLDEST))
        parts.append(
            _render(
                (name, operation["method"], operation["path"], calls[name]),
                _spans(change["in"])[0],
                params["query"],
                params["header"],
                dict(_body_spans(operation, change, api["definitions"], changes["definitions"])),
            )
        )
    for name, method, path, query in UNDOCUMENTED:
        spans = dict.fromkeys(query, OLDEST)
        parts.append(
            _render((name, method, path, calls[name]), OLDEST, spans, {}, {}, documented=False)
        )
    header, *operations = parts
    return header + "\n".join(operations) + FOOTER


def _find_change(operation: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
    key = find_key(operation)
    if key not in changes:
        raise ValueError(f"{operation['id']} ({key}) is not among the changes")
    found: Mapping[str, Any] = changes[key]
    return found


def _params(change: Mapping[str, Any]) -> dict[str, dict[str, Span]]:
    """The parameters of an operation by where they stand, but those that are long gone."""
    params: dict[str, dict[str, Span]] = {"query": {}, "header": {}}
    owner = _spans(change["in"])[-1]
    for key, value in change.get("params", {}).items():
        place, _, name = key.partition(":")
        span = owner if value == 1 else _spans(value)[-1]
        if place in params and not _is_long_gone(span):
            params[place][name] = span
    return params


def _body_spans(
    operation: Mapping[str, Any],
    change: Mapping[str, Any],
    definitions: Mapping[str, Schema],
    changes: Mapping[str, Any],
) -> Iterator[tuple[str, Span]]:
    """The fields of the body that not all supported versions have, by their paths."""
    body = (operation.get("body") or {}).get("schema")
    if body is None:
        return
    found: dict[str, Span] = {}
    for name, value in (
        change.get("body", {}).items() if isinstance(change.get("body"), dict) else ()
    ):
        if value != 1 and _is_partial(_spans(value)[-1]):
            found[name] = _spans(value)[-1]
    for path, name in _mentions(body, definitions):
        for field, value in changes.get(name, {}).get("fields", {}).items():
            if value != 1 and _is_partial(_spans(value)[-1]):
                found.setdefault(f"{path}.{field}".lstrip("."), _spans(value)[-1])
    # What lies in a newer field is refused with it.
    for path in sorted(found):
        owners = (path[: end.start()] for end in re.finditer(r"\.", path))
        if not any(found.get(owner.rstrip("[]{}")) == found[path] for owner in owners):
            yield path, found[path]


def _mentions(
    schema: Schema, definitions: Mapping[str, Schema], path: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """The definitions that a schema mentions, each with the path at which it does."""
    if "ref" in schema:
        name = schema["ref"]
        if name in above:
            return
        yield path, name
        yield from _mentions(definitions[name], definitions, path, (*above, name))
    for part in schema.get("all_of", ()):
        yield from _mentions(part, definitions, path, above)
    for key, field in schema.get("fields", {}).items():
        yield from _mentions(field, definitions, f"{path}.{key}".lstrip("."), above)
    if "items" in schema:
        yield from _mentions(schema["items"], definitions, f"{path}[]", above)
    if isinstance(schema.get("map_of"), dict):
        yield from _mentions(schema["map_of"], definitions, path + "{}", above)


def _spans(value: list[Any]) -> list[Span]:
    spans = value if isinstance(value[0], list) else [value]
    return [(_number(first), _number(gone) if gone else None) for first, gone in spans]


def _is_long_gone(span: Span) -> bool:
    return span[1] is not None and span[1] <= BASELINE


def _is_partial(span: Span) -> bool:
    return not _is_long_gone(span) and (span[0] > BASELINE or span[1] is not None)


def _number(version: str) -> Version:
    major, minor = version.partition("-")[0].split(".")
    return int(major), int(minor)


def _render(
    names: tuple[str, str, str, str],
    span: Span,
    query: Mapping[str, Span],
    headers: Mapping[str, Span],
    body: Mapping[str, Span],
    *,
    documented: bool = True,
) -> str:
    lines = [" ".join([*names, _render_span(span)])]
    for section, spans in (("query", query), ("headers", headers), ("body", body)):
        lines += [f" {section} {name}{_render_span(s, '=')}" for name, s in spans.items()]
    if not documented:
        lines.append(" undocumented")
    return "".join(f"{line}\n" for line in lines)


def _render_span(span: Span, sign: str = "") -> str:
    """Write a span; behind a sign, the usual one is left out with it."""
    since, until = (".".join(map(str, one)) if one else "" for one in span)
    if sign and span == OLDEST:
        return ""
    return f"{sign}{since}..{until}" if until else f"{sign}{since}"
