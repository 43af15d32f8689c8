"""Platforms as the engine's newer operations take them: JSON instead of `os/arch/variant`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Union

from ..errors import InvalidInput

if TYPE_CHECKING:
    from ..types.engine import OCIPlatform

__all__ = ["Platform", "encode_platform", "encode_platforms"]

Platform = Union[str, "OCIPlatform"]

_PARTS = ("os", "architecture", "variant")


def encode_platform(platform: Platform | None) -> str | None:
    """Write a platform as JSON (OCI image index, "platform"); None stays None.

    Args:
        platform: `os[/arch[/variant]]`, or the same as `{"os": ..., "architecture": ...}`.

    Raises:
        InvalidInput: it is neither.
    """
    if platform is None:
        return None
    if isinstance(platform, str):
        parts = platform.split("/")
        if all(parts) and len(parts) <= len(_PARTS):
            return json.dumps(dict(zip(_PARTS, parts)))
    elif _is_platform(platform):
        return json.dumps(dict(platform))
    raise InvalidInput(f"{platform!r:.80} is no platform like linux/arm64.")


def encode_platforms(platforms: Platform | Sequence[Platform] | None) -> list[str] | None:
    """Write one platform or several as JSON each; None stays None."""
    if platforms is None:
        return None
    if isinstance(platforms, (str, Mapping)):
        platforms = [platforms]
    is_list = isinstance(platforms, (list, tuple))
    if not is_list:
        raise InvalidInput(f"{platforms!r:.80} is neither a platform nor a list of them.")
    return [text for one in platforms if (text := encode_platform(one)) is not None]


def _is_platform(value: object) -> bool:
    # Not everybody checks types.
    return isinstance(value, Mapping) and bool(value.get("os"))
