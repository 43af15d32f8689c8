"""Names in SQL."""

from __future__ import annotations

from pytest_engine.core.errors import InvalidInput

__all__ = ["check_name", "double", "literal"]


def check_name(name: str, option: str) -> None:
    """Refuse what is no name.

    Raises:
        InvalidInput: it is empty, or has characters that no name has.
    """
    if not name or not name.isprintable():
        raise InvalidInput(f"{option}: {name!r} is no name.")


def double(name: str, quote: str) -> str:
    """Double the quotes in a name that is to stand between them."""
    return name.replace(quote, quote * 2)


def literal(text: str) -> str:
    """Write a text as MariaDB reads it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
