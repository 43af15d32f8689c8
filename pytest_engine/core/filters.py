"""Filters of list calls: keys are joined by AND, the values of a key by OR, labels by AND."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Union

from .errors import InvalidInput

__all__ = ["Filters", "encode_filters"]

Filters = Mapping[str, Union[str, bool, Sequence[str]]]


def encode_filters(filters: Filters | None) -> str | None:
    """Encode filters as the engine takes them: a JSON map of lists of strings.

    Args:
        filters: key -> one value or several; `{"label": ["a=1", "b"], "dangling": True}`.

    Returns:
        The JSON text, or None where there is nothing to filter by.

    Raises:
        InvalidInput: a value is neither a string, a boolean nor a list of strings.
    """
    if not filters:
        return None
    # Not everybody checks types.
    is_mapping = isinstance(filters, Mapping)
    if not is_mapping or not all(isinstance(key, str) for key in filters):
        raise InvalidInput(f"Filters are a mapping from names to values, not {filters!r:.80}.")
    encoded: dict[str, list[str]] = {}
    for key, value in filters.items():
        if isinstance(value, bool):
            encoded[key] = ["true" if value else "false"]
        elif isinstance(value, str):
            encoded[key] = [value]
        elif isinstance(value, (list, tuple, set, frozenset)) and all(
            isinstance(item, str) for item in value
        ):
            encoded[key] = list(value)
        else:
            raise InvalidInput(f"Filter {key}: {value!r} is neither a string nor a list of them.")
    return json.dumps(encoded)
