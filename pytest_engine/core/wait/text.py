"""Texts that are looked for: what they contain, a pattern, or a function that judges (pure)."""

from __future__ import annotations

import re
from typing import Callable, Union

__all__ = ["Text", "is_wanted", "shown"]

Text = Union[str, re.Pattern[str], Callable[[str], object]]


def is_wanted(text: str, wanted: Text) -> bool:
    """Say whether a text is one that is looked for."""
    if isinstance(wanted, str):
        return wanted in text
    if isinstance(wanted, re.Pattern):
        return wanted.search(text) is not None
    return bool(wanted(text))


def shown(wanted: object) -> str:
    """Write what is looked for as it was asked for: in quotes, in slashes, or by its name."""
    if isinstance(wanted, re.Pattern):
        return f"/{wanted.pattern}/"
    return str(getattr(wanted, "__name__", "")) or repr(wanted)
