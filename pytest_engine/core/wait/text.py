"""Texts that are looked for: what they contain, a pattern, or a function that judges (pure)."""

from __future__ import annotations

import re
from typing import Callable, Union

from ..errors import InvalidInput

__all__ = ["Text", "is_wanted", "require_text", "shown"]

Text = Union[str, re.Pattern[str], Callable[[str], object]]


def require_text(wanted: Text | None, option: str) -> None:
    """Refuse the empty text and the empty pattern, which everything contains.

    Args:
        wanted: what is looked for; None: nothing.
        option: what it was stated as, for the message.

    Raises:
        InvalidInput: it is empty.
    """
    if (wanted.pattern if isinstance(wanted, re.Pattern) else wanted) == "":
        raise InvalidInput(
            f"{option} is empty, which everything contains; write what is looked for, or leave it "
            "out."
        )


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
