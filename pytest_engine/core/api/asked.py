"""What is asked for of an operation: the names in its path and the fields of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..operations import Operation

__all__ = ["LONGEST_WAIT", "LinkName", "check_seconds", "fill_path", "states"]

# What the placeholders of a resource's paths name, where it is not the resource in the singular.
_NAMED = {"exec": "command", "distribution": "image"}
# Names of these are made of parts with slashes in between.
_WITH_SLASHES = frozenset({"images", "distribution", "plugins"})
# Of these, and no other field, leaving it out means True, and not False.
_ON_BY_DEFAULT = frozenset({"EnableIPv4"})


# In seconds: what a socket can wait for (2**31 milliseconds, some 24 days).
LONGEST_WAIT = 2_147_483


class LinkName(str):
    """A link's name, `container/alias`: the one with a slash among those of containers."""

    __slots__ = ()


def fill_path(operation: Operation, names: Sequence[str]) -> str:
    """Put names into the path of an operation, where they can be nothing else.

    Raises:
        InvalidInput: a name is empty, a path or holds control characters.
    """
    resource = operation.call.partition(".")[0]
    what = _NAMED.get(resource) or resource.rstrip("s")
    path = operation.path
    for name in names:
        # The engine splits the name of an image at its slashes, as it splits the path.
        slashes = resource in _WITH_SLASHES and isinstance(name, str)
        slashes = slashes or isinstance(name, LinkName)
        parts = name.split("/") if slashes else [name]
        quoted = "/".join([_segment(part, what) for part in parts])
        before, rest = path.split("{", 1)
        path = before + quoted + rest.partition("}")[2]
    return path


def _segment(value: str, what: str) -> str:
    if not value or not isinstance(value, str):
        raise InvalidInput(f"A {what} is named by a non-empty string, not by {value!r:.80}.")
    # An engine that gets a quoted slash redirects to the path that it then reads.
    if value in (".", "..") or any(ord(ch) < 32 or ord(ch) == 127 or ch == "/" for ch in value):
        raise InvalidInput(f"{value!r} cannot be the name of a {what}.")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError as exc:
        raise InvalidInput(f"{value!r:.80} cannot be the name of a {what}.") from exc


def check_seconds(timeout: object, what: str = "timeout", longest: float = LONGEST_WAIT) -> None:
    """Check what is stated to be a time that can be waited; None stands for any.

    Args:
        timeout: the time.
        what: where it is stated, for the message.
        longest: the longest time that it may be.

    Raises:
        InvalidInput: it is something else.
    """
    is_number = isinstance(timeout, (int, float)) and 0 <= timeout <= longest
    if timeout is not None and not is_number:
        raise InvalidInput(
            f"{what}: {timeout!r:.80} is not a number of seconds from 0 to {longest}."
        )


def states(value: Any, steps: Sequence[str]) -> bool:
    """Tell whether a body states a field; engines take what is empty or 0 for not stated.

    Args:
        value: the body.
        steps: the way to the field, as in the table of operations: `Mounts[]`, `Type`.
    """
    if not steps:
        return bool(value)
    if not isinstance(value, dict):
        return False
    name = steps[0].rstrip("[]{}")
    inner = value.get(name)
    rest = steps[1:]
    if name in _ON_BY_DEFAULT and isinstance(inner, bool):
        return not inner
    if steps[0] == name:
        return states(inner, rest)
    items = list(inner.values()) if isinstance(inner, dict) else inner
    return isinstance(items, (list, tuple)) and any(states(one, rest) for one in items)
