"""The Sphinx directive `operations`: the table of operations, made from the one that calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util.docutils import SphinxDirective

from pytest_engine import Engine
from pytest_engine.core.operations import OPERATIONS, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docutils import nodes
    from sphinx.application import Sphinx

# The versions that every supported engine has.
_BASELINE = (1, 41)


class Operations(SphinxDirective):
    """One table for each resource: what is served where, since when, and what calls it."""

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        return self.parse_text_to_nodes("\n".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        with Engine("unix:///nowhere", environ={}) as engine:
            classes = {
                resource: type(getattr(engine, resource))
                for resource in dict.fromkeys(
                    one.call.partition(".")[0] for one in OPERATIONS.values()
                )
            }
        for resource, owner in classes.items():
            yield from (f".. rubric:: {resource}", "")
            rows = [("Operation", "Served at", "Called by", "Since")]
            for operation in OPERATIONS.values():
                name, _, method = operation.call.partition(".")
                if name != resource:
                    continue
                target = f"{owner.__module__}.{owner.__qualname__}.{method}"
                rows.append(
                    (
                        operation.id if operation.documented else f"{operation.id} [#served]_",
                        f"``{operation.method} {operation.path}``",
                        f":py:meth:`{operation.call} <{target}>`",
                        _tell(operation.span),
                    )
                )
            yield from _table(rows)
        yield from (".. rubric:: What not every version has", "")
        yield from _table([("Operation", "What", "Since"), *_partial()])
        yield from (
            ".. [#served] Served by engines, though the API's description does not have it.",
            "",
        )


def _partial() -> Iterator[tuple[str, str, str]]:
    for operation in OPERATIONS.values():
        for what, spans in (
            ("parameter", operation.query),
            ("header", operation.headers),
            ("field", operation.body),
        ):
            for name, span in spans.items():
                if span.since > _BASELINE or span.until:
                    yield operation.id, f"{what} ``{name}``", _tell(span)


def _tell(span: Span) -> str:
    until = "" if span.until is None else " until {}.{}".format(*span.until)
    return ("" if span.since <= _BASELINE else "{}.{}".format(*span.since)) + until


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "")
    for row in rows:
        for index, cell in enumerate(row):
            yield f"   {'*' if index == 0 else ' '} - {cell}"
    yield ""


def setup(app: Sphinx) -> None:
    """Hook the directive in."""
    app.add_directive("operations", Operations)
