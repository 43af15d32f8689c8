"""What is known of one operation of the Engine API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

__all__ = ["Operation", "Span", "Table"]

# What is not told to be newer.
_OLDEST = "1.25"


class Span(NamedTuple):
    """The API versions that have something.

    Attributes:
        since: the first of them, `(1, 25)` also for what is older.
        until: the first version that no longer has it; None: the newest has it.
    """

    since: tuple[int, int]
    until: tuple[int, int] | None = None

    def covers(self, version: tuple[int, int]) -> bool:
        """Tell whether a version has it."""
        return self.since <= version and (self.until is None or version < self.until)


class Operation(NamedTuple):
    """One operation of the Engine API.

    Attributes:
        id: its name in the API's description, such as `ContainerInspect`.
        method: the HTTP method.
        path: where it is served, `/containers/{id}/json`, without the version.
        call: what calls it: the attribute of `Engine` and its method, `containers.inspect`.
        span: the API versions that have it.
        query: its parameters in the query, each with the versions that have it.
        headers: its parameters among the headers, likewise.
        body: the fields of its body that not all supported versions have: `HostConfig.Init`,
            with `[]` for the items of a list and `{}` for the values of a map.
        documented: whether the API's description has it; engines serve more than that.
    """

    id: str
    method: str
    path: str
    call: str
    span: Span
    query: Mapping[str, Span] = {}
    headers: Mapping[str, Span] = {}
    body: Mapping[str, Span] = {}
    documented: bool = True


class Table(Mapping[str, Operation]):
    """Operations by their ids, of which each is read when it is first called.

    They are written as text, for that costs nothing until then, and every task of Ansible's
    reads all of it anew: `id method path call since`, below it a line for each parameter and field
    with its section, and a blank line between two operations. `since..until` is a span that has
    ended, and a parameter without one is as old as can be.
    """

    def __init__(self, text: str) -> None:
        """Remember where each operation is told."""
        self._texts = {one.partition(" ")[0]: one for one in text.strip().split("\n\n")}
        self._read: dict[str, Operation] = {}

    def __getitem__(self, id: str) -> Operation:
        """Return an operation.

        Raises:
            KeyError: there is none of that id.
        """
        if id not in self._read:
            self._read[id] = _read_operation(self._texts[id])
        return self._read[id]

    def __iter__(self) -> Iterator[str]:
        """Go over the ids, in the order of the API's description."""
        return iter(self._texts)

    def __len__(self) -> int:
        """Count the operations."""
        return len(self._texts)


def _read_operation(text: str) -> Operation:
    first, *rest = text.splitlines()
    id, method, path, call, span = first.split()
    sections: dict[str, dict[str, Span]] = {"query": {}, "headers": {}, "body": {}}
    for line in rest:
        section, _blank, told = line.strip().partition(" ")
        if section in sections:
            name, _sign, versions = told.partition("=")
            sections[section][name] = _read_span(versions or _OLDEST)
    documented = " undocumented" not in rest
    return Operation(id, method, path, call, _read_span(span), **sections, documented=documented)


def _read_span(text: str) -> Span:
    since, _dots, until = text.partition("..")
    return Span(_read_version(since), _read_version(until) if until else None)


def _read_version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)
