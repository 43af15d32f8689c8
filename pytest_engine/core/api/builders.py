"""Which of an engine's builders builds, and what it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Incompatible, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .call import Caller

__all__ = ["Builder", "check_texts", "choose_builder", "encode_list", "encode_texts", "list_texts"]

_VERSIONS = {"classic": "1", "buildkit": "2"}


class Builder(NamedTuple):
    """A builder.

    Attributes:
        version: its number in the API.
        takes_logins: whether it takes the logins to registries with the request.
    """

    version: str
    takes_logins: bool


def choose_builder(
    caller: Caller,
    wanted: str | None,
    *,
    not_buildkit: Mapping[str, object],
    only_buildkit: Mapping[str, object],
) -> Builder:
    """Choose a builder (`GET /_ping`).

    Args:
        caller: calls the engine.
        wanted: `buildkit` or `classic`; None: the engine's default, BuildKit where it has none.
        not_buildkit: options that BuildKit passes over without a word.
        only_buildkit: options that only BuildKit knows.

    Raises:
        InvalidInput: there is no such builder.
        Incompatible: it does not know an option that is stated.
    """
    if wanted is not None and wanted not in _VERSIONS:
        raise InvalidInput(f"builder: {wanted!r:.80} is none of {', '.join(_VERSIONS)}.")
    headers = caller.call("SystemPing").headers
    version = _VERSIONS[wanted] if wanted else headers.get("Builder-Version") or "2"
    # Podman has one builder, whichever is asked for; it takes logins as the classic one does.
    if headers.get("Libpod-API-Version"):
        return Builder(version, takes_logins=True)
    is_buildkit = version != _VERSIONS["classic"]
    for name, value in (not_buildkit if is_buildkit else only_buildkit).items():
        if value:
            other = "BuildKit" if is_buildkit else "The classic builder"
            advice = ' builder="classic" does.' if is_buildkit else ' builder="buildkit" does.'
            raise Incompatible(f"{other} does not know {name};{advice}")
    return Builder(version, takes_logins=not is_buildkit)


# Not everybody checks types, so these take whatever comes.


def check_texts(**values: str | None) -> None:
    """Check what is stated to be a text.

    Raises:
        InvalidInput: it is something else.
    """
    for name, value in values.items():
        if value is not None and not _is_text(value):
            raise InvalidInput(f"{name}: {value!r:.80} is no text.")


def list_texts(what: str, values: Sequence[str]) -> list[str] | None:
    """Make a list of texts; None where there are none.

    Raises:
        InvalidInput: they are something else.
    """
    if not values:
        return None
    if not isinstance(values, (list, tuple)) or not all(_is_text(value) for value in values):
        raise InvalidInput(f"{what}: {values!r:.80} is no list of texts.")
    return list(values)


def encode_texts(what: str, values: Mapping[str, str] | None) -> str | None:
    """Write texts by their names as JSON; None where there are none.

    Raises:
        InvalidInput: they are something else.
    """
    if not values:
        return None
    is_mapping = isinstance(values, Mapping)
    if not is_mapping or not all(_is_text(part) for pair in values.items() for part in pair):
        raise InvalidInput(f"{what}: {values!r:.80} are no texts by their names.")
    return json.dumps(dict(values))


def encode_list(what: str, values: Any) -> str | None:
    """Write a list as JSON; None where it is empty.

    Raises:
        InvalidInput: it is none, or cannot be written.
    """
    if not values:
        return None
    if not isinstance(values, (list, tuple)):
        raise InvalidInput(f"{what}: {values!r:.80} is no list.")
    try:
        return json.dumps(list(values))
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInput(f"{what} cannot be written as JSON: {exc}.") from exc


def _is_text(value: object) -> bool:
    return isinstance(value, str)
