"""Quantities as people write them: sizes, durations, commands, environments."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Union

from ..errors import InvalidInput, reading

__all__ = [
    "Command",
    "Env",
    "check_cpus",
    "encode_text",
    "parse_bytes",
    "parse_command",
    "parse_duration",
    "parse_env",
    "read_env_file",
]

Command = Union[str, Sequence[str]]
Env = Union[Mapping[str, str], Iterable[str]]

_NUMBER = r"[0-9]{1,19}(?:\.[0-9]{1,19})?"
_SIZE = re.compile(rf"({_NUMBER})\s*([kmgtp]?)i?b?", re.IGNORECASE)
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_DURATION = re.compile(rf"(?:{_NUMBER}(?:ns|us|µs|ms|s|m|h))+")
_DURATION_PART = re.compile(rf"({_NUMBER})(ns|us|µs|ms|s|m|h)")
# Engines limit to microseconds out of 100 ms; less than one is no limit.
_LEAST_CPUS = 0.00001
# The engine keeps both in 64 bits with a sign.
_LARGEST = 2**63 - 1
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def parse_bytes(value: str | int, what: str) -> int:
    """Read a size: a number of bytes, or a text like `512m` or `1.5GiB`.

    Units are powers of 1024 whether written with an `i` or not, as for the docker command.

    Raises:
        InvalidInput: it is neither, or less than a byte and not 0.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _within(value, value, what)
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        raise InvalidInput(f"{what}: {value!r} is no size like 512m or 1g.")
    # A float would not hold every number of bytes.
    size = Fraction(match[1]) * 1024 ** _UNITS[match[2].lower()]
    if 0 < size < 1:
        # To most options, 0 is no limit.
        raise InvalidInput(f"{what}: {value} is less than a byte.")
    return _within(int(size), value, what)


def check_cpus(number: float, what: str) -> None:
    """Check that a number of processors is not so small that engines take it for no limit.

    Raises:
        InvalidInput: it is.
    """
    if 0 < number < _LEAST_CPUS:
        raise InvalidInput(
            f"{what}: {number} is below {_LEAST_CPUS:.5f}, the least that is a limit; 0 is any."
        )


def parse_duration(value: str | float, what: str) -> int:
    """Read a duration: a number of seconds, or a text like `1m30s` or `250ms`.

    Returns:
        Nanoseconds, as the Engine API counts.

    Raises:
        InvalidInput: it is neither.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not -math.inf < value < math.inf:
            raise InvalidInput(f"{what}: {value} is no duration.")
        # A billion times a large float is more than a float holds.
        return _within(round(Fraction(value) * 10**9), value, what)
    text = str(value).strip()
    if re.fullmatch(_NUMBER, text):
        text += "s"
    if not _DURATION.fullmatch(text):
        raise InvalidInput(f"{what}: {value!r} is no duration like 30s or 1m30s.")
    parts = _DURATION_PART.findall(text)
    nanoseconds = sum(round(Fraction(number) * _NANOSECONDS[unit]) for number, unit in parts)
    return _within(nanoseconds, value, what)


def _within(number: int, value: str | float, what: str) -> int:
    if number < 0:
        raise InvalidInput(f"{what}: {value} is negative.")
    if number > _LARGEST:
        raise InvalidInput(f"{what}: {value} is more than an engine can count.")
    return number


def parse_command(value: Command | None, what: str) -> tuple[str, ...] | None:
    """Read a command: a list of words, or one text that is split as a shell would.

    Raises:
        InvalidInput: it is neither, a quote is not closed, or a word is no string.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as exc:
            # Without the text, which may hold a secret.
            raise InvalidInput(f"{what}: it cannot be split into words: {exc}.") from exc
    if not isinstance(value, (list, tuple)):
        raise InvalidInput(
            f"{what}: {value!r} is neither a text nor a list of words. Put what was written into "
            "quotes, or write a list."
        )
    words = tuple(value)
    for word in words:
        if not isinstance(word, str):
            raise InvalidInput(f"{what}: {word!r} is no string; quote numbers and booleans.")
    return words


def parse_env(value: Env | None) -> dict[str, str] | None:
    """Read an environment: a mapping, or texts of the form `NAME=value`.

    Raises:
        InvalidInput: a name is empty, or a value is no string.
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        pairs = []
        for item in value:
            name, separator, text = str(item).partition("=")
            if not separator:
                raise InvalidInput(f"env: {name!r} has no value; write {name}=value.")
            pairs.append((name, text))
    for name, text in pairs:
        if not name or "=" in name or "\0" in name:
            raise InvalidInput(f"env: {name!r} cannot be the name of a variable.")
        if not isinstance(text, str):
            raise InvalidInput(f"env: the value of {name} is no string; quote it.")
        if "\0" in text:
            raise InvalidInput(f"env: the value of {name} holds a NUL, which no process takes.")
    return dict(pairs)


def encode_text(text: str, what: str, errors: str = "strict") -> bytes:
    """Write a text as UTF-8.

    Args:
        text: the text, which may be a secret.
        what: what it is, for the message.
        errors: with `surrogateescape`, bytes that Python reads as halves of letters are
            written as they were.

    Raises:
        InvalidInput: it holds half a letter (a lone surrogate).
    """
    try:
        return text.encode("utf-8", errors)
    except UnicodeEncodeError as exc:
        # Not chained: that error holds the text.
        reason = exc.reason
    raise InvalidInput(f"{what} cannot be written as UTF-8: {reason}.")


def read_env_file(path: str, option: str = "env_file") -> dict[str, str]:
    """Read variables from a file: a line `NAME=value` each, `#` before what is a comment.

    Lines are told apart, and names judged, as the docker command does.

    Args:
        path: the file.
        option: by what it was named, for messages.

    Raises:
        InvalidInput: the file cannot be read, or a line has another form.
    """
    env: dict[str, str] = {}
    with reading(path, option):
        # Not by `splitlines`, which cuts values at form feeds and the like as well.
        lines = Path(path).read_bytes().decode("utf-8-sig").split("\n")
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise InvalidInput(f"{option}: {path}, line {number}: write NAME=value.")
        if any(character.isspace() for character in name):
            raise InvalidInput(
                f"{option}: {path}, line {number}: a name holds no white space; write NAME=value, "
                "without export before it."
            )
        env[name] = value
    return env
