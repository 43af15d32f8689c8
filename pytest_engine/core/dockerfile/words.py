"""Words of a Dockerfile: split as a shell would, variables replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["expand", "split_words"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?\-$!]")
# What stands in braces, up to what is to be done where the variable is not set, or with it.
_BEGIN = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<form>:[-+?]|[-+?#%/}])")
# `${a:-${b:-...}}` nests as deep as somebody writes it.
_DEEPEST = 20
# Each more multiplies the time that a pattern may take.
_MOST_STARS = 3


def split_words(text: str, escape: str = "\\") -> list[str]:
    """Split at white space, but not within quotes; quotes and escapes stay as they are."""
    words: list[str] = []
    word, quote, position = "", "", 0
    while position < len(text):
        ch = text[position]
        position += 1
        if ch == escape and quote != "'":
            word += text[position - 1 : position + 1]
            position += 1
        elif not quote and ch.isspace():
            if word:
                words.append(word)
            word = ""
        else:
            if quote == ch:
                quote = ""
            elif not quote and ch in "\"'":
                quote = ch
            word += ch
    return [*words, word] if word else words


def expand(word: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """Replace variables, and take quotes and escapes away.

    `$name`, `${name}`, and in braces the forms `-`, `:-`, `+`, `:+`, `?`, `:?`, `#`, `##`, `%`,
    `%%`, `/` and `//`; what is not set is empty.

    Raises:
        ValueError: the word is malformed, or nests too deep.
    """
    text, _position = _Expansion(variables, escape).read(word, 0, "", 0)
    return text


class _Expansion:
    def __init__(self, variables: Mapping[str, str], escape: str) -> None:
        self._variables = variables
        self._escape = escape

    def read(self, text: str, position: int, end: str, depth: int) -> tuple[str, int]:
        """Read up to one of the characters in `end`, which is passed; or to the end."""
        if depth > _DEEPEST:
            raise ValueError(f"{text!r:.80} cannot be told")
        out, quote = "", ""
        while position < len(text):
            ch = text[position]
            position += 1
            if quote == "'":
                quote, out = ("", out) if ch == quote else (quote, out + ch)
            elif ch == quote or (not quote and ch in "\"'"):
                quote = "" if quote else ch
            elif ch == "$":
                value, position = self._variable(text, position, depth)
                out += value
            elif ch == self._escape:
                following = text[position : position + 1]
                # In double quotes only these are escaped.
                is_kept = quote and following not in ('"', "$", self._escape)
                out += ch + following if is_kept else following
                position += 1
            elif not quote and end and ch in end:
                return out, position
            else:
                out += ch
        if end or quote:
            raise ValueError(f"{text!r:.80} cannot be told")
        return out, position

    def _variable(self, text: str, position: int, depth: int) -> tuple[str, int]:
        if text[position : position + 1] == "{":
            return self._in_braces(text, position + 1, depth)
        name = _NAME.match(text, position)
        if name is None:
            return "$", position
        return self._variables.get(name[0], ""), name.end()

    def _in_braces(self, text: str, position: int, depth: int) -> tuple[str, int]:
        begun = _BEGIN.match(text, position)
        if begun is None:
            raise ValueError(f"{text!r:.80} cannot be told")
        value, form, position = self._variables.get(begun["name"]), begun["form"], begun.end()
        if form.startswith(":"):
            # Empty counts as not set.
            value, form = value or None, form[1:]
        if form == "/":
            return self._replaced(value or "", text, position, depth)
        argument, position = (
            ("", position) if form == "}" else self.read(text, position, "}", depth + 1)
        )
        if form == "?" and value is None:
            raise ValueError(f"{begun['name']} is not set")
        if form in ("#", "%"):
            return _trimmed(value or "", form, argument), position
        if form == "+":
            return ("" if value is None else argument), position
        return (argument if value is None else value), position

    def _replaced(self, value: str, text: str, position: int, depth: int) -> tuple[str, int]:
        is_all = text[position : position + 1] == "/"
        pattern, position = self.read(text, position + is_all, "/", depth + 1)
        replacement, position = self.read(text, position, "}", depth + 1)
        regex = _pattern(pattern, greedy=True)
        return re.sub(regex, lambda _match: replacement, value, count=0 if is_all else 1), position


def _trimmed(value: str, form: str, pattern: str) -> str:
    """Take the shortest match off the begin or the end; the longest for a doubled form."""
    is_greedy = pattern.startswith(form)
    regex = re.compile(_pattern(pattern[1:] if is_greedy else pattern, greedy=is_greedy), re.DOTALL)
    if form == "#":
        found = regex.match(value)
        return value[found.end() :] if found else value
    starts = range(len(value) + 1) if is_greedy else range(len(value), -1, -1)
    return next((value[:start] for start in starts if regex.fullmatch(value, start)), value)


def _pattern(pattern: str, *, greedy: bool) -> str:
    if pattern.count("*") > _MOST_STARS:
        raise ValueError(f"{pattern!r:.80} cannot be told")
    many = ".*" if greedy else ".*?"
    return "".join(many if ch == "*" else "." if ch == "?" else re.escape(ch) for ch in pattern)
