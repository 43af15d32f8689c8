"""The filters of a prune, as the engine reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..moment import decode_nanoseconds, parse_moment
from ..spec.values import parse_duration

if TYPE_CHECKING:
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..filters import Filters

__all__ = ["Age", "filter_texts", "matches_labels", "read_flag", "refuse_others"]

_SECOND = 1_000_000_000
# A time as people write it, down to the day.
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")


def refuse_others(what: str, filters: Filters, known: Collection[str]) -> None:
    """Refuse filters that the engine refuses for this sort of resource.

    Raises:
        InvalidInput: there is such a filter.
    """
    unknown = sorted(set(filters) - set(known))
    if unknown:
        raise InvalidInput(
            f"{what} cannot be pruned by {', '.join(unknown)}, but by {', '.join(sorted(known))}."
        )


def matches_labels(filters: Filters, labels: Mapping[str, str] | None) -> bool:
    """Tell whether labels match `label`, all of it, and not `label!`, all of it."""
    there = labels or {}
    if not all(_has(there, label) for label in filter_texts(filters.get("label"))):
        return False
    refused = filter_texts(filters.get("label!"))
    return not refused or not all(_has(there, label) for label in refused)


def filter_texts(value: Any) -> list[str]:
    """Return the values of a filter, in a list however they were written."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    return [value] if isinstance(value, str) else [str(item) for item in value]


def read_flag(what: str, value: Any) -> bool | None:
    """Read a filter that is true or false; None: it is not there.

    Raises:
        InvalidInput: it is neither.
    """
    if value is None:
        return None
    texts = {text.lower() for text in filter_texts(value)}
    for flag, spellings in ((True, {"true", "1", "t"}), (False, {"false", "0", "f"})):
        if texts and texts <= spellings:
            return flag
    raise InvalidInput(f"{what}: true or false, not {value!r}.")


class Age:
    """The filter `until`: only what was made before a moment.

    Args:
        engine: whose clock says what an age like `24h` means, and whose time zone a time.
        filters: all filters.
        times: whether it may be a time as well as an age.

    Raises:
        InvalidInput: it is neither.
    """

    def __init__(self, engine: Engine, filters: Filters, *, times: bool = True) -> None:
        """Read the filter; most forms take a request (`GET /info`)."""
        texts = filter_texts(filters.get("until"))
        if len(texts) > 1:
            raise InvalidInput(f"until: one moment, not {', '.join(texts)}.")
        self._until = _read_moment(engine, texts[0], times=times) if texts else None

    def is_old(self, made: float | str) -> bool:
        """Tell whether what was made then is meant: seconds since the epoch, or RFC 3339."""
        if self._until is None:
            return True
        moment = parse_moment(made) if isinstance(made, str) else int(made) * _SECOND
        return moment <= self._until


def _read_moment(engine: Engine, text: str, *, times: bool) -> int:
    is_number = re.fullmatch(r"\d+(\.\d{1,9})?", text)
    if not is_number:
        try:
            age = parse_duration(text, "until")
        except InvalidInput:
            pass
        else:
            return parse_moment(_now(engine)) - age
    if not times:
        raise InvalidInput(f"until: {text!r} is no age like 24h.")
    if is_number:
        return decode_nanoseconds(text)
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"until: {text!r} is neither an age like 24h nor a time like 2026-01-31T12:00:00."
        )
    zone = match["zone"]
    if not zone:
        own = _ZONE.search(_now(engine))
        zone = own[0] if own else "Z"
    clock = ":".join(match[part] or "00" for part in ("hour", "minute", "second"))
    return parse_moment(f"{match['day']}T{clock}{match['fraction'] or ''}{zone}")


def _now(engine: Engine) -> str:
    return str(engine.system.info().get("SystemTime"))


def _has(labels: Mapping[str, str], wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    return name in labels and (not equals or labels[name] == value)
