"""Texts, and lists and mappings of them, on their way into a request.

Not everybody checks types, so these take whatever comes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InvalidInput

__all__ = ["check_texts", "encode_list", "encode_texts", "list_texts"]


def check_texts(**values: str | None) -> None:
    """Check what is stated to be a text.

    Raises:
        InvalidInput: it is something else.
    """
    for name, value in values.items():
        if value is not None and not _is_text(value):
            raise InvalidInput(f"{name}: {value!r:.80} is no text.")


def list_texts(what: str, values: Any) -> list[str] | None:
    """Make a list of texts; None where there are none.

    Raises:
        InvalidInput: they are something else.
    """
    if not values:
        return None
    is_list = isinstance(values, Sequence) and not isinstance(values, (str, bytes, bytearray))
    if not is_list or not all(_is_text(value) for value in values):
        raise InvalidInput(f"{what}: {values!r:.80} is no list of texts.")
    return list(values)


def encode_texts(what: str, values: Mapping[str, str] | None) -> str | None:
    """Write texts by their names as JSON; None where there are none.

    Raises:
        InvalidInput: they are something else.
    """
    if not values:
        return None
    if not isinstance(values, Mapping):
        raise InvalidInput(f"{what}: texts by their names are wanted, no {type(values).__name__}.")
    for key, value in values.items():
        # Values may be secrets.
        if not _is_text(key):
            raise InvalidInput(f"{what}: the name {key!r:.80} is no text.")
        if not _is_text(value):
            raise InvalidInput(
                f"{what}: the value of {key} is no text, but {type(value).__name__}."
            )
    return json.dumps(dict(values))


def encode_list(what: str, values: Any) -> str | None:
    """Write a list as JSON; None where it is empty.

    Raises:
        InvalidInput: it is none, or cannot be written.
    """
    if not values:
        return None
    if not isinstance(values, (list, tuple)):
        raise InvalidInput(f"{what}: {values!r:.80} is no list.")
    try:
        return json.dumps(list(values))
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInput(f"{what} cannot be written as JSON: {exc}.") from exc


def _is_text(value: object) -> bool:
    return isinstance(value, str)
