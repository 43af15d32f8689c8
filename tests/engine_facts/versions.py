"""What came into the API after the oldest version that is supported, and what left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine.core.api.call import OLDEST_VERSION
from pytest_engine.core.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_engine.core.operations import Operation, Span

__all__ = ["Version", "brought", "taken"]

Version = tuple[int, int]


def brought() -> dict[Version, str]:
    """Say what each version brought: methods, and what they take, as Markdown."""
    return _told(
        (span.since, operation.call, what)
        for operation in OPERATIONS.values()
        for what, span in _parts(operation)
        # What came with its operation is not told once more.
        if span.since > OLDEST_VERSION and (not what or span.since > operation.span.since)
    )


def taken() -> dict[Version, str]:
    """Say what each version took away, likewise."""
    return _told(
        (span.until, operation.call, what)
        for operation in OPERATIONS.values()
        for what, span in _parts(operation)
        if span.until is not None
    )


def _parts(operation: Operation) -> Iterator[tuple[str, Span]]:
    """Yield an operation as a whole, named by nothing, then what it takes."""
    yield "", operation.span
    for group in (operation.query, operation.headers, operation.body):
        yield from group.items()


def _told(found: Iterable[tuple[Version, str, str]]) -> dict[Version, str]:
    parts: dict[Version, dict[str, dict[str, None]]] = {}
    for version, call, what in found:
        parts.setdefault(version, {}).setdefault(call, {})[f"`{what}`" if what else ""] = None
    told = {}
    for version, by_call in sorted(parts.items()):
        # Methods that got the same are told together.
        calls: dict[str, list[str]] = {}
        for call, names in by_call.items():
            calls.setdefault(", ".join(names), []).append(f"`{call}`")
        told[version] = "; ".join(
            f"{', '.join(who)}: {what}" if what else ", ".join(who) for what, who in calls.items()
        )
    return told
