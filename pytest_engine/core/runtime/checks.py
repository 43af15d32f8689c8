"""What values are, for those who do not check types; these take whatever comes."""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["is_integer", "is_number", "is_text", "is_text_list", "is_text_map"]


def is_text(value: object) -> bool:
    """Tell whether a value is a string."""
    return isinstance(value, str)


def is_text_list(value: object) -> bool:
    """Tell whether a value is a list or tuple of strings."""
    return isinstance(value, (list, tuple)) and all(map(is_text, value))


def is_text_map(value: object) -> bool:
    """Tell whether a value is a mapping of strings to strings."""
    return isinstance(value, Mapping) and all(map(is_text, (*value, *value.values())))


def is_integer(value: object) -> bool:
    """Tell whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Tell whether a value is a number that can be counted with."""
    return is_integer(value) or (isinstance(value, float) and math.isfinite(value))
