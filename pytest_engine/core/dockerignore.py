"""Ignore files of build contexts, with the rules of the docker command.

Those are Go's: case-sensitive, `**` for any number of folders, the last pattern that
matches wins, `!` takes files back, and a pattern that matches a folder matches all
below it (moby/patternmatcher).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from .errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["IgnoreRules", "escape_pattern", "parse_ignore_file"]

_SPECIAL = re.compile(r"[*?\[\\]")


@dataclass(frozen=True)
class _Pattern:
    regex: re.Pattern[str]
    takes_back: bool
    # The folders that a match begins with, as far as the pattern spells them out.
    begin: tuple[str, ...]

    def may_match_below(self, parts: Sequence[str]) -> bool:
        length = min(len(self.begin), len(parts))
        return self.begin[:length] == tuple(parts[:length])


class IgnoreRules:
    """The patterns of an ignore file, in their order.

    Args:
        patterns: patterns as an ignore file has them, one each, `!` in front of those
            that take files back.

    Raises:
        InvalidInput: a pattern is malformed.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Compile the patterns."""
        self._patterns = [_compile(pattern) for pattern in patterns]

    def takes_back_below(self, folder: str) -> bool:
        """Tell whether files below an ignored folder may be wanted after all."""
        parts = folder.split("/")
        return any(
            pattern.takes_back and pattern.may_match_below(parts) for pattern in self._patterns
        )

    def ignores(self, path: str) -> bool:
        """Tell whether a path, relative to the context and with slashes, is left out."""
        parts = path.split("/")
        candidates = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        ignored = False
        for pattern in self._patterns:
            if pattern.takes_back == ignored and any(map(pattern.regex.fullmatch, candidates)):
                ignored = not pattern.takes_back
        return ignored


def parse_ignore_file(text: str) -> Sequence[str]:
    """Return the patterns of an ignore file, comments and empty lines left out."""
    patterns = []
    for line in text.lstrip("\ufeff").split("\n"):
        # A comment begins in the first column; "#" after white space is a pattern.
        if line.startswith("#"):
            continue
        pattern = line.strip()
        prefix = ""
        if pattern.startswith("!"):
            prefix, pattern = "!", pattern[1:].strip()
        if not pattern:
            continue
        pattern = posixpath.normpath(pattern)
        if len(pattern) > 1 and pattern.startswith("/"):
            pattern = pattern.lstrip("/")
        patterns.append(prefix + pattern)
    return patterns


def escape_pattern(path: str) -> str:
    """Return the pattern that matches a path and nothing else."""
    return _SPECIAL.sub(r"\\\g<0>", path)


def _compile(pattern: str) -> _Pattern:
    takes_back = pattern.startswith("!")
    text = pattern[1:] if takes_back else pattern
    try:
        regex = re.compile(_translate(text), re.DOTALL)
    except (re.error, IndexError) as exc:
        raise InvalidInput(f"Ignore pattern {pattern!r} is malformed.") from exc
    begin = takewhile(lambda part: not _SPECIAL.search(part), text.split("/"))
    return _Pattern(regex, takes_back, tuple(begin))


def _translate(pattern: str) -> str:
    regex = ""
    position = 0
    while position < len(pattern):
        ch = pattern[position]
        position += 1
        if ch == "*" and pattern[position : position + 1] == "*":
            position += 1
            if pattern[position : position + 1] == "/":
                position += 1
            rest = pattern[position:]
            # At the begin, and with nothing special behind it, it says how paths end.
            is_end = pattern.startswith("**" + rest) and not _SPECIAL.search(rest)
            regex += ".*" if not rest or is_end else "(?:.*/)?"
        elif ch == "*":
            regex += "[^/]*"
        elif ch == "?":
            regex += "[^/]"
        elif ch == "\\":
            # IndexError at the end of the pattern: there is nothing to escape.
            regex += re.escape(pattern[position])
            position += 1
        elif ch == "[":
            members, position = _translate_class(pattern, position)
            regex += members
        else:
            regex += re.escape(ch)
    return regex


def _translate_class(pattern: str, position: int) -> tuple[str, int]:
    """Translate what follows a "["; IndexError where the pattern ends too early."""
    negation = "^" if pattern[position] == "^" else ""
    position += len(negation)
    members = ""
    while pattern[position] != "]" or not members:
        low, position = _class_member(pattern, position)
        high = low
        if pattern[position] == "-":
            high, position = _class_member(pattern, position + 1)
        members += f"{re.escape(low)}-{re.escape(high)}"
    return f"[{negation}{members}]", position + 1


def _class_member(pattern: str, position: int) -> tuple[str, int]:
    if pattern[position] in "-]":
        raise IndexError(pattern)
    if pattern[position] == "\\":
        position += 1
    return pattern[position], position + 1
