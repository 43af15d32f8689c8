"""Moments as the engine reads and writes them, to the nanosecond.

Neither a float nor a datetime holds nanoseconds at today's distance from the epoch, so
what the engine wrote is kept as text or as a whole number of nanoseconds.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Union

from .errors import InvalidInput
from .spec.values import parse_duration

__all__ = [
    "Moment",
    "decode_nanoseconds",
    "encode_moment",
    "encode_nanoseconds",
    "parse_moment",
    "read_moment",
]

Moment = Union[datetime, timedelta, int, float, str]

_RFC3339 = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,9}))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)"
)
_SECOND = 1_000_000_000
# In seconds; beyond it no datetime goes, nor any log.
_END_OF_TIME = 1 << 38
# Of seconds; an engine counts no further.
_DIGITS = 19


def encode_moment(moment: Moment) -> str:
    """Encode a moment as the engine takes it: seconds since the epoch and a fraction.

    Args:
        moment: an aware datetime; a timedelta before now, by this host's clock; seconds
            since the epoch; or a string: an RFC 3339 time as the engine writes it
            (`StartedAt`, the times of log lines), to the nanosecond. Other strings are
            handed on, so that `"1700000000.123456789"` is taken as it is.

    Raises:
        InvalidInput: the datetime has no time zone, or the moment is before the epoch.
    """
    if isinstance(moment, str):
        return encode_nanoseconds(parse_moment(moment)) if _RFC3339.fullmatch(moment) else moment
    if isinstance(moment, timedelta):
        return encode_nanoseconds(time.time_ns() - moment // timedelta(microseconds=1) * 1000)
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise InvalidInput(f"{moment} has no time zone; the engine's may be another one.")
        if moment.timestamp() < 0:
            raise InvalidInput(f"{moment} is before the epoch.")
        return f"{int(moment.timestamp())}.{moment.microsecond:06d}000"
    # Not everybody checks types.
    is_number = isinstance(moment, (int, float))
    if not is_number or not 0 <= moment < _END_OF_TIME:
        raise InvalidInput(f"{moment!r:.80} is before the epoch, or no moment at all.")
    return str(moment) if isinstance(moment, int) else f"{moment:.9f}"


def read_moment(text: str, what: str) -> str:
    """Encode a moment as people write it.

    Args:
        text: an RFC 3339 time, seconds since the epoch, or how long ago it was, as `10m`.
        what: what it is for, for the message of the error.

    Raises:
        InvalidInput: it is none of these.
    """
    if text[-1:].isalpha() and not text.endswith("Z"):
        return encode_nanoseconds(time.time_ns() - parse_duration(text, what))
    if not text:
        raise InvalidInput(f"{what}: it is empty.")
    try:
        encoded = encode_moment(text)
        decode_nanoseconds(encoded)
    except InvalidInput as exc:
        raise InvalidInput(f"{what}: {exc}") from exc
    return encoded


def encode_nanoseconds(nanoseconds: int) -> str:
    """Encode nanoseconds since the epoch (`timeNano` of an event) as the engine takes them.

    Raises:
        InvalidInput: the moment is before the epoch.
    """
    if nanoseconds < 0:
        raise InvalidInput(f"{nanoseconds} ns is before the epoch.")
    return f"{nanoseconds // _SECOND}.{nanoseconds % _SECOND:09d}"


def decode_nanoseconds(encoded: str | None) -> int:
    """Read what `encode_moment` wrote; None is the epoch.

    Raises:
        InvalidInput: it is neither a number of seconds nor an RFC 3339 time.
    """
    seconds, _point, fraction = (encoded or "0").partition(".")
    is_number = seconds.isdecimal() and (fraction or "0").isdecimal()
    if not is_number or len(seconds) > _DIGITS:
        raise InvalidInput(f"{encoded!r:.80} is no moment: seconds since the epoch, or RFC 3339.")
    return int(seconds) * _SECOND + int(f"{fraction:0<9}"[:9])


def parse_moment(text: str) -> int:
    """Read an RFC 3339 time with up to nine digits of a second.

    Returns:
        Nanoseconds since the epoch; negative before it.

    Raises:
        InvalidInput: it is no such time.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{text!r} is no time as an engine writes it.")
    zone = "+00:00" if match["zone"] == "Z" else match["zone"]
    try:
        seconds = int(datetime.fromisoformat(match["whole"] + zone).timestamp())
    except (ValueError, OverflowError) as exc:
        raise InvalidInput(f"{text!r} is no time as an engine writes it.") from exc
    return seconds * _SECOND + int(f"{match['fraction'] or '0':0<9}")
