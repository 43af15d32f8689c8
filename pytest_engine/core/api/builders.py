"""Which of an engine's builders builds, and what it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import Incompatible, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .call import Caller

__all__ = ["Builder", "choose_builder"]

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
