"""What is known of one operation of the Engine API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Operation", "Span"]


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
